import type { Volume } from '../../twins/volume.ts';
import type { LocalFrame } from './local-frame.ts';
import type { Matrix4 } from './transform.ts';

/** Below this share of the fixed image inside the moving one a cost says nothing. */
export const SMALLEST_OVERLAP = 0.25;

/** An image at one resolution, scaled to 0..1; where its mask is 0, nothing is compared. */
export interface Level extends Volume {
  readonly mask?: Uint8Array;
}

/** What is tried: a transform of the local frame, and for squared differences `moving ~ gain * fixed + offset`. */
export interface Guess {
  readonly transform: Matrix4;
  readonly gain: number;
  readonly offset: number;
}

/** A cost at a guess with its Gauss-Newton system, by all 14 unknowns: 12 of the transform, gain and offset. */
export interface Evaluation {
  /** What is minimised; Infinity when less than a quarter of the fixed image overlaps. */
  readonly cost: number;
  /** Sum of J J^T, 14 x 14 row-major; rows of an unknown that the cost does not have are 0. */
  readonly hessian: Float64Array;
  /** Sum of J r, in the scale of `hessian`. */
  readonly gradient: Float64Array;
  /** Number of overlapping voxels that masks leave. */
  readonly count: number;
  /** How well the images agree over the overlap, -1..1; comparable between guesses that overlap differently. */
  readonly correlation: number;
}

/** Prepares a cost for one pair of levels. */
export type CostFunction = (fixed: Level, moving: Level, frame: LocalFrame) => (guess: Guess) => Evaluation;
