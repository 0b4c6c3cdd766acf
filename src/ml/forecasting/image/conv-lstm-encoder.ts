import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { fuse, fusionParameters } from './fusion.ts';
import { convolution, convolve, type Parameter, type Parameters } from './layers.ts';
import type { NetworkSettings } from './network-settings.ts';

/** Parameters of {@link encodeConvLstm}. */
export function convLstmParameters(settings: NetworkSettings): Parameters {
  const { channels, hidden, layers, stride, frames } = settings;
  const cells = Array.from({ length: layers }, (_, layer) => ({
    ...convolution(`cell${layer}`, 3, 2 * hidden, 4 * hidden),
    // Between the images of one there is no time.
    ...(frames > 1 ? { [`cell${layer}.decay`]: { shape: [hidden], start: -1 } satisfies Parameter } : {}),
  }));
  return Object.assign(
    { ...convolution('stem', stride, channels, hidden), ...convolution('stem.mix', 3, hidden, hidden) },
    fusionParameters('history', settings),
    ...cells,
  ) as Parameters;
}

/**
 * Stacked ConvLSTM (Shi et al. 2015, eq. 3, without peepholes). Between two images each memory channel is forgotten by
 * exp(-softplus(w) dt) more than its gate says, with dt the real time between them (Che et al. 2018, GRU-D, eq. 10). An absent image
 * leaves state and memory as they are.
 * @param frames [B,T,H,W,C] @param mask [B,T] 1 where there is an image. @param ages [B,T] units of time before the
 *   origin, falling. @param z [B*T,Z]
 * @returns the state at the origin [B,h,w,hidden]
 */
export function encodeConvLstm(
  p: NamedTensors,
  settings: NetworkSettings,
  { frames, mask, ages, z }: { frames: tf.Tensor; mask: tf.Tensor; ages: tf.Tensor; z: tf.Tensor },
): tf.Tensor {
  const [batch, count, height, width, channels] = frames.shape as [number, number, number, number, number];
  const { hidden, layers, stride } = settings;
  const [h, w] = [height / stride, width / stride];
  const images = tf.reshape(frames, [batch * count, height, width, channels]);
  const stem = tf.relu(convolve(p, 'stem', images, stride));
  const mixed = fuse(p, 'history', settings, tf.add(stem, convolve(p, 'stem.mix', stem)), z);
  const features = tf.reshape(mixed, [batch, count, h, w, hidden]);
  const at = (x: tf.Tensor, time: number): tf.Tensor =>
    tf.reshape(tf.slice(x, [0, time], [batch, 1]), [batch, 1, 1, 1]);

  const states = Array.from({ length: layers }, () => {
    const empty = tf.zeros([batch, h, w, hidden]);
    return { output: empty, memory: empty };
  });
  for (let time = 0; time < count; time++) {
    let input: tf.Tensor = tf.reshape(tf.slice(features, [0, time, 0, 0, 0], [batch, 1, h, w, hidden]), [
      batch,
      h,
      w,
      hidden,
    ]);
    const isThere = at(mask, time);
    const gap = time === 0 ? undefined : tf.sub(at(ages, time - 1), at(ages, time));
    for (const [layer, state] of states.entries()) {
      const fading = (time: tf.Tensor): tf.Tensor =>
        tf.exp(tf.neg(tf.mul(time, tf.softplus(p[`cell${layer}.decay`]!))));
      const kept = gap === undefined ? state.memory : tf.mul(state.memory, fading(gap));
      const gates = convolve(p, `cell${layer}`, tf.concat([input, state.output], 3));
      const [i, f, o, u] = tf.split(gates, 4, 3) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const memory = tf.add(tf.mul(tf.sigmoid(tf.add(f, 1)), kept), tf.mul(tf.sigmoid(i), tf.tanh(u)));
      const output = tf.mul(tf.sigmoid(o), tf.tanh(memory));
      state.memory = chosen(isThere, memory, state.memory);
      state.output = chosen(isThere, output, state.output);
      input = state.output;
    }
  }
  return states.at(-1)!.output;
}

const chosen = (isFirst: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Tensor =>
  tf.add(second, tf.mul(isFirst, tf.sub(first, second)));
