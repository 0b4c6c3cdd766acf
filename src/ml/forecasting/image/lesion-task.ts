import {
  forecastLesions,
  type LesionAnswer,
  type LesionInput,
  type OpenedLesionModel,
  openLesionModel,
} from './lesion-forecast.ts';
import { readLesionModel } from './lesion-model.ts';

/** Several forecasts of one model, for a thread. */
export interface LesionTask {
  /** Path of the model's weights. */
  readonly path: string;
  /** SHA-256 of the weights: a model that was replaced is opened anew. */
  readonly sha256: string;
  readonly inputs: readonly LesionInput[];
}

let opened: { readonly sha256: string; readonly model: Promise<OpenedLesionModel> } | null = null;

/** Runs in a worker thread, which keeps the model between runs. */
export default async function lesionTask({ path, sha256, inputs }: LesionTask): Promise<readonly LesionAnswer[]> {
  if (opened?.sha256 !== sha256) {
    const before = opened;
    opened = { sha256, model: readLesionModel(path).then((model) => openLesionModel(model)) };
    await before?.model.then(close, () => undefined);
  }
  try {
    return await forecastLesions(await opened.model, inputs);
  } catch (error) {
    opened = null;
    throw error;
  }
}

async function close({ whole, window, predictor }: OpenedLesionModel): Promise<void> {
  await Promise.all([whole.dispose(), window.dispose(), predictor.dispose()]);
}
