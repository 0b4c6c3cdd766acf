import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/ml/engine/compile.ts';
import { sizeOf } from '../../../src/ml/engine/graph.ts';
import { gridSample, type Outside } from '../../../src/ml/engine/ops/grid-sample.ts';
import { valueAndGradients, type Op } from '../../support/compiled-against-eager.ts';
import { randomArray } from '../../support/random-array.ts';

type T4 = tf.Tensor4D;
const IMAGE = [2, 8, 6, 4];

/** Sum of products in double precision. */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
};

async function compiledValueAndGradients(
  op: Op,
  data: Record<string, Float32Array>,
  shapes: Record<string, readonly number[]>,
): Promise<Float32Array[]> {
  const names = Object.keys(shapes);
  const compiled = await compile(
    (inputs) =>
      Object.fromEntries(
        valueAndGradients(op)(...names.map((name) => inputs[name]!)).map((result, index) => [`y${index}`, result]),
      ),
    Object.fromEntries(names.map((name) => [name, { shape: shapes[name]! }])),
  );
  const results = await compiled.run(data);
  await compiled.dispose();
  return Object.values(results);
}

describe('the gradient of a linear op, where that of the tfjs cpu backend is wrong', () => {
  test.each<[string, Op, readonly number[]]>([
    ['avgPool same, overlapping', (a) => tf.avgPool(a as T4, 3, 2, 'same'), IMAGE],
    ['avgPool3d same, overlapping', (a) => tf.avgPool3d(a as tf.Tensor5D, 3, 2, 'same'), [1, 4, 5, 6, 2]],
    ['resizeBilinear half pixel', (a) => tf.image.resizeBilinear(a as T4, [16, 12], false, true), IMAGE],
    ['resizeBilinear, not square', (a) => tf.image.resizeBilinear(a as T4, [16, 9]), IMAGE],
    ['resizeBilinear, few pixels', (a) => tf.image.resizeBilinear(a as T4, [14, 9]), [2, 4, 5, 3]],
    ['resizeBilinear, down', (a) => tf.image.resizeBilinear(a as T4, [3, 5]), IMAGE],
    ['resizeNearest', (a) => tf.image.resizeNearestNeighbor(a as T4, [16, 9]), IMAGE],
    ['resizeNearest, half pixel', (a) => tf.image.resizeNearestNeighbor(a as T4, [13, 5], false, true), IMAGE],
    ['resizeNearest, align corners', (a) => tf.image.resizeNearestNeighbor(a as T4, [15, 4], true), IMAGE],
    ['conv2d stride 2', (a) => tf.conv2d(a as T4, tf.tensor4d(randomArray(180, 3), [3, 3, 4, 5]), 2, 'same'), IMAGE],
    [
      'conv2d dilated',
      (a) => tf.conv2d(a as T4, tf.tensor4d(randomArray(180, 3), [3, 3, 4, 5]), 1, 'same', 'NHWC', 2),
      IMAGE,
    ],
    [
      'dilated filter',
      (w) => tf.conv2d(tf.tensor4d(randomArray(384, 3), [2, 8, 6, 4]), w as T4, 1, 'same', 'NHWC', [2, 1]),
      [3, 3, 4, 5],
    ],
    ['cumsum', (a) => tf.cumsum(a, 2), IMAGE],
  ])("is its adjoint: <w, f(x)> = <f'w, x>: %s", async (_, op, shape) => {
    const x = randomArray(sizeOf(shape), 21);
    const [value, gradient] = await compiledValueAndGradients(op, { x }, { x: shape });
    const weights = randomArray(value!.length, 99);
    const expected = dot(weights, value!);
    expect(Math.abs(dot(gradient!, x) - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
  });
});

/** Linear interpolation in double precision, written for one example from its definition. */
function sampleInDoubles(
  image: Float64Array,
  extents: readonly number[],
  channels: number,
  at: readonly number[],
  outside: Outside,
): number[] {
  const position = outside === 'border' ? at.map((p, axis) => Math.min(Math.max(p, 0), extents[axis]! - 1)) : at;
  const sum = Array.from({ length: channels }, () => 0);
  for (let corner = 0; corner < 2 ** extents.length; corner++) {
    const index = position.map((p, axis) => Math.floor(p) + ((corner >> axis) & 1));
    const weight = position.reduce((w, p, axis) => w * (1 - Math.abs(p - index[axis]!)), 1);
    if (index.some((i, axis) => i < 0 || i >= extents[axis]!)) continue;
    const row = index.reduce((r, i, axis) => r * extents[axis]! + i, 0);
    for (let c = 0; c < channels; c++) sum[c]! += weight * image[row * channels + c]!;
  }
  return sum;
}

describe('sampling a grid', () => {
  test.each<[string, readonly number[], readonly number[], Outside]>([
    ['2-D, border', [1, 5, 6, 3], [1, 9, 1, 2], 'border'],
    ['2-D, zeros', [1, 5, 6, 3], [1, 9, 1, 2], 'zeros'],
    ['3-D, border', [1, 4, 5, 3, 2], [1, 7, 1, 1, 3], 'border'],
    ['3-D, zeros', [1, 4, 5, 3, 2], [1, 7, 1, 1, 3], 'zeros'],
  ])('has the value and the finite differences of double precision: %s', async (_, imageShape, gridShape, outside) => {
    const image = randomArray(sizeOf(imageShape), 5);
    const extents = imageShape.slice(1, -1);
    const [channels, axes] = [imageShape.at(-1)!, extents.length];
    // Some positions lie outside; none so near to a line that a difference would cross it.
    const grid = randomArray(sizeOf(gridShape), 6).map((r, index) => {
      const p = (0.5 + 0.75 * r) * (extents[index % axes]! - 1);
      return Math.abs(p - Math.round(p)) < 0.05 ? Math.round(p) + 0.1 : p;
    });
    const loss = (pixels: Float64Array, positions: Float64Array, weights: Float32Array): number => {
      let sum = 0;
      for (let n = 0; n < positions.length / axes; n++) {
        const at = [...positions.subarray(n * axes, (n + 1) * axes)];
        sum += dot(
          sampleInDoubles(pixels, extents, channels, at, outside),
          weights.subarray(n * channels, (n + 1) * channels),
        );
      }
      return sum;
    };
    const [value, byImage, byGrid] = await compiledValueAndGradients(
      (x, g) => gridSample(x, g, outside),
      { image, grid },
      { image: imageShape, grid: gridShape },
    );
    const weights = randomArray(value!.length, 99);
    const [pixels, positions] = [Float64Array.from(image), Float64Array.from(grid)];
    expect(Math.abs(dot(value!, weights) - loss(pixels, positions, weights))).toBeLessThan(1e-4);
    const difference = (array: Float64Array, index: number): number => {
      const [step, kept] = [1e-5, array[index]!];
      array[index] = kept + step;
      const above = loss(pixels, positions, weights);
      array[index] = kept - step;
      const below = loss(pixels, positions, weights);
      array[index] = kept;
      return (above - below) / (2 * step);
    };
    expect(byGrid!.some((slope) => slope !== 0)).toBe(true);
    for (const [index, slope] of byGrid!.entries()) expect(slope).toBeCloseTo(difference(positions, index), 3);
    for (const [index, slope] of byImage!.entries()) expect(slope).toBeCloseTo(difference(pixels, index), 3);
  });
});
