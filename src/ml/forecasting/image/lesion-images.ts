import type { ForecastInput, ForecastOutput } from '../../../twins/forecast.ts';
import type { Forecaster } from '../../../twins/ports.ts';
import type { Provider } from '../../engine/providers.ts';
import type { WorkerProcess } from '../../worker-process.ts';
import type { WorkerThreads } from '../../worker-threads.ts';
import { type AnswerBatch, createDeviceTrial, type DeviceVerdict } from './device-trial.ts';
import type { LesionAnswer, LesionInput } from './lesion-forecast.ts';
import type { LesionTask } from './lesion-task.ts';
import { batchRequests, type RequestBatches } from './request-batches.ts';
import type { ShippedLesionModel } from './shipped-lesion-models.ts';

const TASK = new URL('./lesion-task.ts', import.meta.url);
const LARGEST_BATCH = 8;
/** How long a device may take for a batch, the opening of the model included. */
const LIMIT_MS = { ofItsOwnAccord: 30_000, askedFor: 300_000 };

/** Image forecasts of the diseases that have an image model. */
export interface LesionImages {
  /** The same forecaster with the images of the model in the place of its own, where the model is trusted. */
  over(forecaster: Forecaster): Forecaster;
}

/** A graphics device that batches may be computed on. */
export interface ImageDevice {
  readonly process: WorkerProcess;
  readonly provider: Provider;
  /** Not used where it is not faster than the processor. */
  readonly isOnlyIfFaster: boolean;
  /** See `createDeviceTrial`. */
  readonly onVerdict: (verdict: DeviceVerdict, modelVersion: string) => void;
}

/**
 * Forecasts images in threads, or on a graphics device in a process, requests that come together as one batch.
 * @param modelFor the model of an input's disease, null where it has none. @param device null for the processor alone.
 */
export function createLesionImages(
  threads: WorkerThreads,
  modelFor: (input: ForecastInput) => ShippedLesionModel | null,
  device: ImageDevice | null = null,
): LesionImages {
  const batches = new Map<string, RequestBatches<LesionInput, LesionAnswer>>();
  const answering = ({ path, version }: ShippedLesionModel): AnswerBatch => {
    const taskOf = (provider: Provider, inputs: readonly LesionInput[]): LesionTask => ({
      path,
      sha256: version,
      provider,
      inputs,
    });
    const processor: AnswerBatch = (inputs) =>
      threads.run(TASK, taskOf('cpu', inputs), { signal: new AbortController().signal, isCooperative: true });
    if (device === null) return processor;
    const { process, provider, isOnlyIfFaster, onVerdict } = device;
    const limitMs = isOnlyIfFaster ? LIMIT_MS.ofItsOwnAccord : LIMIT_MS.askedFor;
    return createDeviceTrial({
      processor,
      device: (inputs) => process.run(TASK, taskOf(provider, inputs), limitMs),
      isOnlyIfFaster,
      onVerdict: (verdict) => onVerdict(verdict, version),
    });
  };
  const batchesOf = (model: ShippedLesionModel): RequestBatches<LesionInput, LesionAnswer> => {
    const known = batches.get(model.version);
    if (known !== undefined) return known;
    const made = batchRequests(answering(model), LARGEST_BATCH);
    batches.set(model.version, made);
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
