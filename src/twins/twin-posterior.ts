import type { PosteriorSummary } from './forecast.ts';

/** What a model believes of one twin's own dynamics, as of the newest forecast under the plan. */
export interface TwinPosterior {
  readonly twinId: string;
  readonly modelId: string;
  readonly modelVersion: string;
  /** The moment of knowledge that it was learned at. */
  readonly asOfAt: Date;
  /** Blob of the model's own serialisation: the same timeline and population give the same bytes. */
  readonly sha256: string;
  readonly summary: PosteriorSummary;
}
