/**
 * Where the channels of an image batch are: `last` as TensorFlow.js has them, `first` as ONNX has them, `blocked` as
 * the CPU kernels of ONNX Runtime have them inside ([N, C/b, H, W, b], declared as [N, C, H, W]).
 */
export type Layout = 'last' | 'first' | 'blocked';

/** Permutation that moves the channels of an array of this rank to the front. */
export function toChannelsFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
}

/** Permutation that moves them back to the end. */
export function toChannelsLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

/** Where an axis of the channels-last array is in a layout. */
export function axisIn(layout: Layout, axis: number, rank: number): number {
  if (layout === 'last' || axis === 0) return axis;
  return axis === rank - 1 ? 1 : axis + 1;
}

/** A list with one entry per axis of the channels-last array, in the order of a layout. */
export function inLayout<T>(layout: Layout, perAxis: readonly T[]): T[] {
  return layout === 'last' ? [...perAxis] : toChannelsFirst(perAxis.length).map((axis) => perAxis[axis]!);
}
