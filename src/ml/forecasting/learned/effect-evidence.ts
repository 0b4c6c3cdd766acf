import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { type Parameters } from '../image/layers.ts';

/** Sizes of a network per variable and of the batches that it is trained on. */
export interface FeatureNetworkShape {
  readonly variables: number;
  readonly inputs: number;
  readonly hidden: number;
  /** That the network makes; an intercept comes before them. */
  readonly features: number;
  /** Static offsets. */
  readonly offsets: number;
  /** Treatments whose half-life is learned. */
  readonly treatments: number;
  readonly patients: number;
  readonly intervals: number;
}

/** What is trained: networks, and a Gaussian prior of the effects of what they make. */
export function featureNetworkParameters(shape: FeatureNetworkShape): Parameters {
  const { variables: v, inputs, hidden, features, offsets, treatments } = shape;
  const effects = features + 1;
  return {
    'hidden.weights': { shape: [v, inputs, hidden], start: 'fan-in' },
    'hidden.bias': { shape: [v, 1, hidden], start: 'fan-in' },
    'features.weights': { shape: [v, hidden, features], start: 'fan-in' },
    'features.bias': { shape: [v, 1, features], start: 0 },
    mean: { shape: [v, effects, 1], start: 'fan-in' },
    logSpread: { shape: [v, 1, effects], start: -1 },
    lower: { shape: [v, effects, effects], start: 0 },
    logNoise: { shape: [v, 1], start: -1 },
    shareLogit: { shape: [v, 1], start: -1 },
    ...(offsets > 0 ? { shifts: { shape: [v, offsets, effects], start: 0 } } : {}),
    ...(treatments > 0 ? { kept: { shape: [treatments], start: 0.5 } } : {}),
  };
}

/** Shapes of a batch. */
export const featureBatchSpecs = ({
  variables,
  patients,
  intervals,
  inputs,
  offsets,
  treatments,
}: FeatureNetworkShape) => ({
  inputs: { shape: [variables, patients * intervals, inputs] },
  /** By the kept share of the treatment that an input is about, and which one that is: [treatments, inputs]. */
  slopes: { shape: [variables, patients * intervals, inputs] },
  ...(treatments > 0 ? { owners: { shape: [treatments, inputs] }, keptAt: { shape: [treatments] } } : {}),
  changes: { shape: [variables * patients, intervals, 1] },
  /** In time units, and relative to the interval of reference; 1 where there is no interval. */
  durations: { shape: [variables, patients * intervals, 1] },
  lengths: { shape: [variables * patients, intervals, 1] },
  present: { shape: [variables * patients, intervals, 1] },
  ...(offsets > 0 ? { designs: { shape: [variables, patients, offsets] } } : {}),
});

/**
 * Negative logarithm of the marginal likelihood of all changes, per interval: the effects of each patient are integrated out
 * exactly. With f the features times the duration, whitened by the factor L of the prior covariance, h the shape of the noise and r the change
 * less what the mean effects make of it: A = I + sum f f' / (h s2), b = sum f r / (h s2), and the logarithm is
 * -(n ln 2 pi s2 + sum ln h + sum r^2 / (h s2) + ln|A| - b' A^-1 b) / 2 (Bishop 2006, 3.86, with a prior mean).
 */
export function negativeEvidence(shape: FeatureNetworkShape, p: NamedTensors, batch: NamedTensors): tf.Scalar {
  const { variables: v, patients, intervals, features } = shape;
  const effects = features + 1;
  const series = v * patients;
  const made = madeFeatures(shape, p, batch);
  const perSeries = tf.reshape(made, [series, intervals, effects]);
  const lower = tf.mul(p['lower']!, strictlyLower(effects));
  const factor = tf.add(lower, tf.mul(tf.exp(p['logSpread']!), tf.eye(effects)));
  const white = tf.reshape(tf.matMul(made, factor as tf.Tensor3D), [series, intervals, effects]);

  const mean = tf.tile(tf.reshape(p['mean']!, [v, 1, effects]), [1, patients, 1]);
  const shifted =
    p['shifts'] === undefined
      ? mean
      : tf.add(mean, tf.matMul(batch['designs'] as tf.Tensor3D, p['shifts'] as tf.Tensor3D));
  const expected = tf.matMul(perSeries, tf.reshape(shifted, [series, effects, 1]));
  const residual = tf.sub(batch['changes']!, expected);

  const perPatient = (x: tf.Tensor): tf.Tensor => tf.reshape(tf.tile(x, [1, patients]), [series, 1, 1]);
  const precision = perPatient(tf.exp(tf.mul(p['logNoise']!, -2)));
  const share = perPatient(tf.sigmoid(p['shareLogit']!));
  const noise = tf.add(share, tf.mul(tf.sub(1, share), batch['lengths']!));
  const present = batch['present']!;
  const weights = tf.mul(tf.div(present, noise), precision);
  const weighted = tf.mul(white, weights) as tf.Tensor3D;
  const { logDeterminant, quadratic } = eliminated(
    tf.add(tf.matMul(weighted, white as tf.Tensor3D, true, false), tf.eye(effects)),
    tf.matMul(weighted, residual, true, false),
    effects,
  );
  const intervalsTold = tf.sum(present);
  const logNoise = tf.sum(tf.mul(present, tf.add(tf.log(noise), tf.neg(tf.log(precision)))));
  const twice = tf.addN([
    logNoise,
    tf.sum(tf.mul(weights, tf.square(residual))),
    tf.sum(logDeterminant),
    tf.neg(tf.sum(quadratic)),
  ]);
  return tf.add(tf.div(tf.mul(twice, 0.5), intervalsTold), 0.5 * Math.log(2 * Math.PI));
}

/** An intercept and what the networks make of their inputs, times the duration: [variables, patients * intervals, features + 1]. */
function madeFeatures(shape: FeatureNetworkShape, p: NamedTensors, batch: NamedTensors): tf.Tensor3D {
  const moved =
    p['kept'] === undefined
      ? batch['inputs']!
      : tf.add(
          batch['inputs']!,
          tf.mul(
            batch['slopes']!,
            tf.matMul(tf.reshape(tf.sub(p['kept'], batch['keptAt']!), [1, -1]), batch['owners'] as tf.Tensor2D),
          ),
        );
  const hidden = tf.tanh(
    tf.add(tf.matMul(moved as tf.Tensor3D, p['hidden.weights'] as tf.Tensor3D), p['hidden.bias']!),
  );
  const made = tf.tanh(
    tf.add(tf.matMul(hidden as tf.Tensor3D, p['features.weights'] as tf.Tensor3D), p['features.bias']!),
  );
  const ones = tf.ones([shape.variables, shape.patients * shape.intervals, 1]);
  return tf.mul(tf.concat([ones, made], 2), batch['durations']!);
}

/** ln|A| and b' A^-1 b of symmetric positive definite A [n,k,k] and b [n,k,1], by elimination (L D L'). */
function eliminated(
  a: tf.Tensor,
  b: tf.Tensor,
  size: number,
): { readonly logDeterminant: tf.Tensor; readonly quadratic: tf.Tensor } {
  const n = a.shape[0];
  let [left, right] = [a, b];
  const logs: tf.Tensor[] = [];
  const squares: tf.Tensor[] = [];
  for (let j = 0; j < size; j += 1) {
    const pivot = tf.slice(left, [0, j, j], [n, 1, 1]);
    const column = tf.slice(left, [0, 0, j], [n, size, 1]);
    const value = tf.slice(right, [0, j, 0], [n, 1, 1]);
    logs.push(tf.log(pivot));
    squares.push(tf.div(tf.square(value), pivot));
    if (j === size - 1) break;
    const scaled = tf.div(column, pivot) as tf.Tensor3D;
    right = tf.sub(right, tf.mul(scaled, value));
    left = tf.sub(left, tf.matMul(scaled, column as tf.Tensor3D, false, true));
  }
  return { logDeterminant: tf.addN(logs), quadratic: tf.addN(squares) };
}

function strictlyLower(size: number): tf.Tensor {
  const ones = Float32Array.from({ length: size * size }, (_, at) => Number(at % size < Math.floor(at / size)));
  return tf.tensor(ones, [1, size, size]);
}
