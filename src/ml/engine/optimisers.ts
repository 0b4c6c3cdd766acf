import * as tf from '@tensorflow/tfjs';

/** What an optimiser sees of one parameter. */
export interface UpdateInput {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** Its own arrays for this parameter, of the parameter's shape, zeros before the first step. */
  readonly slots: Readonly<Record<string, tf.Tensor>>;
  readonly learningRate: tf.Tensor;
  /** Number of this step, from 1. */
  readonly step: tf.Tensor;
  /** Whether weight decay applies to this parameter. */
  readonly decays: boolean;
}

/** A pure update rule, traced into the graph of a training step. */
export interface Optimiser {
  readonly slots: readonly string[];
  update(input: UpdateInput): { readonly parameter: tf.Tensor; readonly slots: Readonly<Record<string, tf.Tensor>> };
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1). The slots are the moments divided by (1 - beta): the same numbers with two
 * multiplications less per element.
 */
export function adam(options: AdamOptions = {}): Optimiser {
  return adamW({ ...options, weightDecay: 0 });
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), scaled by the learning rate. */
export function adamW({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
}: AdamOptions & { readonly weightDecay?: number } = {}): Optimiser {
  return {
    slots: ['mean', 'square'],
    update({ parameter, gradient, slots, learningRate, step, decays }) {
      // Per step, not per element: these scalars are shared by all parameters.
      const first = tf.sub(1, tf.pow(beta1, step));
      const second = tf.div(tf.sqrt(tf.sub(1, tf.pow(beta2, step))), Math.sqrt(1 - beta2));
      const rate = tf.div(tf.mul(tf.mul(learningRate, second), 1 - beta1), first);
      const mean = tf.add(tf.mul(slots['mean']!, beta1), gradient);
      const square = tf.add(tf.mul(slots['square']!, beta2), tf.square(gradient));
      const change = tf.mul(tf.div(mean, tf.add(tf.sqrt(square), tf.mul(second, epsilon))), rate);
      const kept =
        decays && weightDecay > 0 ? tf.mul(parameter, tf.sub(1, tf.mul(learningRate, weightDecay))) : parameter;
      return { parameter: tf.sub(kept, change), slots: { mean, square } };
    },
  };
}

/** Stochastic gradient descent with momentum (Sutskever et al. 2013) and weight decay added to the gradient. */
export function sgd({
  momentum = 0,
  weightDecay = 0,
}: { readonly momentum?: number; readonly weightDecay?: number } = {}): Optimiser {
  return {
    slots: momentum > 0 ? ['velocity'] : [],
    update({ parameter, gradient, slots, learningRate, decays }) {
      const pull = decays && weightDecay > 0 ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
      if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(pull, learningRate)), slots: {} };
      const velocity = tf.add(tf.mul(slots['velocity']!, momentum), pull);
      return { parameter: tf.sub(parameter, tf.mul(velocity, learningRate)), slots: { velocity } };
    },
  };
}
