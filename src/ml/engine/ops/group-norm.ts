import * as tf from '@tensorflow/tfjs';

/**
 * Group normalisation (Wu and He 2018, eq. 1): mean and variance over the positions and the channels of one group of
 * one example, then a gain and an offset per channel.
 * @param x [B, ...spatial, C]
 * @param scale [C]
 * @param offset [C]
 * @param groups divides C.
 */
export function groupNorm(
  x: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  groups: number,
  epsilon = 1e-5,
): tf.Tensor {
  const channels = x.shape.at(-1)!;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new RangeError(`groups must divide the ${channels} channels, found ${groups}`);
  }
  // Statistics per channel first, so that the channels stay where they are and no large array is moved.
  const spatial = Array.from({ length: x.rank - 2 }, (_, axis) => axis + 1);
  const perGroup = (perChannel: tf.Tensor): tf.Tensor => {
    const means = tf.mean(tf.reshape(perChannel, [-1, groups, channels / groups]), 2, true);
    return tf.reshape(tf.broadcastTo(means, [x.shape[0], groups, channels / groups]), perChannel.shape);
  };
  const mean = perGroup(tf.mean(x, spatial, true));
  const centred = tf.sub(x, mean);
  const variance = perGroup(tf.mean(tf.square(centred), spatial, true));
  return tf.add(tf.mul(centred, tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale)), offset);
}
