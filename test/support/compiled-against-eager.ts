import * as tf from '@tensorflow/tfjs';
import { compile, type CompileOptions } from '../../src/ml/engine/compile.ts';
import { selectEagerBackend } from '../../src/ml/engine/eager-backend.ts';
import { sizeOf } from '../../src/ml/engine/graph.ts';
import { randomArray, relativeDifference } from './random-array.ts';

export type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
export type Shapes = readonly (readonly number[])[];

/** Value of an op and its gradients by every input, of a weighted sum of the result. */
export function valueAndGradients(op: Op): (...inputs: tf.Tensor[]) => tf.Tensor[] {
  return (...inputs) => {
    const value = op(...inputs);
    const weights = tf.tensor(randomArray(value.size, 99), value.shape);
    return [value, ...tf.grads((...args) => tf.sum(tf.mul(op(...args), weights)))(inputs)];
  };
}

export const valueOnly =
  (op: Op) =>
  (...inputs: tf.Tensor[]): tf.Tensor[] => [op(...inputs)];

export interface Comparison {
  readonly differences: readonly number[];
  readonly operators: Readonly<Record<string, number>>;
}

/** Runs a function compiled and on the plain tfjs cpu backend, on the same numbers. */
export async function compiledAgainstEager(
  fn: (...inputs: tf.Tensor[]) => tf.Tensor[],
  shapes: Shapes,
  { seed = 11, scale = 1.3, ...options }: CompileOptions & { seed?: number; scale?: number } = {},
): Promise<Comparison> {
  await selectEagerBackend(['cpu']);
  const data = shapes.map((shape, index) => randomArray(sizeOf(shape), seed + index, scale));
  const expected = tf.tidy(() =>
    fn(...data.map((elements, index) => tf.tensor(elements, [...shapes[index]!]))).map((result) => result.dataSync()),
  );
  const names = shapes.map((_, index) => `x${index}`);
  const compiled = await compile(
    (inputs) =>
      Object.fromEntries(fn(...names.map((name) => inputs[name]!)).map((result, index) => [`y${index}`, result])),
    Object.fromEntries(names.map((name, index) => [name, { shape: shapes[index]! }])),
    options,
  );
  const found = await compiled.run(Object.fromEntries(names.map((name, index) => [name, data[index]!])));
  await compiled.dispose();
  return {
    differences: expected.map((elements, index) => relativeDifference(found[`y${index}`]!, elements)),
    operators: compiled.operators,
  };
}
