import * as tf from '@tensorflow/tfjs';
import { isSameShape, sizeOf, type DType, type Value } from '../graph.ts';
import { broadcastTo } from './elementwise-kernels.ts';
import { defineKernel, emit, reshaped, uniformValue } from './tracing.ts';

/** Attributes after tracing: axes are counted from the front and every size is known. */
export interface SliceAttrs {
  readonly begin: readonly number[];
}
export interface StridedSliceAttrs extends SliceAttrs {
  readonly end: readonly number[];
  readonly strides: readonly number[];
}
export interface AxisAttrs {
  readonly axis: number;
}
export interface SplitAttrs extends AxisAttrs {
  readonly sizes: readonly number[];
}
export interface PadAttrs {
  readonly paddings: readonly (readonly [number, number])[];
  readonly constantValue?: number;
  readonly mode?: 'reflect' | 'symmetric';
}

const withExtent = (shape: readonly number[], axis: number, extent: number): number[] => shape.with(axis, extent);
const frontAxis = (axis: number | readonly number[], shape: readonly number[]): number =>
  tf.util.parseAxisParam(axis as number, [...shape])[0]!;

/** Registers the kernels that move elements without computing with them. */
export function registerShapeKernels(): void {
  defineKernel<{ shape: number[] }>('Reshape', ['x'], ([x], { shape }) =>
    reshaped(x!, tf.util.inferFromImplicitShape(shape, sizeOf(x!.shape))),
  );
  defineKernel<{ dim: number }>('ExpandDims', ['input'], ([x], { dim }) =>
    reshaped(x!, x!.shape.toSpliced(dim < 0 ? dim + x!.shape.length + 1 : dim, 0, 1)),
  );
  defineKernel<{ perm: number[] }>('Transpose', ['x'], ([x], { perm }) => {
    const shape = perm.map((axis) => x!.shape[axis]!);
    if (perm.every((axis, position) => axis === position)) return x!;
    return x!.uniform === undefined ? { shape } : uniformValue(x!.uniform, shape, x!.dtype);
  });
  defineKernel<{ begin: number[]; size: number[] }>(
    'Slice',
    ['x'],
    ([x], { begin, size }) => {
      const [, extents] = tf.slice_util.parseSliceParams(x as unknown as tf.TensorInfo, begin, size);
      if (isSameShape(extents!, x!.shape)) return x!;
      return x!.uniform === undefined ? { shape: extents! } : uniformValue(x!.uniform, extents!, x!.dtype);
    },
    ({ begin, size }, [x]): SliceAttrs => ({
      begin: tf.slice_util.parseSliceParams(x as unknown as tf.TensorInfo, begin, size)[0]!,
    }),
  );
  registerStridedSlice();
  registerJoining();
  registerPadding();
  registerIndexing();
}

interface TfjsStridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

function registerStridedSlice(): void {
  defineKernel<TfjsStridedSlice>('StridedSlice', ['x'], ([x], a) => {
    const { begin, end, strides, finalShape, isIdentity } = tf.slice_util.sliceInfo(
      x!.shape, a.begin, a.end, a.strides, a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask,
    ); // prettier-ignore
    if (isIdentity) return reshaped(x!, finalShape);
    const attrs: StridedSliceAttrs = { begin, end, strides };
    const shape = tf.slice_util.computeOutShape(begin, end, strides);
    return reshaped(emit('StridedSlice', [x!], attrs, { shape })[0]!, finalShape);
  });
  defineKernel<{ dims: number | number[] }>(
    'Reverse',
    ['x'],
    ([x]) => ({ shape: x!.shape }),
    ({ dims }, [x]) => ({ axes: tf.util.parseAxisParam(dims, x!.shape) }),
  );
}

function registerJoining(): void {
  defineKernel<{ axis: number }>(
    'Concat',
    [],
    (values, { axis }) => {
      const parts = values.filter(({ shape }) => sizeOf(shape) > 0);
      const [first = values[0]!] = parts;
      if (parts.length === 1) return first;
      const at = frontAxis(axis, first.shape);
      tf.backend_util.assertParamsConsistent(
        parts.map(({ shape }) => shape),
        at,
      );
      return {
        shape: withExtent(
          first.shape,
          at,
          parts.reduce((sum, { shape }) => sum + shape[at]!, 0),
        ),
        dtype: first.dtype,
      };
    },
    ({ axis }, [first]): AxisAttrs => ({ axis: frontAxis(axis, first!.shape) }),
  );
  const sizesOf = (x: Value, numOrSizeSplits: number | number[], axis: number): number[] =>
    tf.backend_util.prepareSplitSize(x as unknown as tf.Tensor, numOrSizeSplits, axis);
  defineKernel<{ axis: number; numOrSizeSplits: number | number[] }>(
    'SplitV',
    ['x'],
    ([x], { axis, numOrSizeSplits }) => {
      const at = frontAxis(axis, x!.shape);
      return sizesOf(x!, numOrSizeSplits, at).map((size) => ({
        shape: withExtent(x!.shape, at, size),
        dtype: x!.dtype,
      }));
    },
    ({ axis, numOrSizeSplits }, [x]): SplitAttrs => {
      const at = frontAxis(axis, x!.shape);
      return { axis: at, sizes: sizesOf(x!, numOrSizeSplits, at) };
    },
  );
  defineKernel<{ axis: number }>('Pack', [], (values, { axis }) => {
    const slot = values[0]!.shape.toSpliced(axis, 0, 1);
    const parts = values.map((value) => reshaped(value, slot));
    if (parts.length === 1) return parts[0]!;
    return emit('Concat', parts, { axis } satisfies AxisAttrs, { shape: withExtent(slot, axis, values.length) })[0]!;
  });
  defineKernel<{ axis: number }>(
    'Unpack',
    ['value'],
    ([x], { axis }) => {
      const shape = x!.shape.filter((_, position) => position !== axis);
      return Array.from({ length: x!.shape[axis]! }, () => ({ shape, dtype: x!.dtype }));
    },
    ({ axis }): AxisAttrs => ({ axis }),
  );
}

function registerPadding(): void {
  for (const op of ['PadV2', 'MirrorPad']) {
    defineKernel<PadAttrs>(op, ['x'], ([x], { paddings }) => {
      if (op === 'PadV2' && paddings.every(([before, after]) => before === 0 && after === 0)) return x!;
      return { shape: x!.shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]) };
    });
  }
  defineKernel<{ reps: number[] }>('Tile', ['x'], ([x], { reps }) => {
    const shape = x!.shape.map((extent, axis) => extent * reps[axis]!);
    const isBroadcast = x!.shape.every((extent, axis) => extent === 1 || reps[axis] === 1);
    return isBroadcast || x!.uniform !== undefined ? broadcastTo(x!, shape) : { shape };
  });
  defineKernel<{ shape: number[] }>('BroadcastTo', ['x'], ([x], { shape }) => broadcastTo(x!, shape));
}

function registerIndexing(): void {
  defineKernel<{ axis: number; batchDims: number }>(
    'GatherV2',
    ['x', 'indices'],
    ([x, indices], { axis, batchDims }) => {
      if (batchDims !== 0)
        throw new Error('gather with batchDims cannot be compiled; gather from a flattened axis instead');
      return { shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)], dtype: x!.dtype };
    },
  );
  defineKernel('GatherNd', ['params', 'indices'], ([params, indices]) => {
    const depth = indices!.shape.at(-1)!;
    return { shape: [...indices!.shape.slice(0, -1), ...params!.shape.slice(depth)], dtype: params!.dtype };
  });
  defineKernel<{ numSegments: number }>('UnsortedSegmentSum', ['x', 'segmentIds'], ([x], { numSegments }) => ({
    shape: [numSegments, ...x!.shape.slice(1)],
    dtype: x!.dtype,
  }));
  defineKernel<{ depth: number; dtype: DType }>('OneHot', ['indices'], ([indices], { depth, dtype }) => ({
    shape: [...indices!.shape, depth],
    dtype,
  }));
}
