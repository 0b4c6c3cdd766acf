import * as tf from '@tensorflow/tfjs';
import { isTracing } from '../trace/tracing.ts';

type GradientMap = ReturnType<tf.GradConfig['gradFunc']>;
type Attrs = Readonly<Record<string, unknown>>;
const COMPARISONS = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'];

let isRegistered = false;

/**
 * Gradients that TensorFlow.js 4.22 lacks or has wrong. They are registered with tfjs itself, so that eager and compiled
 * training agree:
 * - `cumsum` along an axis other than the last (its own has the wrong shape), `squaredDifference` with broadcasting
 *   (its own is not summed), `depthToSpace` and `conv3dTranspose` (it has none);
 * - comparisons, so that `where(greater(x, 0), ...)` can be differentiated: their slope is zero;
 * - dilated `conv2d`, in compiled functions alone.
 */
export function registerGradients(): void {
  if (isRegistered) return;
  isRegistered = true;
  replaceGradient('Cumsum', [], (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis as number, exclusive as boolean, reverse !== true),
  }));
  replaceGradient('SquaredDifference', ['a', 'b'], (dy, [a, b]) => {
    const slope = (): tf.Tensor => tf.mul(dy, tf.mul(tf.sub(a!, b!), 2));
    return { a: () => reducedTo(slope(), a!.shape), b: () => reducedTo(tf.neg(slope()), b!.shape) };
  });
  for (const op of COMPARISONS) {
    replaceGradient(op, ['a', 'b'], (_, [a, b]) => ({ a: () => zerosLike(a!), b: () => zerosLike(b!) }));
  }
  replaceGradient('DepthToSpace', [], (dy, _, { blockSize }) => ({ x: () => spaceToDepth(dy, blockSize as number) }));
  replaceGradient('Conv3DBackpropInputV2', ['dy', 'filter'], (ddx, [dy, filter], { strides, pad }) => ({
    dy: () => tf.conv3d(ddx as tf.Tensor5D, filter as tf.Tensor5D, strides as number, pad as 'same'),
    filter: () => run('Conv3DBackpropFilterV2', { x: ddx, dy: dy! }, { strides, pad, filterShape: filter!.shape }),
  }));
  registerDilatedConvolution();
}

function registerDilatedConvolution(): void {
  const { gradFunc: original } = tf.getGradient('Conv2D');
  replaceGradient('Conv2D', ['x', 'filter'], (dy, saved, attrs) => {
    const isDilated = [attrs['dilations'] ?? 1].flat().some((dilation) => dilation !== 1);
    if (!isDilated) return original(dy, saved, attrs as unknown as tf.NamedAttrMap);
    if (!isTracing()) throw new Error('dilated convolutions can be differentiated in compiled functions only');
    const [x, filter] = saved;
    return {
      x: () => run('Conv2DBackpropInput', { dy, filter: filter! }, { ...attrs, inputShape: x!.shape }),
      filter: () => run('Conv2DBackpropFilter', { x: x!, dy }, { ...attrs, filterShape: filter!.shape }),
    };
  });
}

function replaceGradient(
  kernelName: string,
  inputsToSave: string[],
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[], attrs: Attrs) => GradientMap,
): void {
  // Registering over another is reported on the console.
  if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attrs) => gradFunc(dy as tf.Tensor, saved, attrs),
  });
}

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: Attrs): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attrs as unknown as tf.NamedAttrMap);
}

function zerosLike(x: tf.Tensor): tf.Tensor {
  return tf.zeros(x.shape);
}

function reducedTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}

/** [B, H, W, C] to [B, H/b, W/b, C b b], the inverse of `depthToSpace`. */
function spaceToDepth(x: tf.Tensor, b: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const blocks = tf.reshape(x, [batch, height / b, b, width / b, b, channels]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, height / b, width / b, b * b * channels]);
}
