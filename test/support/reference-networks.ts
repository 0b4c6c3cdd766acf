import * as tf from '@tensorflow/tfjs';
import { attention } from '../../src/ml/engine/ops/attention.ts';
import { gelu } from '../../src/ml/engine/ops/gelu.ts';
import { gridSample } from '../../src/ml/engine/ops/grid-sample.ts';
import { groupNorm } from '../../src/ml/engine/ops/group-norm.ts';
import { layerNorm } from '../../src/ml/engine/ops/layer-norm.ts';
import { sizeOf } from '../../src/ml/engine/graph.ts';
import type { NamedTensors } from '../../src/ml/engine/trace/trace.ts';
import { randomArray } from './random-array.ts';

/** A network as a pure function of its parameters and one input. */
export interface ReferenceNetwork {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly forward: (parameters: NamedTensors, input: NamedTensors) => tf.Tensor;
}
type T4 = tf.Tensor4D;

const conv = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, stride = 1): T4 =>
  tf.add<T4>(tf.conv2d(x as T4, w as T4, stride, 'same'), b);

/**
 * Two-layer ConvLSTM (Shi et al. 2015) between a strided convolution and a transposed one; the hidden channels are
 * modulated by the conditions (FiLM, Perez et al. 2018) where there are any. Input `x` [B, T, 2H, 2W, 1], `condition`
 * [B, conditions], and with `state` the recurrent state at the start, `h1`, `c1`, `h2`, `c2` [B, H, W, hidden].
 */
export function convLstm({
  hidden = 64,
  encoded = 32,
  conditions = 0,
  state = 'zero' as 'zero' | 'input',
}): ReferenceNetwork {
  const cell = (x: tf.Tensor, h: tf.Tensor, c: tf.Tensor, w: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] => {
    const [i, f, o, u] = tf.split(conv(tf.concat([x, h], 3), w, b), 4, 3) as [T4, T4, T4, T4];
    const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(u)));
    return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
  };
  return {
    parameters: {
      encodeW: [3, 3, 1, encoded], encodeB: [encoded],
      w1: [3, 3, encoded + hidden, 4 * hidden], b1: [4 * hidden],
      w2: [3, 3, 2 * hidden, 4 * hidden], b2: [4 * hidden],
      ...(conditions > 0 ? { filmW: [conditions, 2 * hidden], filmB: [2 * hidden] } : {}),
      upW: [4, 4, encoded, hidden], upB: [encoded], outW: [3, 3, encoded, 1], outB: [1],
    }, // prettier-ignore
    forward: (p, input) => {
      const x = input['x']!;
      const [batch, frames, height, width] = x.shape as [number, number, number, number];
      const zeros = (): tf.Tensor => tf.zeros([batch, height / 2, width / 2, hidden]);
      const start = (name: string): tf.Tensor => (state === 'zero' ? zeros() : input[name]!);
      let [h1, c1, h2, c2] = [start('h1'), start('c1'), start('h2'), start('c2')];
      for (let t = 0; t < frames; t++) {
        const frame = tf.reshape(tf.slice(x, [0, t, 0, 0, 0], [batch, 1, height, width, 1]), [batch, height, width, 1]);
        [h1, c1] = cell(tf.relu(conv(frame, p['encodeW']!, p['encodeB']!, 2)), h1, c1, p['w1']!, p['b1']!);
        [h2, c2] = cell(h1, h2, c2, p['w2']!, p['b2']!);
      }
      if (conditions > 0) {
        const film = tf.add(tf.matMul(input['condition']!, p['filmW']!), p['filmB']!);
        const [gain, shift] = tf.split(tf.reshape(film, [batch, 1, 1, 2 * hidden]), 2, 3) as [T4, T4];
        h2 = tf.add(tf.mul(h2, tf.add(gain, 1)), shift);
      }
      const up = tf.conv2dTranspose(h2 as T4, p['upW'] as T4, [batch, height, width, encoded], 2, 'same');
      return conv(tf.relu(tf.add(up, p['upB']!)), p['outW']!, p['outB']!);
    },
  };
}

/** Pre-norm transformer over the 16x16 patches of all frames (ViViT model 1, Arnab et al. 2021). Input `x` [B, L, patch]. */
export function vivit({ width = 192, layers = 6, heads = 3, tokens = 256, patch = 256 }): ReferenceNetwork {
  const parameters: Record<string, number[]> = { embedW: [patch, width], embedB: [width], position: [tokens, width] };
  for (let l = 0; l < layers; l++) {
    Object.assign(parameters, {
      [`${l}.norm1g`]: [width], [`${l}.norm1b`]: [width], [`${l}.qkvW`]: [width, 3 * width], [`${l}.qkvB`]: [3 * width],
      [`${l}.projectW`]: [width, width], [`${l}.projectB`]: [width], [`${l}.norm2g`]: [width], [`${l}.norm2b`]: [width],
      [`${l}.mlp1W`]: [width, 4 * width], [`${l}.mlp1B`]: [4 * width], [`${l}.mlp2W`]: [4 * width, width], [`${l}.mlp2B`]: [width],
    }); // prettier-ignore
  }
  Object.assign(parameters, { outW: [width, 1], outB: [1] });
  const linear = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, w), b);
  return {
    parameters,
    forward: (p, { x }) => {
      const [batch, length] = x!.shape as [number, number];
      const depth = width / heads;
      const embedded = linear(tf.reshape(x!, [batch * length, patch]), p['embedW']!, p['embedB']!);
      let t = tf.reshape(tf.add(tf.reshape(embedded, [batch, length, width]), p['position']!), [batch * length, width]);
      for (let l = 0; l < layers; l++) {
        const of = (name: string): tf.Tensor => p[`${l}.${name}`]!;
        const qkv = linear(layerNorm(t, of('norm1g'), of('norm1b')), of('qkvW'), of('qkvB'));
        const perHead = tf.transpose(tf.reshape(qkv, [batch, length, 3, heads, depth]), [2, 0, 3, 1, 4]);
        const [q, k, v] = tf.split(perHead, 3, 0).map((part) => tf.reshape(part, [batch, heads, length, depth])) as [
          T4,
          T4,
          T4,
        ];
        const mixed = tf.reshape(tf.transpose(attention(q, k, v), [0, 2, 1, 3]), [batch * length, width]);
        t = tf.add(t, linear(mixed, of('projectW'), of('projectB')));
        const inner = gelu(linear(layerNorm(t, of('norm2g'), of('norm2b')), of('mlp1W'), of('mlp1B')));
        t = tf.add(t, linear(inner, of('mlp2W'), of('mlp2B')));
      }
      return linear(tf.mean(tf.reshape(t, [batch, length, width]), 1), p['outW']!, p['outB']!);
    },
  };
}

/** U-Net (Ronneberger et al. 2015) with group normalisation: `depth` halvings, two convolutions per level. Input `x` [B, H, W, 1]. */
export function uNet({ channels = 32, depth = 3, groups = 8 }): ReferenceNetwork {
  const parameters: Record<string, number[]> = {};
  const addBlock = (name: string, input: number, output: number): void => {
    for (const [index, from] of [input, output].entries()) {
      parameters[`${name}.${index}W`] = [3, 3, from, output];
      parameters[`${name}.${index}g`] = [output];
      parameters[`${name}.${index}b`] = [output];
    }
  };
  for (let level = 0; level <= depth; level++)
    addBlock(`down${level}`, level === 0 ? 1 : channels * 2 ** (level - 1), channels * 2 ** level);
  for (let level = depth - 1; level >= 0; level--) {
    const width = channels * 2 ** level;
    parameters[`up${level}W`] = [2, 2, width, 2 * width];
    addBlock(`merge${level}`, 2 * width, width);
  }
  Object.assign(parameters, { outW: [1, 1, channels, 1], outB: [1] });
  return {
    parameters,
    forward: (p, { x }) => {
      const block = (input: tf.Tensor, name: string): tf.Tensor =>
        [0, 1].reduce((t, index) => {
          const y = tf.conv2d(t as T4, p[`${name}.${index}W`] as T4, 1, 'same');
          return tf.relu(groupNorm(y, p[`${name}.${index}g`]!, p[`${name}.${index}b`]!, groups));
        }, input);
      const skips: tf.Tensor[] = [];
      let t = block(x!, 'down0');
      for (let level = 1; level <= depth; level++) {
        skips.push(t);
        t = block(tf.maxPool(t as T4, 2, 2, 'valid'), `down${level}`);
      }
      for (let level = depth - 1; level >= 0; level--) {
        const skip = skips[level]!;
        const up = tf.conv2dTranspose(
          t as T4,
          p[`up${level}W`] as T4,
          skip.shape as [number, number, number, number],
          2,
          'same',
        );
        t = block(tf.concat([skip, up], 3), `merge${level}`);
      }
      return conv(t, p['outW']!, p['outB']!);
    },
  };
}

/** Predicts a displacement field with two convolutions and warps `x` by it. Input `x` and `fixed` [B, H, W, 1]. */
export function spatialTransformer({ channels = 8 } = {}): ReferenceNetwork {
  return {
    parameters: { w1: [3, 3, 2, channels], b1: [channels], w2: [3, 3, channels, 2], b2: [2] },
    forward: (p, { x, fixed }) => {
      const [batch, height, width] = x!.shape as [number, number, number];
      const displacement = conv(tf.tanh(conv(tf.concat([x!, fixed!], 3), p['w1']!, p['b1']!)), p['w2']!, p['b2']!);
      const rows = tf.broadcastTo(tf.reshape(tf.range(0, height), [1, height, 1, 1]), [batch, height, width, 1]);
      const columns = tf.broadcastTo(tf.reshape(tf.range(0, width), [1, 1, width, 1]), [batch, height, width, 1]);
      return gridSample(x!, tf.add(tf.concat([rows, columns], 3), displacement));
    },
  };
}

/** Reproducible starting values, scaled by the number of inputs; gains start at one. */
export function initialParameters({ parameters }: ReferenceNetwork): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, shape], index) => {
      if (name.endsWith('g')) return [name, new Float32Array(sizeOf(shape)).fill(1)];
      const inputs = shape.length === 4 ? sizeOf(shape.slice(0, 3)) : shape[0]!;
      return [name, randomArray(sizeOf(shape), index + 1, shape.length === 1 ? 0.05 : Math.sqrt(3 / inputs))];
    }),
  );
}

/** Mean squared error of a network's answer to the batch's `target`. */
export const squaredError =
  ({ forward }: ReferenceNetwork) =>
  (parameters: NamedTensors, batch: NamedTensors): { loss: tf.Tensor } => ({
    loss: tf.mean(tf.square(tf.sub(forward(parameters, batch), batch['target']!))),
  });
