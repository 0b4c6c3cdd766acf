import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { dense, type Parameters, withoutGradient } from '../image/layers.ts';

/** Sizes of a network and of the batches that it is trained on. */
export interface RecurrentShape {
  readonly variables: number;
  readonly visitWidth: number;
  readonly intervalWidth: number;
  readonly hidden: number;
  /** Treatments whose half-life is learned. */
  readonly treatments: number;
  readonly patients: number;
  /** Intervals; visits are one more, of which the last is only told. */
  readonly intervals: number;
}

/** What is trained. */
export function recurrentParameters({
  variables,
  visitWidth,
  intervalWidth,
  hidden,
  treatments,
}: RecurrentShape): Parameters {
  return {
    ...dense('gates.visit', visitWidth, 2 * hidden),
    ...dense('candidate.visit', visitWidth, hidden),
    'gates.state': { shape: [hidden, 2 * hidden], start: 'fan-in' },
    ...dense('candidate.state', hidden, hidden),
    ...dense('head.hidden', hidden + visitWidth + intervalWidth, hidden),
    ...dense('head.change', hidden, variables, 'fan-in'),
    ...dense('head.spread', hidden, variables, 0),
    ...(treatments > 0 ? { kept: { shape: [treatments], start: 0.5 } } : {}),
  };
}

/** Shapes of a batch; time first. */
export const recurrentBatchSpecs = ({
  variables,
  visitWidth,
  intervalWidth,
  treatments,
  patients,
  intervals,
}: RecurrentShape) => {
  const rows = intervals * patients;
  return {
    visits: { shape: [rows, visitWidth] },
    ahead: { shape: [rows, intervalWidth] },
    /** How both change with the kept shares: `owners` [treatments, width] tells which column belongs to which treatment. */
    ...(treatments > 0
      ? {
          visitSlopes: { shape: [rows, visitWidth] },
          aheadSlopes: { shape: [rows, intervalWidth] },
          visitOwners: { shape: [treatments, visitWidth] },
          aheadOwners: { shape: [treatments, intervalWidth] },
          keptAt: { shape: [treatments] },
        }
      : {}),
    /** Relative to the interval of reference. */
    lengths: { shape: [rows, 1] },
    /** In units of the usual change, and how much each counts; 0 where nothing is told. */
    changes: { shape: [rows, variables] },
    weights: { shape: [rows, variables] },
  };
};

/**
 * Loss of a gated recurrent unit (Cho et al. 2014, with the reset gate after the product, as cuDNN has it) that forecasts the
 * change of every variable over the interval ahead: weighted mean squared error, and beside it the Gaussian likelihood of the
 * errors, which trains the spread alone.
 */
export function recurrentLoss(
  shape: RecurrentShape,
  p: NamedTensors,
  batch: NamedTensors,
): { loss: tf.Tensor; error: tf.Tensor } {
  const { hidden, patients, intervals } = shape;
  const moved = (name: 'visit' | 'ahead', plain: string): tf.Tensor2D => {
    const inputs = batch[plain]!;
    if (p['kept'] === undefined) return inputs as tf.Tensor2D;
    const by = tf.reshape(tf.sub(p['kept'], batch['keptAt']!), [1, -1]) as tf.Tensor2D;
    return tf.add(inputs, tf.mul(batch[`${name}Slopes`]!, tf.matMul(by, batch[`${name}Owners`] as tf.Tensor2D)));
  };
  const [visits, ahead] = [moved('visit', 'visits'), moved('ahead', 'ahead')];
  const ofVisit = (name: string, width: number): tf.Tensor[] =>
    tf.unstack(
      tf.reshape(tf.add(tf.matMul(visits, p[`${name}.weights`] as tf.Tensor2D), p[`${name}.bias`]!), [
        intervals,
        patients,
        width,
      ]),
    );
  const gates = ofVisit('gates.visit', 2 * hidden);
  const candidates = ofVisit('candidate.visit', hidden);
  const states: tf.Tensor2D[] = [];
  let state = tf.zeros([patients, hidden]) as tf.Tensor2D;
  for (let t = 0; t < intervals; t += 1) {
    const both = tf.sigmoid(tf.add(gates[t]!, tf.matMul(state, p['gates.state'] as tf.Tensor2D)));
    const [reset, update] = tf.split(both, 2, 1) as [tf.Tensor, tf.Tensor];
    const past = tf.add(tf.matMul(state, p['candidate.state.weights'] as tf.Tensor2D), p['candidate.state.bias']!);
    const candidate = tf.tanh(tf.add(candidates[t]!, tf.mul(reset, past)));
    state = tf.add(candidate, tf.mul(update, tf.sub(state, candidate))) as tf.Tensor2D;
    states.push(state);
  }
  const all = tf.concat([tf.concat(states, 0), visits, ahead], 1);
  const made = tf.tanh(
    tf.add(tf.matMul(all, p['head.hidden.weights'] as tf.Tensor2D), p['head.hidden.bias']!),
  ) as tf.Tensor2D;
  const head = (name: string): tf.Tensor =>
    tf.add(tf.matMul(made, p[`head.${name}.weights`] as tf.Tensor2D), p[`head.${name}.bias`]!);
  const changes = tf.mul(head('change'), batch['lengths']!);
  const weights = batch['weights']!;
  const total = tf.add(tf.sum(weights), 1e-6);
  const error = tf.sub(batch['changes']!, changes);
  const squared = tf.div(tf.sum(tf.mul(weights, tf.square(error))), total);
  const present = tf.sign(weights);
  const logSpread = head('spread');
  const likelihood = tf.div(
    tf.sum(
      tf.mul(
        present,
        tf.add(logSpread, tf.mul(tf.mul(withoutGradient(tf.square(error)), 0.5), tf.exp(tf.mul(logSpread, -2)))),
      ),
    ),
    tf.add(tf.sum(present), 1e-6),
  );
  return { loss: tf.add(squared, tf.mul(likelihood, SPREAD_SHARE)), error: squared };
}

/** Weight of the likelihood, whose gradient reaches the spread, and through it the shared layers, but not the change itself. */
const SPREAD_SHARE = 0.02;
