import { gridSample } from '../../engine/ops/grid-sample.ts';
import * as tf from '../../engine/tensorflow.ts';
import { enlarge } from './layers.ts';

/** Doublings of the integration: the velocity is followed in 2^n steps. */
const DOUBLINGS = 4;

/**
 * Integrates a stationary velocity by scaling and squaring (Arsigny et al. 2006; Dalca et al. 2018, eq. 4) and enlarges the
 * displacement. No velocity gives no displacement, exactly.
 * @param velocity [B,h,w,2] rows and columns, in positions of this grid. @param factor pixels per position.
 * @returns [B,h*factor,w*factor,2] in pixels
 */
export function integrate(velocity: tf.Tensor, factor: number): tf.Tensor {
  let displacement = tf.div(velocity, 2 ** DOUBLINGS);
  for (let step = 0; step < DOUBLINGS; step++) {
    displacement = tf.add(displacement, moved(displacement, displacement));
  }
  return tf.mul(enlarge(displacement, factor), factor);
}

/** @param image [B,H,W,C] @param displacement [B,H,W,2] in pixels. @returns image(x + displacement(x)), linear, its border outside. */
export function moved(image: tf.Tensor, displacement: tf.Tensor): tf.Tensor {
  const [batch, height, width] = displacement.shape as [number, number, number];
  const shape = [batch, height, width, 1];
  const rows = tf.broadcastTo(tf.reshape(tf.range(0, height), [1, height, 1, 1]), shape);
  const columns = tf.broadcastTo(tf.reshape(tf.range(0, width), [1, 1, width, 1]), shape);
  return gridSample(image, tf.add(tf.concat([rows, columns], 3), displacement));
}
