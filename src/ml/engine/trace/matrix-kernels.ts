import * as tf from '@tensorflow/tfjs';
import { reshaped, defineKernel } from './tracing.ts';

export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}
export interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
interface TfjsReduce {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** Registers matrix products, reductions, softmax and the normalisations. */
export function registerMatrixKernels(): void {
  for (const op of ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'All', 'Any']) {
    const axesOf = ({ axis, reductionIndices }: TfjsReduce, shape: number[]): number[] =>
      tf.util.parseAxisParam((axis ?? reductionIndices)!, shape);
    defineKernel<TfjsReduce>(
      op,
      ['x'],
      ([x], attrs) => {
        const axes = axesOf(attrs, x!.shape);
        const shape = attrs.keepDims
          ? x!.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
          : x!.shape.filter((_, axis) => !axes.includes(axis));
        return axes.every((axis) => x!.shape[axis] === 1) ? reshaped(x!, shape) : { shape, dtype: x!.dtype };
      },
      (attrs, [x]): ReduceAttrs => ({ axes: axesOf(attrs, x!.shape), keepDims: attrs.keepDims === true }),
    );
  }
  for (const op of ['ArgMax', 'ArgMin']) {
    defineKernel<{ axis: number }>(op, ['x'], ([x], { axis }) => ({
      shape: x!.shape.filter((_, position) => position !== axis),
      dtype: 'int32',
    }));
  }
  defineKernel('Cumsum', ['x'], ([x]) => ({ shape: x!.shape, dtype: x!.dtype }));
  defineKernel<MatMulAttrs>(
    'BatchMatMul',
    ['a', 'b'],
    ([a, b], { transposeA, transposeB }) => {
      const inner = [a!.shape.at(transposeA ? -2 : -1), b!.shape.at(transposeB ? -1 : -2)];
      if (inner[0] !== inner[1]) {
        throw new Error(
          `matMul of [${a!.shape.join()}] and [${b!.shape.join()}]: inner extents ${inner.join(' and ')} differ`,
        );
      }
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
      return { shape: [...batch, a!.shape.at(transposeA ? -1 : -2)!, b!.shape.at(transposeB ? -2 : -1)!] };
    },
    ({ transposeA, transposeB }) => ({ transposeA: transposeA ?? false, transposeB: transposeB ?? false }),
  );
  defineKernel<{ equation: string }>('Einsum', [], (values, { equation }) => {
    const [left = '', right] = equation.replaceAll(' ', '').split('->');
    if (right === undefined || left.includes('.'))
      throw new Error(`einsum ${equation}: only explicit equations can be compiled`);
    const extents = new Map<string, number>();
    for (const [position, letters] of left.split(',').entries()) {
      for (const [axis, letter] of Array.from(letters).entries()) extents.set(letter, values[position]!.shape[axis]!);
    }
    return { shape: Array.from(right, (letter) => extents.get(letter)!) };
  });
  defineKernel('Softmax', ['logits'], ([x]) => ({ shape: x!.shape }));
  defineKernel('LogSoftmax', ['logits'], ([x]) => ({ shape: x!.shape }));
  defineKernel('FusedBatchNorm', ['x', 'scale', 'offset', 'mean', 'variance'], ([x, ...given]) => {
    if (given.length !== 4)
      throw new Error('batch normalisation without both scale and offset cannot be compiled; give ones and zeros');
    return { shape: x!.shape };
  });
  // Ops of ours, see ops/.
  defineKernel('LayerNormalization', ['x', 'scale', 'offset'], ([x]) => [
    { shape: x!.shape },
    { shape: [...x!.shape.slice(0, -1), 1] },
    { shape: [...x!.shape.slice(0, -1), 1] },
  ]);
  defineKernel('Gelu', ['x'], ([x]) => ({ shape: x!.shape }));
  defineKernel('GridSample', ['image', 'grid'], ([image, grid]) => ({
    shape: [...grid!.shape.slice(0, -1), image!.shape.at(-1)!],
  }));
}
