import { voxelCount, type Volume } from '../../twins/volume.ts';
import type { Level } from './cost.ts';
import { applyWindow, type IntensityWindow } from './intensity-window.ts';

/** Work on the finest level is bounded by its size: larger images are halved until they fit. */
const LARGEST_SLICE = 512 * 512;
const LARGEST_VOLUME = 1_000_000;
/** An axis is not halved below this many voxels: coarser, anatomy disappears. */
const SMALLEST_AXIS_2D = 32;
const SMALLEST_AXIS_3D = 24;
/** Axes up to this much coarser than the finest one are halved with it; thick slices wait until the pixels catch up. */
const ISOTROPY = 1.5;

/**
 * The image scaled to 0..1 at falling resolution, finest level first. The finest level has at most 512x512 pixels or a
 * million voxels. Each further level halves the axes of the smallest spacing, so that thick-sliced volumes become isotropic.
 */
export function pyramidOf(volume: Volume, window: IntensityWindow): readonly Level[] {
  const flat = volume.shape[0] === 1;
  const fits = ({ shape }: Volume) => voxelCount(shape) <= (flat ? LARGEST_SLICE : LARGEST_VOLUME);
  let finest = fits(volume)
    ? { ...volume, voxels: applyWindow(volume.voxels, window) }
    : halved(volume, finestAxes(volume, 2), window);
  while (!fits(finest)) {
    finest = halved(finest, finestAxes(finest, 2), null);
  }
  const levels = [finest];
  for (;;) {
    const last = levels.at(-1)!;
    const axes = finestAxes(last, 2 * (flat ? SMALLEST_AXIS_2D : SMALLEST_AXIS_3D));
    if (axes.length === 0) {
      return levels;
    }
    levels.push(halved(last, axes, null));
  }
}

/** How much larger voxels may be and still count as of one size, as the logarithm of their area. */
const HARDLY_LARGER = 0.1;
const size = ({ spacingMm }: Volume): number => Math.log(spacingMm[1] * spacingMm[2]);

/** The coarsest level whose voxels are hardly larger than those of the given grid; the finest where all are larger. */
export const levelNoCoarser = (levels: readonly Level[], grid: Volume): Level =>
  levels.findLast((level) => size(level) <= size(grid) + HARDLY_LARGER) ?? levels[0]!;

/** The level whose voxels are nearest in size to those of the given grid. */
export function levelLike(levels: readonly Level[], grid: Volume): Level {
  return levels.reduce((best, level) =>
    Math.abs(size(level) - size(grid)) < Math.abs(size(best) - size(grid)) ? level : best,
  );
}

/** Axes (0 slices, 1 rows, 2 columns) to halve next: those of nearly the smallest spacing that are long enough. */
function finestAxes({ shape, spacingMm }: Volume, shortest: number): readonly number[] {
  const long = [0, 1, 2].filter((axis) => shape[axis]! >= shortest);
  const finest = Math.min(...long.map((axis) => spacingMm[axis]!));
  return long.filter((axis) => spacingMm[axis]! < ISOTROPY * finest);
}

/** Smooths by [1 4 6 4 1]/16 and keeps every second voxel along the axes; voxel 0 stays where it is. */
function halved(volume: Volume, axes: readonly number[], window: IntensityWindow | null): Volume {
  let { voxels } = volume;
  const shape: [number, number, number] = [...volume.shape];
  const spacingMm: [number, number, number] = [...volume.spacingMm];
  let pending = window;
  for (const axis of axes.toSorted((a, b) => b - a)) {
    voxels = halvedAlong(voxels, shape, axis, pending);
    pending = null;
    shape[axis] = (shape[axis]! + 1) >> 1;
    spacingMm[axis]! *= 2;
  }
  return { ...volume, voxels, shape, spacingMm };
}

function halvedAlong(
  voxels: Float32Array,
  shape: readonly [number, number, number],
  axis: number,
  window: IntensityWindow | null,
): Float32Array {
  const length = shape[axis]!;
  const stride = axis === 2 ? 1 : axis === 1 ? shape[2] : shape[1] * shape[2];
  const kept = (length + 1) >> 1;
  const blocks = voxels.length / (length * stride);
  const out = new Float32Array(blocks * kept * stride);
  // The window is applied here, block by block, so that a large image is never copied at full size.
  const block = window === null ? null : new Float32Array(length * stride);
  for (let b = 0; b < blocks; b++) {
    const start = b * length * stride;
    if (block !== null && window !== null) {
      applyWindow(voxels, window, block, start);
    }
    const source = block ?? voxels;
    const first = block === null ? start : 0;
    if (stride === 1) {
      halveRow(source, first, length, out, b * kept);
    } else {
      halveRuns(source, first, length, stride, out, b * kept * stride);
    }
  }
  return out;
}

function halveRow(source: Float32Array, first: number, length: number, out: Float32Array, to: number): void {
  const last = first + length - 1;
  const kept = (length + 1) >> 1;
  for (let k = 0; k < kept; k++) {
    const p = first + 2 * k;
    const p0 = p - 2 < first ? first : p - 2;
    const p1 = p - 1 < first ? first : p - 1;
    const p3 = p + 1 > last ? last : p + 1;
    const p4 = p + 2 > last ? last : p + 2;
    out[to + k] = 0.375 * source[p]! + 0.25 * (source[p1]! + source[p3]!) + 0.0625 * (source[p0]! + source[p4]!);
  }
}

function halveRuns(
  source: Float32Array,
  first: number,
  length: number,
  stride: number,
  out: Float32Array,
  to: number,
): void {
  const kept = (length + 1) >> 1;
  for (let position = 0; position < kept; position++) {
    const at = (offset: number): number => first + Math.min(length - 1, Math.max(0, 2 * position + offset)) * stride;
    const [p0, p1, p2, p3, p4] = [at(-2), at(-1), at(0), at(1), at(2)];
    const start = to + position * stride;
    for (let k = 0; k < stride; k++) {
      out[start + k] =
        0.375 * source[p2 + k]! +
        0.25 * (source[p1 + k]! + source[p3 + k]!) +
        0.0625 * (source[p0 + k]! + source[p4 + k]!);
    }
  }
}
