import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { connect, dense, type Parameters } from './layers.ts';
import type { NetworkSettings } from './network-settings.ts';

/** Per variable: standardised value (0 where missing), its age in units of time, 1 where known. */
export const EHR_FIELDS = 3;
/** Of an interval: d, log(1 + d), exp(-d), d in units of time. */
const INTERVAL_FEATURES = 3;

/** Parameters of {@link embedHistory} and {@link embedPlan}. */
export const embeddingParameters = ({ variables, treatments, embedding, fusion }: NetworkSettings): Parameters => ({
  ...dense('ehr.embed', (fusion === 'none' ? 0 : variables * EHR_FIELDS) + INTERVAL_FEATURES, embedding),
  ...dense('plan.embed', (fusion === 'none' ? 0 : 2 * treatments) + INTERVAL_FEATURES, embedding),
});

/**
 * Embeds the EHR vector of every image.
 * @param ehr [B,T,E,3], see {@link EHR_FIELDS}.
 * @param ages [B,T] units of time before the origin.
 * @returns z [B*T,Z]
 */
export function embedHistory(
  p: NamedTensors,
  { variables, fusion }: NetworkSettings,
  ehr: tf.Tensor,
  ages: tf.Tensor,
): tf.Tensor {
  const rows = ages.size;
  const time = intervalFeatures(tf.reshape(ages, [rows, 1]));
  const isUsed = fusion !== 'none' && variables > 0;
  const known = isUsed ? tf.concat([tf.reshape(ehr, [rows, variables * EHR_FIELDS]), time], 1) : time;
  return tf.tanh(connect(p, 'ehr.embed', known));
}

/**
 * Embeds what is planned between the origin and the target.
 * @param plan [B,P] amounts up to the target, scaled. @param interval [B,1] units of time.
 * @returns [B,Z]
 */
export function embedPlan(
  p: NamedTensors,
  { treatments, fusion }: NetworkSettings,
  plan: tf.Tensor,
  interval: tf.Tensor,
): tf.Tensor {
  const time = intervalFeatures(interval);
  const isUsed = fusion !== 'none' && treatments > 0;
  const perTime = (): tf.Tensor => tf.div(plan, tf.add(interval, 1e-3));
  return tf.tanh(connect(p, 'plan.embed', isUsed ? tf.concat([plan, perTime(), time], 1) : time));
}

const intervalFeatures = (units: tf.Tensor): tf.Tensor =>
  tf.concat([tf.mul(units, 0.25), tf.log(tf.add(units, 1)), tf.exp(tf.neg(units))], 1);
