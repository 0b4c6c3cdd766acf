import type { Provider } from '../../engine/providers.ts';
import {
  forecastLesions,
  type LesionAnswer,
  type LesionInput,
  type OpenedLesionModel,
  openLesionModel,
} from './lesion-forecast.ts';
import { readLesionModel } from './lesion-model.ts';

/** Several forecasts of one model, for a thread or a process. */
export interface LesionTask {
  /** Path of the model's weights. */
  readonly path: string;
  /** SHA-256 of the weights: a model that was replaced is opened anew. */
  readonly sha256: string;
  readonly provider: Provider;
  readonly inputs: readonly LesionInput[];
}

let opened: { readonly key: string; readonly model: Promise<OpenedLesionModel> } | null = null;

/** Runs in a thread or process of its own, which keeps the model between runs. */
export default async function lesionTask({
  path,
  sha256,
  provider,
  inputs,
}: LesionTask): Promise<readonly LesionAnswer[]> {
  const key = `${sha256} on ${provider}`;
  if (opened?.key !== key) {
    const before = opened;
    opened = { key, model: readLesionModel(path).then((model) => openLesionModel(model, { provider })) };
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
