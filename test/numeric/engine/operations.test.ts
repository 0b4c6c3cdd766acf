import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { attention } from '../../../src/ml/engine/ops/attention.ts';
import { gelu } from '../../../src/ml/engine/ops/gelu.ts';
import { gridSample } from '../../../src/ml/engine/ops/grid-sample.ts';
import { groupNorm } from '../../../src/ml/engine/ops/group-norm.ts';
import { layerNorm } from '../../../src/ml/engine/ops/layer-norm.ts';
import {
  compiledAgainstEager,
  valueAndGradients,
  valueOnly,
  type Op,
  type Shapes,
} from '../../support/compiled-against-eager.ts';
import { randomArray } from '../../support/random-array.ts';

const TOLERANCE = 3e-5;
const IMAGE = [2, 8, 6, 4];
type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;
/** A convolution puts its result in the channels-first layout, so that what follows is tested there. */
const first = (x: tf.Tensor): T4 => tf.conv2d(x as T4, tf.tensor4d(randomArray(144, 5, 0.3), [3, 3, 4, 4]), 1, 'same');
/** A convolution of 16 to 16 channels by a filter that is an input puts its result in blocks. */
const blocked = (x: tf.Tensor, w: tf.Tensor): T4 => tf.conv2d(x as T4, w as T4, 1, 'same');
const BLOCKED: Shapes = [
  [2, 5, 4, 16],
  [3, 3, 16, 16],
];
const ints = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');

const WITH_GRADIENTS: Record<string, [Op, Shapes]> = {
  'conv2d same': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same'), [IMAGE, [3, 3, 4, 5]]],
  'conv2d valid 5x3': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'valid'), [IMAGE, [5, 3, 4, 5]]],
  'conv2d even kernel same': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same'), [IMAGE, [2, 4, 4, 5]]],
  'conv2d stride 2 same': [(x, w) => tf.conv2d(x as T4, w as T4, 2, 'same'), [IMAGE, [3, 3, 4, 5]]],
  'conv2d stride 2 same, odd extents': [(x, w) => tf.conv2d(x as T4, w as T4, 2, 'same'), [[1, 7, 9, 12], [3, 3, 12, 5]]],
  'conv2d stride 3 by 1': [(x, w) => tf.conv2d(x as T4, w as T4, [3, 1], 'valid'), [IMAGE, [3, 3, 4, 5]]],
  'conv2d stride 2 explicit pad': [(x, w) => tf.conv2d(x as T4, w as T4, 2, 1), [[1, 8, 8, 12], [4, 4, 12, 5]]],
  'conv2d pad beyond the kernel': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 2), [[1, 5, 5, 3], [1, 1, 3, 2]]],
  'conv2d 1x1': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same'), [[2, 8, 6, 9], [1, 1, 9, 5]]],
  'conv2d 1x1 stride 2': [(x, w) => tf.conv2d(x as T4, w as T4, 2, 'same'), [[2, 7, 6, 9], [1, 1, 9, 5]]],
  'conv2d one pixel': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same'), [[1, 1, 1, 4], [3, 3, 4, 5]]],
  'conv2d in blocks': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same'), [[2, 6, 5, 16], [3, 3, 16, 32]]],
  'conv2d in blocks, stride 2': [(x, w) => tf.conv2d(x as T4, w as T4, 2, 'same'), [[1, 6, 5, 16], [3, 3, 16, 16]]],
  'conv2d with bias and relu': [(x, w, b) => tf.relu(tf.add(tf.conv2d(x as T4, w as T4, 1, 'same'), b)), [IMAGE, [3, 3, 4, 5], [5]]],
  'conv2d of channels that are partly zero': [(x, w) => tf.conv2d(tf.concat<T4>([x as T4, tf.zeros([2, 8, 6, 4])], 3), w as T4, 1, 'same'), [IMAGE, [3, 3, 8, 5]]],
  'conv2d gradient of some channels': [(x, w) => tf.split(tf.conv2d(tf.concat<T4>([x as T4, tf.zeros([2, 8, 6, 4])], 3), w as T4, 1, 'same'), 2, 3)[1]!, [IMAGE, [3, 3, 8, 6]]],
  'conv2dTranspose 4 stride 2': [(x, w) => tf.conv2dTranspose(x as T4, w as T4, [2, 16, 12, 3], 2, 'same'), [IMAGE, [4, 4, 3, 4]]],
  'conv2dTranspose 3 stride 2': [(x, w) => tf.conv2dTranspose(x as T4, w as T4, [2, 16, 12, 3], 2, 'same'), [IMAGE, [3, 3, 3, 4]]],
  'conv2dTranspose valid stride 1': [(x, w) => tf.conv2dTranspose(x as T4, w as T4, [2, 10, 8, 3], 1, 'valid'), [IMAGE, [3, 3, 3, 4]]],
  'conv3d same': [(x, w) => tf.conv3d(x as T5, w as T5, 1, 'same'), [[1, 4, 5, 3, 2], [3, 3, 3, 2, 3]]],
  'conv3d stride 2 valid': [(x, w) => tf.conv3d(x as T5, w as T5, 2, 'valid'), [[2, 5, 5, 4, 9], [2, 3, 2, 9, 3]]],
  depthwiseConv2d: [(x, w) => tf.depthwiseConv2d(x as T4, w as T4, 1, 'same'), [IMAGE, [3, 3, 4, 1]]],
  'depthwiseConv2d stride 2, multiplier 2': [(x, w) => tf.depthwiseConv2d(x as T4, w as T4, 2, 'same'), [IMAGE, [3, 3, 4, 2]]],
  conv1d: [(x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'), [[2, 9, 4], [3, 4, 5]]],
  matMul: [(a, b) => tf.matMul(a, b), [[3, 4], [4, 5]]],
  'matMul transposed b, scaled': [(a, b) => tf.mul(tf.matMul(a, b, false, true), 0.25), [[3, 4], [5, 4]]],
  'matMul transposed a': [(a, b) => tf.matMul(a, b, true, false), [[4, 3], [4, 5]]],
  'matMul batched, both transposed': [(a, b) => tf.matMul(a, b, true, true), [[2, 3, 4, 3], [2, 3, 5, 4]]],
  'product of a stretched mean and a constant': [(x) => tf.mul(tf.broadcastTo(tf.mean(x, [1, 2], true), IMAGE), 0.5), [IMAGE]],
  'tanh of a stretched sum, added to the whole': [(x) => tf.add(tf.tanh(tf.broadcastTo(tf.sum(x, [1], true), IMAGE)), x), [IMAGE]],
  'two that are stretched along different axes': [(x) => tf.mul(tf.broadcastTo(tf.mean(x, 1, true), IMAGE), tf.broadcastTo(tf.mean(x, 2, true), IMAGE)), [IMAGE]],
  'stretched to a further axis': [(x, y) => tf.mul(tf.broadcastTo(x, IMAGE), y), [[6, 4], IMAGE]],
  'dense with bias': [(x, w, b) => tf.tanh(tf.add(tf.matMul(x, w), b)), [[3, 4], [4, 5], [5]]],
  'fused.matMul': [(a, b, c) => tf.fused.matMul({ a: a, b: b, bias: c, activation: 'relu' }), [[3, 4], [4, 5], [5]]],
  'fused.conv2d': [(x, w, b) => tf.fused.conv2d({ x: x as T4, filter: w as T4, strides: 1, pad: 'same', bias: b, activation: 'relu' }), [IMAGE, [3, 3, 4, 5], [5]]],
  'add broadcast': [(a, b) => tf.add(a, b), [[2, 3, 4], [3, 1]]],
  'mul broadcast, channels first': [(a, b) => tf.mul(first(a), b), [IMAGE, [2, 1, 1, 4]]],
  'mul by rank 3, channels first': [(a, b) => tf.mul(first(a), b), [IMAGE, [8, 1, 4]]],
  'FiLM, in blocks': [(x, w, g) => tf.add(tf.mul(blocked(x, w), tf.add(g, 1)), g), [...BLOCKED, [2, 1, 1, 16]]],
  'gates, in blocks': [(x, w) => { const [i, f] = tf.split(tf.conv2d(x as T4, w as T4, 1, 'same'), 2, 3); return tf.mul(tf.sigmoid(i!), tf.tanh(f!)); }, [[2, 5, 4, 16], [3, 3, 16, 32]]],
  'concat and bias, in blocks': [(x, w, b) => blocked(tf.concat([tf.add(blocked(x, w), b), x], 3), tf.concat([w, w], 2)), [...BLOCKED, [16]]],
  'leakyRelu, in blocks': [(x, w) => tf.leakyRelu(blocked(x, w), 0.2), BLOCKED],
  'where one is above another, in blocks': [(x, w) => { const y = blocked(x, w); return tf.where(tf.greater(y, x), tf.tanh(y), x); }, BLOCKED],
  'mean of positions, in blocks': [(x, w) => tf.mean(tf.square(blocked(x, w)), [1, 2]), BLOCKED],
  'slice of channels, in blocks': [(x, w) => tf.slice(tf.conv2d(x as T4, w as T4, 1, 'same'), [0, 0, 0, 16], [2, 5, 4, 16]), [[2, 5, 4, 16], [3, 3, 16, 32]]],
  div: [(a, b) => tf.div(a, tf.add(tf.square(b), 1)), [[2, 3], [3]]],
  'sqrt, log, exp, rsqrt': [(a) => tf.addN([tf.sqrt(tf.add(tf.square(a), 1)), tf.log(tf.add(tf.exp(a), 1)), tf.rsqrt(tf.exp(a))]), [[2, 3]]],
  'log1p, expm1, reciprocal, pow': [(a) => tf.addN([tf.log1p(tf.exp(a)), tf.expm1(a), tf.reciprocal(tf.exp(a)), tf.pow(tf.exp(a), 1.5)]), [[2, 3]]],
  'sin, cos, tan, atan, sinh, cosh': [(a) => tf.addN([tf.sin(a), tf.cos(a), tf.tan(tf.mul(a, 0.5)), tf.atan(a), tf.sinh(a), tf.cosh(a)]), [[2, 3]]],
  'maximum and minimum': [(a, b) => tf.maximum(tf.minimum(a, b), tf.mul(b, 0.5)), [[2, 3], [2, 3]]],
  'relu, elu, leakyRelu, selu, softplus': [(a) => tf.addN([tf.relu(a), tf.elu(a), tf.leakyRelu(a, 0.1), tf.selu(a), tf.softplus(a)]), [[4, 5]]],
  'relu6, clip, abs, neg': [(a) => tf.addN([tf.relu6(a), tf.clipByValue(a, -0.3, 0.4), tf.abs(a), tf.neg(a)]), [[4, 5]]],
  'sigmoid times tanh': [(a) => tf.mul(tf.sigmoid(a), tf.tanh(a)), [[4, 5]]],
  'prelu': [(a, b) => tf.prelu(a, b), [[3, 4], [4]]],
  gelu: [(x) => gelu(x), [[4, 5]]],
  softmax: [(a) => tf.softmax(a), [[4, 5]]],
  logSoftmax: [(a) => tf.logSoftmax(a), [[4, 5]]],
  logSumExp: [(a) => tf.logSumExp(a, 1), [[3, 5]]],
  'softmax cross-entropy': [(a) => tf.losses.softmaxCrossEntropy(tf.tensor2d([[1, 0, 0], [0, 1, 0]]), a as tf.Tensor2D), [[2, 3]]],
  attention: [(q, k, v) => attention(q, k, v), [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 6]]],
  'attention with a bias': [(q, k, v, b) => attention(q, k, v, b), [[2, 2, 3, 4], [2, 2, 5, 4], [2, 2, 5, 6], [3, 5]]],
  layerNorm: [(x, g, b) => layerNorm(x, g, b), [[2, 3, 7], [7], [7]]],
  'groupNorm of images': [(x, g, b) => groupNorm(first(x), g, b, 2), [IMAGE, [4], [4]]],
  'groupNorm of volumes': [(x, g, b) => groupNorm(x, g, b, 3), [[2, 2, 3, 2, 6], [6], [6]]],
  batchNorm: [(x, m, v, b, g) => tf.batchNorm(first(x), m as tf.Tensor1D, tf.add<tf.Tensor1D>(tf.square(v), 0.5), b as tf.Tensor1D, g as tf.Tensor1D, 1e-3), [IMAGE, [4], [4], [4], [4]]],
  'sum of positions': [(a) => tf.sum(first(a), [1, 2]), [IMAGE]],
  'sum over the batch': [(a) => tf.sum(first(a), 0), [IMAGE]],
  'mean, dimensions kept': [(a) => tf.mean(first(a), [1, 2], true), [IMAGE]],
  'mean of channels': [(a) => tf.mean(first(a), -1), [IMAGE]],
  'max and min': [(a) => tf.add(tf.max(a, 1), tf.min(a, 1)), [[3, 5]]],
  norm: [(a) => tf.norm(a), [[3, 5]]],
  'conv3dTranspose stride 2': [(x, w) => tf.conv3dTranspose(x as T5, w as T5, [1, 6, 4, 8, 3], 2, 'same'), [[1, 3, 2, 4, 2], [3, 3, 3, 3, 2]]],
  'depthToSpace': [(a) => tf.depthToSpace(a as T4, 2, 'NHWC'), [IMAGE]],
  'squaredDifference, broadcast': [(a, b) => tf.squaredDifference(a, b), [[2, 3], [3]]],
  'where by a comparison': [(a, b) => tf.where(tf.greater(a, 0), a, tf.mul(b, 2)), [[3, 5], [3, 5]]],
  'cumsum, exclusive and reverse': [(a) => tf.cumsum(a, 0, true, true), [[3, 5]]],
  cumsum: [(a) => tf.cumsum(a, 1), [[3, 5]]],
  'slice, split, concat': [(a) => { const [x, y] = tf.split(first(a), 2, 3); return tf.concat([tf.slice(y!, [0, 1, 0, 0], [2, 4, 6, 2]), tf.slice(x!, [0, 0, 0, 0], [2, 4, 6, 2])], 3); }, [IMAGE]],
  pad: [(a) => tf.pad(first(a), [[0, 0], [1, 2], [0, 1], [0, 0]], 0.5), [IMAGE]],
  'pad of a join, at its end': [(a, b) => tf.pad(tf.concat([a, b], 1), [[0, 0], [0, 3]]), [[3, 5], [3, 2]]],
  'pad of a join, elsewhere': [(a, b) => tf.pad(tf.concat([a, b], 1), [[0, 1], [0, 3]]), [[3, 5], [3, 2]]],
  'pad of a join, with ones': [(a, b) => tf.pad(tf.concat([a, b], 1), [[0, 0], [0, 3]], 1), [[3, 5], [3, 2]]],
  'pad of a join that is used twice': [(a, b) => { const both = tf.concat([a, b], 1); return tf.mul(tf.pad(both, [[0, 0], [0, 3]]), tf.sum(both)); }, [[3, 5], [3, 2]]],
  'gridSample 2-D of a square': [(x, g) => gridSample(x, tf.mul(tf.add(g, 1), 2.3)), [[2, 5, 5, 3], [2, 4, 3, 2]]],
  'mirrorPad reflect': [(a) => tf.mirrorPad(a, [[0, 0], [1, 2], [1, 1], [0, 0]], 'reflect'), [IMAGE]],
  'stack and unstack': [(a, b) => tf.stack(tf.unstack(tf.stack([a, b], 1), 1), 0), [[3, 5], [3, 5]]],
  tile: [(a) => tf.tile(a, [2, 3]), [[3, 5]]],
  broadcastTo: [(a) => tf.broadcastTo(a, [4, 3, 5]), [[3, 1]]],
  'transpose and reshape': [(a) => tf.reshape(tf.transpose(first(a), [0, 3, 1, 2]), [2, 4, 48]), [IMAGE]],
  reverse: [(a) => tf.reverse(first(a), [1, 3]), [IMAGE]],
  gather: [(a) => tf.gather(a, ints(2, 0, 2, 1)), [[3, 5]]],
  'gather along axis 1': [(a) => tf.gather(a, tf.tensor2d([[2, 0], [2, 1]], [2, 2], 'int32'), 1), [[3, 5]]],
  'where': [(a, b) => tf.where(tf.greater(tf.tensor2d(randomArray(15, 4), [3, 5]), 0), a, tf.mul(b, 2)), [[3, 5], [3, 5]]],
  maxPool: [(a) => tf.maxPool(a as T4, 2, 2, 'same'), [IMAGE]],
  'maxPool, overlapping': [(a) => tf.maxPool(a as T4, 3, 2, 'same'), [IMAGE]],
  'avgPool valid': [(a) => tf.avgPool(a as T4, 2, 2, 'valid'), [IMAGE]],
  maxPool3d: [(a) => tf.maxPool3d(a as T5, 2, 2, 'valid'), [[1, 4, 4, 6, 2]]],
  'avgPool3d valid': [(a) => tf.avgPool3d(a as T5, [2, 2, 3], 2, 'valid'), [[1, 4, 4, 7, 2]]],
  'resizeBilinear square': [(a) => tf.image.resizeBilinear(first(a), [16, 16]), [[2, 8, 8, 4]]],
  'resizeBilinear align corners': [(a) => tf.image.resizeBilinear(a as T4, [15, 15], true), [[2, 8, 8, 4]]],
  'resizeBilinear, few pixels': [(a) => tf.image.resizeBilinear(a as T4, [14, 14]), [[2, 4, 4, 3]]],
  'resizeBilinear, few pixels, align corners': [(a) => tf.image.resizeBilinear(a as T4, [14, 14], true), [[2, 4, 4, 3]]],
  'resizeBilinear down': [(a) => tf.image.resizeBilinear(a as T4, [3, 3]), [[2, 8, 8, 4]]],
  'gridSample 2-D, border': [(x, g) => gridSample(x, tf.mul(tf.add(g, 1), 2.3)), [[2, 5, 6, 3], [2, 4, 3, 2]]],
  'gridSample 2-D, zeros': [(x, g) => gridSample(first(x), tf.mul(tf.add(g, 0.8), 3.1), 'zeros'), [IMAGE, [2, 4, 3, 2]]],
  'gridSample 3-D, border': [(x, g) => gridSample(x, tf.mul(tf.add(g, 1), 1.9), 'border'), [[1, 4, 5, 3, 2], [1, 2, 3, 3, 3]]],
  'gridSample 3-D, zeros': [(x, g) => gridSample(x, tf.mul(tf.add(g, 1), 1.9), 'zeros'), [[1, 4, 5, 3, 2], [1, 2, 3, 3, 3]]],
}; // prettier-ignore

/** tfjs cannot differentiate these, or does so wrongly (see gradients.test.ts). */
const VALUES: Record<string, [Op, Shapes]> = {
  'conv2d dilated': [(x, w) => tf.conv2d(x as T4, w as T4, 1, 'same', 'NHWC', 2), [IMAGE, [3, 3, 4, 5]]],
  'conv3d dilated': [(x, w) => tf.conv3d(x as T5, w as T5, 1, 'same', 'NDHWC', [1, 2, 2]), [[1, 4, 5, 6, 2], [2, 3, 3, 2, 3]]],
  'depthwiseConv2d dilated': [(x, w) => tf.depthwiseConv2d(x as T4, w as T4, 1, 'same', 'NHWC', 2), [IMAGE, [3, 3, 4, 2]]],
  'separableConv2d': [(x, d, p) => tf.separableConv2d(x as T4, d as T4, p as T4, 1, 'same'), [IMAGE, [3, 3, 4, 2], [1, 1, 8, 5]]],
  'avgPool same': [(a) => tf.avgPool(a as T4, 3, 2, 'same'), [IMAGE]],
  'avgPool3d same': [(a) => tf.avgPool3d(a as T5, 3, 2, 'same'), [[1, 4, 4, 5, 2]]],
  'resizeBilinear': [(a) => tf.image.resizeBilinear(a as T4, [16, 9]), [IMAGE]],
  'resizeBilinear half pixel': [(a) => tf.image.resizeBilinear(a as T4, [16, 12], false, true), [IMAGE]],
  'resizeBilinear half pixel, down': [(a) => tf.image.resizeBilinear(a as T4, [3, 5], false, true), [IMAGE]],
  'resizeBilinear, few pixels, not square': [(a) => tf.image.resizeBilinear(a as T4, [14, 9]), [[2, 4, 5, 3]]],
  'resizeBilinear, few pixels, half pixel': [(a) => tf.image.resizeBilinear(a as T4, [14, 9], false, true), [[2, 4, 5, 3]]],
  'resizeNearest': [(a) => tf.image.resizeNearestNeighbor(a as T4, [16, 9]), [IMAGE]],
  'resizeNearest half pixel': [(a) => tf.image.resizeNearestNeighbor(a as T4, [13, 5], false, true), [IMAGE]],
  'resizeNearest align corners': [(a) => tf.image.resizeNearestNeighbor(a as T4, [15, 4], true), [IMAGE]],
  'stridedSlice': [(a) => tf.stridedSlice(a, [0, 1], [3, 5], [1, 2]), [[3, 6]]],
  'stridedSlice backwards': [(a) => tf.stridedSlice(a, [2, 5], [0, 0], [-1, -2]), [[3, 6]]],
  'mirrorPad symmetric': [(a) => tf.mirrorPad(a, [[0, 0], [1, 2], [2, 1], [0, 0]], 'symmetric'), [IMAGE]],
  'comparisons': [(a, b) => tf.addN([tf.greater, tf.greaterEqual, tf.less, tf.lessEqual, tf.equal, tf.notEqual].map((op, index) => tf.mul(tf.cast(op(tf.round(a), tf.round(b)), 'float32'), 2 ** index))), [[6, 7], [6, 7]]],
  'logic': [(a, b) => { const [p, q] = [tf.greater(a, 0), tf.greater(b, 0)]; return tf.cast(tf.logicalOr(tf.logicalAnd(p, tf.logicalNot(q)), tf.logicalXor(p, q)), 'float32'); }, [[6, 7], [6, 7]]],
  'where with a constant': [(a) => tf.where(tf.greater(a, 0), a, 0.5), [[3, 5]]],
  'argMax and argMin': [(a) => tf.cast(tf.add(tf.argMax(a, 1), tf.mul(tf.argMin(a, 1), 10)), 'float32'), [[6, 7]]],
  'all and any': [(a) => tf.cast(tf.stack([tf.all(tf.greater(a, -0.9), 1), tf.any(tf.greater(a, 0.9), 1)]), 'float32'), [[6, 7]]],
  'prod': [(a) => tf.prod(a, 1), [[3, 4]]],
  'floor, ceil, round, sign': [(a) => tf.addN([tf.floor(a), tf.ceil(a), tf.round(tf.mul(a, 3)), tf.sign(a)]), [[6, 7]]],
  'mod and floorDiv': [(a, b) => tf.add(tf.mod(a, b), tf.floorDiv(a, b)), [[6, 7], [6, 7]]],
  'integers': [(a) => { const i = tf.cast(tf.mul(a, 10), 'int32'); return tf.cast(tf.add(tf.mod(i, tf.scalar(3, 'int32')), tf.floorDiv(i, tf.scalar(4, 'int32'))), 'float32'); }, [[6, 7]]],
  'isNaN, isInf, isFinite': [(a) => { const odd = tf.div(a, tf.relu(tf.round(a))); return tf.addN([tf.isNaN(odd), tf.isInf(odd), tf.isFinite(odd)].map((x, index) => tf.mul(tf.cast(x, 'float32'), index + 1))); }, [[6, 7]]],
  'oneHot': [(a) => tf.oneHot(tf.cast(tf.abs(tf.mul(a, 2)), 'int32'), 3).cast('float32'), [[7]]],
  'gatherND': [(a) => tf.gatherND(a, tf.tensor2d([[2, 0], [1, 4]], [2, 2], 'int32')), [[3, 5]]],
  'einsum': [(a, b) => tf.einsum('bij,bjk->bik', a, b), [[2, 3, 4], [2, 4, 5]]],
  'asin and acos': [(a) => tf.add(tf.asin(tf.mul(a, 0.5)), tf.acos(tf.mul(a, 0.5))), [[6, 7]]],
  'step with slope': [(a) => tf.step(a, 0.3), [[6, 7]]],
}; // prettier-ignore

const rows = (table: Record<string, [Op, Shapes]>): [string, Op, Shapes][] =>
  Object.entries(table).map(([name, [op, shapes]]) => [name, op, shapes]);

describe('a compiled operation', () => {
  test.each(rows(WITH_GRADIENTS))('has the value and gradients of tfjs: %s', async (_, op, shapes) => {
    const { differences } = await compiledAgainstEager(valueAndGradients(op), shapes);
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
  });

  test.each(rows(VALUES))('has the value of tfjs: %s', async (_, op, shapes) => {
    const { differences } = await compiledAgainstEager(valueOnly(op), shapes);
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
  });

  test.each(rows(WITH_GRADIENTS).filter((_, index) => index % 4 === 0))(
    'has them in the portable form too: %s',
    async (_, op, shapes) => {
      const { differences, operators } = await compiledAgainstEager(valueAndGradients(op), shapes, {
        isPortable: true,
      });
      expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
      expect(operators).not.toHaveProperty('FusedMatMul');
    },
  );
});
