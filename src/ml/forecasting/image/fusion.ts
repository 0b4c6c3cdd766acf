import * as tf from '../../engine/tensorflow.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { connect, convolution, convolve, dense, type Parameters } from './layers.ts';
import type { NetworkSettings } from './network-settings.ts';

/** Rows and columns of the field that the ST-FiLM generator makes before it is enlarged to the features. */
const GENERATED = 4;

/** Parameters of one {@link fuse}. Modulations start at the identity. */
export function fusionParameters(name: string, { fusion, hidden, embedding }: NetworkSettings): Parameters {
  switch (fusion) {
    case 'channels':
      return convolution(`${name}.join`, 1, hidden + embedding, hidden);
    case 'film':
      return dense(`${name}.film`, embedding, 2 * hidden, 0);
    case 'st-film':
      return dense(`${name}.film`, embedding, GENERATED * GENERATED * 2 * hidden, 0);
    case 'tokens':
    case 'none':
      // Tokens carry the history; the plan and the interval modulate the state as FiLM.
      return name === 'plan' ? dense(`${name}.film`, embedding, 2 * hidden, 0) : {};
  }
}

/**
 * Conditions image features on an embedding.
 * - `channels`: the embedding as constant channels, joined by a 1x1 convolution.
 * - `film`: F' = (1 + gamma(z)) F + beta(z), per channel (Perez et al. 2018, eq. 2).
 * - `st-film`: the same with gamma and beta that differ by place and time, [c,h,w,t], made from z by a generator
 *   (Eris et al. 2026): a coarse field, enlarged bilinearly. It adds no channels.
 * @param features [N,h,w,c] @param z [N,Z], one row per image of the batch. @returns [N,h,w,c]
 */
export function fuse(
  p: NamedTensors,
  name: string,
  { fusion, hidden, embedding }: NetworkSettings,
  features: tf.Tensor,
  z: tf.Tensor,
): tf.Tensor {
  const [images, height, width] = features.shape as [number, number, number];
  if (fusion === 'channels') {
    const tiled = tf.broadcastTo(tf.reshape(z, [images, 1, 1, embedding]), [images, height, width, embedding]);
    return convolve(p, `${name}.join`, tf.concat([features, tiled], 3));
  }
  if (p[`${name}.film.weights`] === undefined) return features;
  const film = connect(p, `${name}.film`, z);
  const field =
    fusion === 'st-film'
      ? tf.image.resizeBilinear(tf.reshape<tf.Rank.R4>(film, [images, GENERATED, GENERATED, 2 * hidden]), [
          height,
          width,
        ])
      : tf.reshape(film, [images, 1, 1, 2 * hidden]);
  const [gamma, beta] = tf.split(field, 2, 3) as [tf.Tensor, tf.Tensor];
  return tf.add(tf.mul(features, tf.add(gamma, 1)), beta);
}
