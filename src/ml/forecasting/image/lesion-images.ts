import type { ForecastInput, ForecastOutput } from '../../../twins/forecast.ts';
import type { Forecaster } from '../../../twins/ports.ts';
import type { WorkerThreads } from '../../worker-threads.ts';
import type { LesionAnswer, LesionInput } from './lesion-forecast.ts';
import type { LesionTask } from './lesion-task.ts';
import { batchRequests, type RequestBatches } from './request-batches.ts';
import type { ShippedLesionModel } from './shipped-lesion-models.ts';

const TASK = new URL('./lesion-task.ts', import.meta.url);
const LARGEST_BATCH = 8;

/** Image forecasts of the diseases that have an image model. */
export interface LesionImages {
  /** The same forecaster with the images of the model in the place of its own, where the model is trusted. */
  over(forecaster: Forecaster): Forecaster;
}

/**
 * Forecasts images in threads, requests that come together as one batch.
 * @param modelFor the model of an input's disease, null where it has none.
 */
export function createLesionImages(
  threads: WorkerThreads,
  modelFor: (input: ForecastInput) => ShippedLesionModel | null,
): LesionImages {
  const batches = new Map<string, RequestBatches<LesionInput, LesionAnswer>>();
  const batchesOf = ({ path, version }: ShippedLesionModel): RequestBatches<LesionInput, LesionAnswer> => {
    const known = batches.get(version);
    if (known !== undefined) return known;
    const made = batchRequests<LesionInput, LesionAnswer>(
      (inputs) =>
        threads.run(TASK, { path, sha256: version, inputs } satisfies LesionTask, {
          signal: new AbortController().signal,
          isCooperative: true,
        }),
      LARGEST_BATCH,
    );
    batches.set(version, made);
    return made;
  };
  return {
    over: (forecaster) => ({
      ...forecaster,
      async forecast(input, signal) {
        const model = modelFor(input);
        const { visits, shape, spacingMm, horizonDays, course, plannedExposures } = input;
        // Asked first: what is at fault with the input is refused there.
        const output = await forecaster.forecast(input, signal);
        if (model === null || output.image === null || horizonDays === 0) return output;
        const answer = await batchesOf(model).ask(
          { visits, shape, ...(spacingMm === undefined ? {} : { spacingMm }), horizonDays, course, plannedExposures },
          signal,
        );
        return merged(output, answer, model.version);
      },
    }),
  };
}

function merged(output: ForecastOutput, answer: LesionAnswer, version: string): ForecastOutput {
  const modelVersion = `${output.modelVersion} ${version}`;
  if ('declineReason' in answer) {
    return {
      ...output,
      modelVersion,
      caveats: [...output.caveats, `The image model of the lesion does not answer: ${answer.declineReason}`],
    };
  }
  const { voxels, uncertainty, skill, lesion, caveats } = answer;
  return {
    ...output,
    modelVersion,
    image: { voxels, uncertainty, lesions: [lesion], skill, declineReason: null },
    caveats: [...output.caveats, ...caveats],
  };
}
