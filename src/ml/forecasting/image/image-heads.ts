import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { integrate, moved } from './displacement-field.ts';
import { connect, convolution, convolve, dense, type Parameters } from './layers.ts';
import type { NetworkSettings } from './network-settings.ts';

/** What the heads start from, all [B,H,W,...]. */
export interface Anchors {
  /** The image that is changed: the last registered one, or that one with its lesion at the predicted volume. */
  readonly anchor: tf.Tensor;
  /** Mean of the history, brought to the anchor in the same way. */
  readonly mean: tf.Tensor;
  /** Where change is expected, [B,H,W,guides]; absent without guides. */
  readonly guide?: tf.Tensor;
}

const LARGEST_LOG_SCALE = 1;
const SMALLEST_LOG_SCALE = -7;
const STARTING_LOG_SCALE = -3.5;

const hasDisplacement = (head: NetworkSettings['head']): boolean =>
  head === 'displacement' || head === 'residual-displacement';
const hasResidual = (head: NetworkSettings['head']): boolean => head === 'residual' || head === 'residual-displacement';

/** Parameters of {@link predictImage}. What changes the anchor starts at no change. */
export function imageHeadParameters(settings: NetworkSettings): Parameters {
  const { hidden, features, channels, guides, stride, head } = settings;
  const seen = features + (head === 'direct' ? 0 : 2 * channels + guides);
  return {
    ...convolution('decode.state', 3, hidden, hidden),
    ...convolution('decode.enlarge', 1, hidden, features * stride * stride),
    ...convolution('decode.join', 3, seen, features),
    ...(hasDisplacement(head) ? convolution('decode.velocity', 3, hidden, 2, 0) : {}),
    ...(hasResidual(head)
      ? {
          ...convolution('decode.residual', 3, features, channels, 0),
          ['decode.denoise']: { shape: [channels], start: 0.5 },
        }
      : {}),
    ...(head === 'direct' ? convolution('decode.direct', 3, features, channels) : {}),
    ...convolution('decode.scale', 3, features, channels, 0),
  };
}

/**
 * The image at the target. The state is enlarged by a sub-pixel convolution (Shi et al. 2016).
 * - `residual`: x = anchor + g(d) r, r = a (mean - anchor) + a convolution of features, anchor, mean and guide;
 * - `displacement`: x = anchor(id + u), u the integral of g(d) times a velocity;
 * - `residual-displacement`: the residual on the displaced anchor;
 * - `direct`: the image itself, as the seed has it.
 * g(d) = 1 - exp(-4 d), d the interval in units of time: at no interval all but `direct` are the anchor exactly.
 * @param state [B,h,w,hidden] @param interval [B,1] units of time.
 * @returns `image` and `logScale`, the log of the expected absolute error, both [B,H,W,C]
 */
export function predictImage(
  p: NamedTensors,
  { head, stride, channels }: NetworkSettings,
  state: tf.Tensor,
  interval: tf.Tensor,
  anchors: Anchors,
): { image: tf.Tensor; logScale: tf.Tensor } {
  const batch = state.shape[0];
  const decoded = tf.relu(convolve(p, 'decode.state', state));
  const enlarged = tf.depthToSpace(convolve(p, 'decode.enlarge', decoded), stride, 'NHWC');
  const growth = tf.reshape(tf.sub(1, tf.exp(tf.mul(interval, -4))), [batch, 1, 1, 1]);
  const scaleOf = (features: tf.Tensor): tf.Tensor =>
    tf.clipByValue(
      tf.add(convolve(p, 'decode.scale', features), STARTING_LOG_SCALE),
      SMALLEST_LOG_SCALE,
      LARGEST_LOG_SCALE,
    );

  if (head === 'direct') {
    const features = tf.relu(convolve(p, 'decode.join', enlarged));
    return { image: convolve(p, 'decode.direct', features), logScale: scaleOf(features) };
  }
  let { anchor, mean } = anchors;
  if (hasDisplacement(head)) {
    const displacement = integrate(tf.mul(convolve(p, 'decode.velocity', decoded), growth), stride);
    const both = moved(tf.concat([anchor, mean], 3), displacement);
    const [movedAnchor, movedMean] = tf.split(both, [channels, channels], 3) as [tf.Tensor, tf.Tensor];
    // Sampling at whole positions rounds; no interval is no change, exactly.
    const isMoving = tf.cast(tf.greater(growth, 0), 'float32');
    anchor = tf.add(tf.mul(isMoving, movedAnchor), tf.mul(tf.sub(1, isMoving), anchor));
    mean = movedMean;
  }
  const difference = tf.sub(mean, anchor);
  const guide = anchors.guide === undefined ? [] : [anchors.guide];
  const features = tf.relu(convolve(p, 'decode.join', tf.concat([enlarged, anchor, difference, ...guide], 3)));
  if (!hasResidual(head)) return { image: anchor, logScale: scaleOf(features) };
  const residual = tf.add(tf.mul(difference, p['decode.denoise']!), convolve(p, 'decode.residual', features));
  return { image: tf.add(anchor, tf.mul(growth, residual)), logScale: scaleOf(features) };
}

/** Parameters of {@link predictValues}. */
export const valueHeadParameters = ({ hidden, embedding, targets }: NetworkSettings): Parameters => ({
  ...dense('values.join', hidden + 2 * embedding, hidden),
  ...dense('values.change', hidden, targets, 0),
});

/**
 * The EHR head of the seed, a perceptron on the pooled state: standardised changes of the values up to the target, times g(d).
 * @param z of the origin [B,Z] @param plan [B,Z] @param interval [B,1] @returns [B,targets]
 */
export function predictValues(
  p: NamedTensors,
  state: tf.Tensor,
  z: tf.Tensor,
  plan: tf.Tensor,
  interval: tf.Tensor,
): tf.Tensor {
  const pooled = tf.mean(state, [1, 2]);
  const inner = tf.relu(connect(p, 'values.join', tf.concat([pooled, z, plan], 1)));
  return tf.mul(connect(p, 'values.change', inner), tf.sub(1, tf.exp(tf.mul(interval, -4))));
}
