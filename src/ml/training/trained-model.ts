import { join } from 'node:path';
import type { z } from 'zod';
import type { ArraySpec } from '../engine/graph.ts';
import type { NamedArray } from '../engine/weights/safetensors.ts';
import { cardPath, type ModelCard, readWeights, writeWeights, writeWhole } from '../engine/weights/weights-file.ts';
import { ConfigurationError } from '../../errors.ts';
import type { Parameters } from '../forecasting/image/layers.ts';
import { learningCurveSvg } from './learning-curve.ts';
import type { TrainedWeights } from './training-run.ts';

/** What a model version is, beside its weights. */
export interface ModelDescription extends Pick<
  ModelCard,
  'name' | 'version' | 'description' | 'trainedOn' | 'intendedUse' | 'limitations' | 'licence' | 'metrics' | 'madeBy'
> {
  /** Name of the function that computes with the weights. */
  readonly architecture: string;
  readonly settings: Readonly<Record<string, z.core.util.JSONType>>;
  /** Of `splitByPatient`: which patients trained and which judged. */
  readonly splitHash: string;
  readonly inputs: Readonly<Record<string, ArraySpec>>;
  readonly outputs: Readonly<Record<string, ArraySpec>>;
}

/**
 * Registers a trained model version in a folder: `NAME-VERSION.safetensors` with the weights of the best validation, its
 * model card `.json` with settings, metrics and the hash of the split, and its learning curve `.svg`.
 * @returns path of the weights
 */
export async function registerModel(
  folder: string,
  parameters: Parameters,
  { weights, curve, bestStep, steps }: TrainedWeights,
  { architecture, settings, splitHash, ...description }: ModelDescription,
): Promise<string> {
  const path = join(folder, `${description.name}-${description.version}.safetensors`);
  const arrays = Object.entries(parameters).map(
    ([name, { shape }]) => [name, { dtype: 'float32', shape, data: weights[name]! }] as const,
  );
  const shapes = (specs: Readonly<Record<string, ArraySpec>>): Record<string, { shape: number[] }> =>
    Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, { shape: [...shape] }]));
  await writeWeights(path, new Map<string, NamedArray>(arrays), {
    ...description,
    architecture: { name: architecture, settings: { ...settings, splitHash, bestStep, steps } },
    inputs: shapes(description.inputs),
    outputs: shapes(description.outputs),
  });
  const title = `${description.name} ${description.version}, best at step ${bestStep}`;
  await writeWhole(cardPath(path).replace(/\.json$/, '.svg'), new TextEncoder().encode(learningCurveSvg(title, curve)));
  return path;
}

/**
 * Reads a registered model of this architecture.
 * @throws {ConfigurationError} as `readWeights`, and for weights of another architecture or with an array missing.
 */
export async function readModel(
  path: string,
  architecture: string,
  parametersOf: (settings: Readonly<Record<string, unknown>>) => Parameters,
): Promise<{ readonly card: ModelCard; readonly weights: Readonly<Record<string, Float32Array>> }> {
  const { card, arrays } = await readWeights(path);
  if (card.architecture.name !== architecture) {
    throw new ConfigurationError('the model cannot be used here', [
      `it is a ${card.architecture.name}, expected a ${architecture}`,
    ]);
  }
  const parameters = parametersOf(card.architecture.settings);
  const faults = Object.entries(parameters).flatMap(([name, { shape }]) => {
    const found = arrays.get(name);
    const isRight = found !== undefined && found.dtype === 'float32' && found.shape.join() === shape.join();
    return isRight ? [] : [`array ${name} should be float32 [${shape.join()}]`];
  });
  if (faults.length > 0) throw new ConfigurationError('the weights do not fit their settings', faults);
  const weights = Object.fromEntries(
    Object.keys(parameters).map((name) => [name, arrays.get(name)!.data as Float32Array]),
  );
  return { card, weights };
}
