import * as tf from '../engine/tensorflow.ts';
import type { ArraySpec } from '../engine/graph.ts';
import type { Loss } from '../engine/training-function.ts';
import { imageNetwork, imageNetworkInputs } from '../forecasting/image/image-network.ts';
import { withoutGradient } from '../forecasting/image/layers.ts';
import type { NetworkSettings } from '../forecasting/image/network-settings.ts';

/** Side of the window of the structural similarity; the uniform window of Wang et al. 2004, section III.B. */
const WINDOW = 7;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** How much each part of the loss counts. */
export interface LossWeights {
  readonly squaredError: number;
  readonly similarity: number;
  readonly values: number;
  readonly scale: number;
}

/** Puts the usual size of each part near one. */
export const LOSS_WEIGHTS: LossWeights = { squaredError: 300, similarity: 0.3, values: 0.3, scale: 0.02 };

/** Inputs of the network and the truth: `target`, `weight` [B,H,W,C], `valueTargets`, `valueMask` [B,V]. */
export function trainingInputs(settings: NetworkSettings, batch: number): Record<string, ArraySpec> {
  const { height, width, channels, targets } = settings;
  const image = { shape: [batch, height, width, channels] };
  const values = { shape: [batch, targets] };
  return {
    ...imageNetworkInputs(settings, batch),
    target: image,
    weight: image,
    valueTargets: values,
    valueMask: values,
  };
}

/**
 * Weighted squared error and 1 - SSIM of the image, squared error of the changes of values, and the Laplace likelihood
 * of the scale head, through which no gradient reaches the image.
 */
export function imageLoss(settings: NetworkSettings, weights: LossWeights = LOSS_WEIGHTS): Loss {
  const network = imageNetwork(settings);
  return (p, batch) => {
    const { image, logScale, values } = network(p, batch);
    const { target, weight, valueTargets, valueMask } = batch as Record<string, tf.Tensor>;
    const squares = tf.square(tf.sub(image, target!));
    const squaredError = tf.div(tf.sum(tf.mul(squares, weight!)), tf.add(tf.sum(weight!), 1e-6));
    const dissimilarity = tf.sub(1, meanSimilarity(image, target!));
    const valueSquares = tf.mul(tf.square(tf.sub(values, valueTargets!)), valueMask!);
    const valueError = tf.div(tf.sum(valueSquares), tf.add(tf.sum(valueMask!), 1e-6));
    const error = withoutGradient(tf.abs(tf.sub(image, target!)));
    const scale = tf.mean(tf.add(tf.mul(error, tf.exp(tf.neg(logScale))), logScale));
    const loss = tf.addN([
      tf.mul(squaredError, weights.squaredError),
      tf.mul(dissimilarity, weights.similarity),
      tf.mul(valueError, weights.values),
      tf.mul(scale, weights.scale),
    ]);
    return { loss, squaredError, dissimilarity, valueError, scale };
  };
}

/** Mean structural similarity over all places and channels (Wang et al. 2004, eq. 13), range 1. @param a [B,H,W,C] */
function meanSimilarity(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const window = Math.min(WINDOW, a.shape[1]!, a.shape[2]!);
  const average = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, window, 1, 'valid');
  const [meanA, meanB] = [average(a), average(b)];
  const [squareA, squareB, product] = [tf.square(meanA), tf.square(meanB), tf.mul(meanA, meanB)];
  const varianceA = tf.sub(average(tf.square(a)), squareA);
  const varianceB = tf.sub(average(tf.square(b)), squareB);
  const covariance = tf.sub(average(tf.mul(a, b)), product);
  const numerator = tf.mul(tf.add(tf.mul(product, 2), C1), tf.add(tf.mul(covariance, 2), C2));
  const denominator = tf.mul(tf.add(tf.add(squareA, squareB), C1), tf.add(tf.add(varianceA, varianceB), C2));
  return tf.mean(tf.div(numerator, denominator));
}
