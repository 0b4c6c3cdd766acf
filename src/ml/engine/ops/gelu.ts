import * as tf from '@tensorflow/tfjs';
import { isTracing } from '../trace/tracing.ts';

const INVERSE_ROOT_TWO = Math.SQRT1_2;
const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/** The exact Gaussian error linear unit, x * Phi(x) (Hendrycks and Gimpel 2016), of any shape. */
export function gelu(x: tf.Tensor): tf.Tensor {
  const run = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const value = isTracing()
      ? (tf.engine().runKernel('Gelu', { x: input }) as unknown as tf.Tensor)
      : tf.mul(input, cumulative(input));
    save([input]);
    // d/dx x Phi(x) = Phi(x) + x phi(x)
    return {
      value,
      gradFunc: (dy, [saved]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(saved!), -0.5)), DENSITY);
        return tf.mul(dy, tf.add(cumulative(saved!), tf.mul(saved!, density)));
      },
    };
  });
  return run(x);
}

function cumulative(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(tf.erf(tf.mul(x, INVERSE_ROOT_TWO)), 0.5), 0.5);
}
