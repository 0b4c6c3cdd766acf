import type { Loss } from '../../engine/training-function.ts';
import * as tf from '../../engine/tensorflow.ts';
import { voxelMorph } from './voxelmorph-network.ts';

export interface VoxelMorphLoss {
  /** `local-cross-correlation` does not mind another gain or a bias field; `mean-squared-error` does. */
  readonly similarity: 'local-cross-correlation' | 'mean-squared-error';
  /** Weight of the roughness of the velocity. */
  readonly smoothness: number;
}

/** Side of the window of the local cross-correlation, voxels (Balakrishnan et al. 2019, section III.D). */
const WINDOW = 9;
/** What noise of a hundredth adds to a variance: below it a window says nothing. */
const LEAST_VARIANCE = 1e-4;

/** Dissimilarity of the moved and the fixed image and the roughness of the velocity (Balakrishnan et al. 2019, eq. 3, 6). */
export const voxelMorphLoss =
  ({ similarity, smoothness }: VoxelMorphLoss): Loss =>
  (p, { fixed, moving }) => {
    const { velocity, moved } = voxelMorph(p, fixed!, moving!);
    const dissimilarity =
      similarity === 'local-cross-correlation'
        ? tf.sub(1, localCrossCorrelation(fixed!, moved))
        : tf.mean(tf.square(tf.sub(fixed!, moved)));
    const roughness = meanSquaredSlope(velocity);
    return { loss: tf.add(dissimilarity, tf.mul(roughness, smoothness)), dissimilarity, roughness };
  };

/** Mean squared correlation of windows of 9 voxels a side, 0..1 (Avants et al. 2008, eq. 5). @param a [B, ...shape, 1] */
export function localCrossCorrelation(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const window = Math.min(WINDOW, ...a.shape.slice(1, -1));
  const axes = a.shape.slice(1, -1).map((_, axis) => axis);
  // One axis after the other: 9 + 9 instead of 9 x 9 terms.
  const average = (x: tf.Tensor): tf.Tensor =>
    axes.reduce((y, axis) => {
      const size = axes.map((other) => (other === axis ? window : 1));
      return y.rank === 4
        ? tf.avgPool(y as tf.Tensor4D, size as [number, number], 1, 'valid')
        : tf.avgPool3d(y as tf.Tensor5D, size as [number, number, number], 1, 'valid');
    }, x);
  const [meanA, meanB] = [average(a), average(b)];
  const covariance = tf.sub(average(tf.mul(a, b)), tf.mul(meanA, meanB));
  const varianceA = tf.sub(average(tf.square(a)), tf.square(meanA));
  const varianceB = tf.sub(average(tf.square(b)), tf.square(meanB));
  const product = tf.mul(tf.add(tf.relu(varianceA), LEAST_VARIANCE), tf.add(tf.relu(varianceB), LEAST_VARIANCE));
  return tf.mean(tf.div(tf.square(covariance), product));
}

/** Mean squared difference of neighbours along each axis. @param field [B, ...shape, axes] */
function meanSquaredSlope(field: tf.Tensor): tf.Tensor {
  const axes = field.shape.slice(1, -1).map((extent, index) => {
    const axis = index + 1;
    const begin = field.shape.map((_, other) => (other === axis ? 1 : 0));
    const size = field.shape.map((all, other) => (other === axis ? extent - 1 : all));
    const none = field.shape.map(() => 0);
    return tf.mean(tf.square(tf.sub(tf.slice(field, begin, size), tf.slice(field, none, size))));
  });
  return tf.div(tf.addN(axes), axes.length);
}
