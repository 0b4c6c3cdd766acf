import * as tf from '@tensorflow/tfjs';
import { isTracing } from '../trace/tracing.ts';

/**
 * Layer normalisation over the last axis (Ba et al. 2016, eq. 4): (x - mean) / sqrt(variance + epsilon) * scale + offset.
 * @param x [..., C]
 * @param scale [C]
 * @param offset [C]
 */
export function layerNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const run = tf.customGrad((...args) => {
    const [input, gain, shift, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, mean, inverse] = normalise(input, gain, shift, epsilon);
    save([input, gain, mean, inverse]);
    return {
      value,
      gradFunc: (dy, saved) => gradient(dy, saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]),
    };
  });
  return run(x, scale, offset);
}

function normalise(
  x: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  if (isTracing()) {
    return tf.engine().runKernel('LayerNormalization', { x, scale, offset }, { epsilon }) as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
  }
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centred, inverse), scale), offset), mean, inverse];
}

/** With h the normalised input: dx = (g - mean(g) - h mean(g h)) * inverse, g = dy * scale. */
function gradient(dy: tf.Tensor, [x, scale, mean, inverse]: [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]): tf.Tensor[] {
  const normalised = tf.mul(tf.sub(x, mean), inverse);
  const g = tf.mul(dy, scale);
  const along = tf.mean(tf.mul(g, normalised), -1, true);
  const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normalised, along)), inverse);
  const others = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  return [dx, tf.sum(tf.mul(dy, normalised), others), tf.sum(dy, others)];
}
