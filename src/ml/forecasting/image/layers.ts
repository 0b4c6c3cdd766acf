import * as tf from '../../engine/tensorflow.ts';
import { sizeOf } from '../../engine/graph.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { randomStream } from '../../cohorts/random-stream.ts';

/** How a parameter starts: `fan-in` is uniform with variance 1 / inputs (LeCun et al. 1998), a number fills it. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly start: 'fan-in' | number;
}
export type Parameters = Readonly<Record<string, Parameter>>;

/** Filter and bias of a convolution over `size` x `size` pixels. */
export const convolution = (
  name: string,
  size: number,
  from: number,
  to: number,
  start: Parameter['start'] = 'fan-in',
): Parameters => ({
  [`${name}.filter`]: { shape: [size, size, from, to], start },
  [`${name}.bias`]: { shape: [to], start: 0 },
});

/** Weights and bias of a dense layer. */
export const dense = (name: string, from: number, to: number, start: Parameter['start'] = 'fan-in'): Parameters => ({
  [`${name}.weights`]: { shape: [from, to], start },
  [`${name}.bias`]: { shape: [to], start: 0 },
});

/** Channels that processors convolve at once; a number of channels that this does not divide costs several times as much. */
const BLOCK = 16;

/** @param x [N,H,W,from] @returns [N,H/stride,W/stride,to], padded with zeros to the same size. */
export const convolve = (p: NamedTensors, name: string, x: tf.Tensor, stride = 1): tf.Tensor4D => {
  const filter = p[`${name}.filter`] as tf.Tensor4D;
  const from = filter.shape[2];
  const missing = from > BLOCK ? (BLOCK - (from % BLOCK)) % BLOCK : 0;
  const filled = (tensor: tf.Tensor, axis: number): tf.Tensor4D =>
    missing === 0
      ? (tensor as tf.Tensor4D)
      : tf.pad(
          tensor as tf.Tensor4D,
          tensor.shape.map((_, index): [number, number] => [0, index === axis ? missing : 0]),
        );
  return tf.add<tf.Tensor4D>(tf.conv2d(filled(x, 3), filled(filter, 2), stride, 'same'), p[`${name}.bias`]!);
};

/** @param x [N,from] @returns [N,to] */
export const connect = (p: NamedTensors, name: string, x: tf.Tensor): tf.Tensor2D =>
  tf.add<tf.Tensor2D>(tf.matMul(x, p[`${name}.weights`] as tf.Tensor2D), p[`${name}.bias`]!);

/** @param x [N,h,w,c] @returns [N,h*factor,w*factor,c], bilinear. */
export const enlarge = (x: tf.Tensor, factor: number): tf.Tensor4D => {
  const [, height, width] = x.shape as [number, number, number];
  if (factor === 1) return x as tf.Tensor4D;
  return tf.image.resizeBilinear(x as tf.Tensor4D, [height * factor, width * factor], false, true);
};

/** The same value, through which no gradient flows back. */
export const withoutGradient = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((...args) => {
    const [input] = args as unknown as [tf.Tensor];
    return { value: tf.add(input, 0), gradFunc: (dy) => [tf.mul(dy, 0)] };
  })(x);

/** Values to start training from, the same for the same seed whatever the order of the parameters. */
export function startingValues(parameters: Parameters, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, start }]) => {
      if (start !== 'fan-in') return [name, new Float32Array(sizeOf(shape)).fill(start)];
      const random = randomStream(seed, 'start', name);
      const reach = Math.sqrt(3 / sizeOf(shape.slice(0, -1)));
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => random.between(-reach, reach))];
    }),
  );
}
