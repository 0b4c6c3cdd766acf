import { attention } from '../../engine/ops/attention.ts';
import { gelu } from '../../engine/ops/gelu.ts';
import { layerNorm } from '../../engine/ops/layer-norm.ts';
import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { fuse, fusionParameters } from './fusion.ts';
import { connect, convolution, convolve, dense, type Parameter, type Parameters } from './layers.ts';
import type { NetworkSettings } from './network-settings.ts';

/** Added to the scores of tokens that are not there. */
const MASKED = -1e4;
/** Wave lengths of the encoding of real times, in units of time. */
const WAVES = [1, 2, 4, 8, 16, 32];

const blocksOf = ({ attention: kind, layers }: NetworkSettings): string[] =>
  Array.from({ length: layers }, (_, layer) =>
    kind === 'joint' ? [`joint${layer}`] : [`space${layer}`, `time${layer}`],
  ).flat();

/** Parameters of {@link encodeVivit}. */
export function vivitParameters(settings: NetworkSettings): Parameters {
  const { channels, hidden, stride, tubelet, height, width, fusion, embedding, heads } = settings;
  const places = (height / stride) * (width / stride);
  const block = (name: string): Parameters => ({
    ...norm(`${name}.norm1`, hidden),
    ...dense(`${name}.qkv`, hidden, 3 * hidden),
    ...dense(`${name}.project`, hidden, hidden),
    ...norm(`${name}.norm2`, hidden),
    ...dense(`${name}.widen`, hidden, 2 * hidden),
    ...dense(`${name}.narrow`, 2 * hidden, hidden),
    // Tokens of one time attend to each other whatever the time: no fading there.
    ...(name.startsWith('space') ? {} : { [`${name}.fading`]: { shape: [heads], start: -2 } }),
  });
  return Object.assign(
    {
      ...convolution('stem', stride, channels * tubelet, hidden),
      position: { shape: [places, hidden], start: 'fan-in' } satisfies Parameter,
      ...dense('time', 2 * WAVES.length, hidden),
      ...norm('last', hidden),
    },
    fusion === 'tokens' ? dense('token', embedding, hidden) : {},
    fusionParameters('history', settings),
    ...blocksOf(settings).map(block),
  ) as Parameters;
}

/**
 * Video vision transformer (Arnab et al. 2021): tubelets of `tubelet` images and `stride` x `stride` pixels of all slices
 * become tokens, with a learned place and the encoded real time; attention is factorised into space and time or joint. With the
 * fusion `tokens` one EHR token per time joins the tokens of its image. Scores fade with the real time between two tokens by
 * a learned rate per head; tokens of absent images are masked.
 * @param frames [B,T,H,W,C] @param mask [B,T] @param ages [B,T] units of time before the origin. @param z [B*T,Z]
 * @returns the state at the origin [B,h,w,hidden]
 */
export function encodeVivit(
  p: NamedTensors,
  settings: NetworkSettings,
  inputs: { frames: tf.Tensor; mask: tf.Tensor; ages: tf.Tensor; z: tf.Tensor },
): tf.Tensor {
  const [batch, count, height, width, channels] = inputs.frames.shape as [number, number, number, number, number];
  const { hidden, stride, tubelet, fusion, embedding } = settings;
  const [h, w, times] = [height / stride, width / stride, count / tubelet];
  const places = h * w;
  const seen = tf.mul(inputs.frames, tf.reshape(inputs.mask, [batch, count, 1, 1, 1]));
  const grouped = tf.transpose(tf.reshape(seen, [batch * times, tubelet, height, width, channels]), [0, 2, 3, 1, 4]);
  const stem = convolve(p, 'stem', tf.reshape(grouped, [batch * times, height, width, tubelet * channels]), stride);
  const lastOf = (x: tf.Tensor, length: number): tf.Tensor =>
    tf.reshape(tf.slice(tf.reshape(x, [batch * times, tubelet, length]), [0, tubelet - 1, 0], [-1, 1, -1]), [
      batch * times,
      length,
    ]);
  const z = lastOf(inputs.z, embedding);
  const ages = tf.reshape(lastOf(inputs.ages, 1), [batch, times]);
  const mask = tf.max(tf.reshape(inputs.mask, [batch, times, tubelet]), 2);

  const features = tf.reshape(fuse(p, 'history', settings, stem, z), [batch, times, places, hidden]);
  const encoded = tf.reshape(connect(p, 'time', waves(tf.reshape(ages, [-1, 1]))), [batch, times, 1, hidden]);
  const placed = tf.add(tf.add(features, p['position']!), encoded);
  const withTokens =
    fusion === 'tokens'
      ? tf.concat([placed, tf.reshape(connect(p, 'token', z), [batch, times, 1, hidden])], 2)
      : placed;
  const perTime = withTokens.shape[2]!;
  const gaps = tf.abs(tf.sub(tf.reshape(ages, [batch, 1, times, 1]), tf.reshape(ages, [batch, 1, 1, times])));
  const absent = tf.mul(tf.reshape(tf.sub(1, mask), [batch, 1, 1, times]), MASKED);
  const fading = (name: string): tf.Tensor =>
    tf.sub(absent, tf.mul(tf.reshape(tf.softplus(p[`${name}.fading`]!), [1, -1, 1, 1]), gaps));

  let tokens: tf.Tensor = withTokens;
  for (const name of blocksOf(settings)) {
    if (name.startsWith('space')) {
      const flat = tf.reshape(tokens, [batch * times, perTime, hidden]);
      tokens = tf.reshape(transform(p, name, settings, flat), [batch, times, perTime, hidden]);
    } else if (name.startsWith('time')) {
      const byPlace = tf.reshape(tf.transpose(tokens, [0, 2, 1, 3]), [batch * perTime, times, hidden]);
      const bias = repeated(fading(name), perTime);
      const moved = tf.reshape(transform(p, name, settings, byPlace, bias), [batch, perTime, times, hidden]);
      tokens = tf.transpose(moved, [0, 2, 1, 3]);
    } else {
      const bias = betweenTokens(fading(name), perTime);
      const flat = tf.reshape(tokens, [batch, times * perTime, hidden]);
      tokens = tf.reshape(transform(p, name, settings, flat, bias), [batch, times, perTime, hidden]);
    }
  }
  const atOrigin = tf.slice(tokens, [0, times - 1, 0, 0], [batch, 1, places, hidden]);
  const normal = layerNorm(tf.reshape(atOrigin, [batch * places, hidden]), p['last.scale']!, p['last.offset']!);
  return tf.reshape(normal, [batch, h, w, hidden]);
}

const norm = (name: string, width: number): Parameters => ({
  [`${name}.scale`]: { shape: [width], start: 1 },
  [`${name}.offset`]: { shape: [width], start: 0 },
});

/** Sines and cosines of real times (Vaswani et al. 2017, section 3.5, with these wave lengths). @param units [N,1] */
function waves(units: tf.Tensor): tf.Tensor {
  const angles = tf.mul(units, tf.tensor2d([WAVES.map((length) => Math.PI / (2 * length))], [1, WAVES.length]));
  return tf.concat([tf.sin(angles), tf.cos(angles)], 1);
}

/** [B,heads,T,T] for each place: [B*places,heads,T,T]. */
function repeated(bias: tf.Tensor, places: number): tf.Tensor {
  const [batch, heads, times] = bias.shape as [number, number, number];
  const spread = broadcast(tf.reshape(bias, [batch, 1, heads, times, times]), [batch, places, heads, times, times]);
  return tf.reshape(spread, [batch * places, heads, times, times]);
}

/** [B,heads,T,T] between all tokens of these times: [B,heads,T*tokens,T*tokens]. */
function betweenTokens(bias: tf.Tensor, tokens: number): tf.Tensor {
  const [batch, heads, times] = bias.shape as [number, number, number];
  const spread = broadcast(tf.reshape(bias, [batch * heads, times, 1, times, 1]), [
    batch * heads,
    times,
    tokens,
    times,
    tokens,
  ]);
  return tf.reshape(spread, [batch, heads, times * tokens, times * tokens]);
}

/** TensorFlow.js does not differentiate `broadcastTo` of rank 5; a sum it does. */
const broadcast = (x: tf.Tensor, shape: number[]): tf.Tensor => tf.add(x, tf.zeros(shape));

/** One pre-norm transformer block. @param x [N,L,hidden] @param bias [N,heads,L,L] */
function transform(
  p: NamedTensors,
  name: string,
  { hidden, heads }: NetworkSettings,
  x: tf.Tensor,
  bias?: tf.Tensor,
): tf.Tensor {
  const [rows, length] = x.shape as [number, number];
  const depth = hidden / heads;
  const flat = tf.reshape(x, [rows * length, hidden]);
  const normal = layerNorm(flat, p[`${name}.norm1.scale`]!, p[`${name}.norm1.offset`]!);
  const qkv = tf.transpose(
    tf.reshape(connect(p, `${name}.qkv`, normal), [rows, length, 3, heads, depth]),
    [2, 0, 3, 1, 4],
  );
  const [q, k, v] = tf.split(qkv, 3, 0).map((part) => tf.reshape(part, [rows, heads, length, depth])) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const mixed = tf.reshape(tf.transpose(attention(q, k, v, bias), [0, 2, 1, 3]), [rows * length, hidden]);
  const attended = tf.add(flat, connect(p, `${name}.project`, mixed));
  const inner = layerNorm(attended, p[`${name}.norm2.scale`]!, p[`${name}.norm2.offset`]!);
  const fed = connect(p, `${name}.narrow`, gelu(connect(p, `${name}.widen`, inner)));
  return tf.reshape(tf.add(attended, fed), [rows, length, hidden]);
}
