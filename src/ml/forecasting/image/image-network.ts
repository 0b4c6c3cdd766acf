import * as tf from '../../engine/tensorflow.ts';
import type { ArraySpec } from '../../engine/graph.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { convLstmParameters, encodeConvLstm } from './conv-lstm-encoder.ts';
import { EHR_FIELDS, embeddingParameters, embedHistory, embedPlan } from './ehr-embedding.ts';
import { fuse, fusionParameters } from './fusion.ts';
import { imageHeadParameters, predictImage, predictValues, valueHeadParameters } from './image-heads.ts';
import type { Parameters } from './layers.ts';
import { checkNetworkSettings, type NetworkSettings } from './network-settings.ts';
import { encodeVivit, vivitParameters } from './vivit-encoder.ts';

/** Parameters of {@link imageNetwork}. @throws {RangeError} for settings that do not fit each other. */
export function imageNetworkParameters(given: NetworkSettings): Parameters {
  const settings = checkNetworkSettings(given);
  return {
    ...embeddingParameters(settings),
    ...(settings.encoder === 'conv-lstm' ? convLstmParameters(settings) : vivitParameters(settings)),
    ...fusionParameters('plan', settings),
    ...imageHeadParameters(settings),
    ...valueHeadParameters(settings),
  };
}

/**
 * Inputs of {@link imageNetwork} for a batch of B.
 * - `frames` [B,T,H,W,C] images of the history, origin last, intensities about 0..1; `mask` [B,T] 1 where there is one;
 *   `ages` [B,T] days before the origin in units of time, falling to 0;
 * - `ehr` [B,T,E,3] standardised value, its age in units of time, 1 where known;
 * - `plan` [B,P] scaled amounts planned up to the target; `interval` [B,1] units of time from origin to target;
 * - `anchor`, `mean` [B,H,W,C], `guide` [B,H,W,G]: see `Anchors`.
 */
export function imageNetworkInputs(settings: NetworkSettings, batch: number): Record<string, ArraySpec> {
  const { frames, height, width, channels, variables, treatments, guides, fusion } = settings;
  const usesEhr = fusion !== 'none';
  return {
    frames: { shape: [batch, frames, height, width, channels] },
    mask: { shape: [batch, frames] },
    ages: { shape: [batch, frames] },
    ...(usesEhr && variables > 0 ? { ehr: { shape: [batch, frames, variables, EHR_FIELDS] } } : {}),
    ...(usesEhr && treatments > 0 ? { plan: { shape: [batch, treatments] } } : {}),
    interval: { shape: [batch, 1] },
    ...(settings.head === 'direct'
      ? {}
      : {
          anchor: { shape: [batch, height, width, channels] },
          mean: { shape: [batch, height, width, channels] },
          ...(guides > 0 ? { guide: { shape: [batch, height, width, guides] } } : {}),
        }),
  };
}

/**
 * The image twin as one function: encoder of the history, plan, image head and EHR head on one state.
 * @returns `image` and `logScale` [B,H,W,C], `values` [B,targets]
 */
export const imageNetwork =
  (settings: NetworkSettings) =>
  (p: NamedTensors, inputs: NamedTensors): { image: tf.Tensor; logScale: tf.Tensor; values: tf.Tensor } => {
    const { ages, interval } = timesOf(settings, inputs);
    const { frames, mask, ehr, plan, anchor, mean, guide } = inputs;
    const [batch, count] = [frames!.shape[0], settings.frames];
    const z = embedHistory(p, settings, ehr!, ages);
    const encode = settings.encoder === 'conv-lstm' ? encodeConvLstm : encodeVivit;
    const planned = embedPlan(p, settings, plan!, interval);
    const encoded = encode(p, settings, { frames: frames!, mask: mask!, ages, z });
    const state = fuse(p, 'plan', settings, encoded, planned);
    const atOrigin = tf.reshape(
      tf.slice(tf.reshape(z, [batch, count, settings.embedding]), [0, count - 1, 0], [batch, 1, settings.embedding]),
      [batch, settings.embedding],
    );
    const anchors = { anchor: anchor!, mean: mean!, ...(guide === undefined ? {} : { guide }) };
    return {
      ...predictImage(p, settings, state, interval, anchors),
      values: predictValues(p, state, atOrigin, planned, interval),
    };
  };

/** Without real times images count as one unit apart, and so does the target. */
function timesOf({ time, frames }: NetworkSettings, inputs: NamedTensors): { ages: tf.Tensor; interval: tf.Tensor } {
  const { ages, interval } = inputs;
  if (time === 'real') return { ages: ages!, interval: interval! };
  const steps = tf.sub(frames - 1, tf.range(0, frames));
  // Inputs stay inputs of the graph, whether or not their numbers are used.
  return {
    ages: tf.add(tf.mul(ages!, 0), tf.reshape(steps, [1, frames])),
    interval: tf.add(tf.mul(interval!, 0), 1),
  };
}
