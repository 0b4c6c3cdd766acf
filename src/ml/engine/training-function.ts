import * as tf from '@tensorflow/tfjs';
import type { Optimiser } from './optimisers.ts';
import type { NamedTensors } from './trace/trace.ts';

/** `loss` is minimised; every entry must be a scalar and is reported. */
export type Loss = (
  parameters: NamedTensors,
  batch: NamedTensors,
) => Readonly<Record<string, tf.Tensor>> & { readonly loss: tf.Tensor };

export interface UpdateOptions {
  /** Largest norm of all gradients together; larger ones are scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
  /** Largest magnitude of a single element of a gradient. */
  readonly clipValue?: number;
  /** Share of the old value that the exponential moving average of the weights keeps at each step. */
  readonly averageDecay?: number;
  /** Which parameters weight decay applies to; matrices and filters, unless said otherwise. */
  readonly decays?: (name: string, shape: readonly number[]) => boolean;
}

const ofMatrices = (_name: string, shape: readonly number[]): boolean => shape.length > 1;

/** Losses of a batch and the gradient of `loss` by every parameter. @throws when a parameter has no influence. */
export function lossesAndGradients(
  loss: Loss,
  parameters: NamedTensors,
  batch: NamedTensors,
): { losses: NamedTensors; gradients: Record<string, tf.Tensor> } {
  const names = Object.keys(parameters);
  let losses: NamedTensors = {};
  const { grads } = tf.engine().gradients(
    () => {
      losses = loss(parameters, batch);
      for (const [name, value] of Object.entries(losses)) {
        if (value.size !== 1) throw new Error(`loss ${name} must be a scalar, found [${value.shape.join()}]`);
        tf.keep(value);
      }
      return losses['loss']!;
    },
    names.map((name) => parameters[name]!),
    undefined,
    true,
  );
  const without = names.filter((_, index) => grads[index] === undefined || grads[index] === null);
  if (without.length > 0) throw new Error(`the loss does not depend on the parameters ${without.join(', ')}`);
  return { losses, gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])) };
}

/** The state after one update: parameters, the optimiser's slots and the average, each keyed `kind/name`. */
export function updatedState(
  optimiser: Optimiser,
  { clipNorm, clipValue, averageDecay, decays = ofMatrices }: UpdateOptions,
  state: NamedTensors,
  gradients: Readonly<Record<string, tf.Tensor>>,
  scalars: { readonly learningRate: tf.Tensor; readonly step: tf.Tensor },
): Record<string, tf.Tensor> {
  const next: Record<string, tf.Tensor> = {};
  const scale = clipNorm === undefined ? undefined : normScale(Object.values(gradients), clipNorm);
  for (const [name, raw] of Object.entries(gradients)) {
    const bounded = clipValue === undefined ? raw : tf.clipByValue(raw, -clipValue, clipValue);
    const parameter = state[stateKey('parameters', name)]!;
    const updated = optimiser.update({
      parameter,
      gradient: scale === undefined ? bounded : tf.mul(bounded, scale),
      slots: Object.fromEntries(optimiser.slots.map((slot) => [slot, state[stateKey(slot, name)]!])),
      decays: decays(name, parameter.shape),
      ...scalars,
    });
    next[stateKey('parameters', name)] = updated.parameter;
    for (const [slot, value] of Object.entries(updated.slots)) next[stateKey(slot, name)] = value;
    if (averageDecay !== undefined) {
      const average = state[stateKey('average', name)]!;
      next[stateKey('average', name)] = tf.add(
        tf.mul(average, averageDecay),
        tf.mul(updated.parameter, 1 - averageDecay),
      );
    }
  }
  return next;
}

/** Name of one array of a training state. */
export function stateKey(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** Entries under the names that they have in a training state. */
export function keyed<T>(kind: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [stateKey(kind, name), entry]));
}

/** The entries of one kind, under their own names. */
export function entriesOf<T>(kind: string, all: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = stateKey(kind, '');
  const mine = Object.entries(all).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(mine.map(([key, entry]) => [key.slice(prefix.length), entry]));
}

function normScale(gradients: readonly tf.Tensor[], clipNorm: number): tf.Tensor {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-12)));
}
