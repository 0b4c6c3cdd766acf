import * as tf from '@tensorflow/tfjs';

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1), softmax(q k' / sqrt(d)) v.
 * @param query [B, heads, Q, d]
 * @param key [B, heads, K, d]
 * @param value [B, heads, K, e]
 * @param bias added to the scores before the softmax; broadcasts to [B, heads, Q, K]; large negative numbers mask.
 * @returns [B, heads, Q, e]
 */
export function attention(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const scaled = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(query.shape.at(-1)!));
  return tf.matMul(tf.softmax(bias === undefined ? scaled : tf.add(scaled, bias)), value);
}
