import type { Volume, VolumeShape } from '../../../twins/volume.ts';

type Triple = readonly [number, number, number];

/** A grid of voxels [slices, rows, columns], about a centre in mm from that of the images. */
export interface Grid {
  readonly shape: VolumeShape;
  readonly spacingMm: Volume['spacingMm'];
  readonly centreMm?: Triple;
}

/** Differences of voxel size that count as none. */
const SAME = 0.02;
/** Voxels that are larger than those of the model by more show less than it needs. */
const COARSEST = 1.5;
/** Finer voxels than this part of the model's are another kind of image. */
const FINEST = 0.1;
/** Part of the model's extent along the slices that must be imaged. */
const LEAST_DEPTH = 0.75;

const extentOf = ({ shape, spacingMm }: Grid): Triple => [
  shape[0] * spacingMm[0],
  shape[1] * spacingMm[1],
  shape[2] * spacingMm[2],
];
const mm = (lengths: readonly number[]): string => lengths.map((length) => Number(length.toFixed(2))).join(' x ');

/** How images come to the grid of a model: as they are, resampled, or not at all. */
export type GridFit =
  | { readonly kind: 'same' }
  | { readonly kind: 'resampled'; readonly caveat: string }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Whether images fit the grid that a model was trained on, or can be resampled to it.
 * @param spacingMm of the images; null where it is not known. @param windowPixels rows and columns that the model must see.
 */
export function gridFit(
  shape: VolumeShape,
  spacingMm: Volume['spacingMm'] | null,
  model: Grid,
  windowPixels: readonly [number, number],
): GridFit {
  const isSameShape = shape.join() === model.shape.join();
  const ratios = (spacingMm ?? model.spacingMm).map((own, axis) => own / model.spacingMm[axis]!);
  if (isSameShape && ratios.every((ratio) => Math.abs(ratio - 1) <= SAME)) return { kind: 'same' };
  const none = (reason: string): GridFit => ({ kind: 'none', reason });
  const size = `${shape.join(' x ')} voxels`;
  if (spacingMm === null) {
    return none(
      `The images are ${size} of unknown size; the image model was trained on ${model.shape.join(' x ')} and is not used.`,
    );
  }
  if (shape[0] === 1) {
    return none(`The images are ${size}, a single slice; the image model was trained on ${model.shape[0]} slices.`);
  }
  if (ratios.some((ratio) => !(ratio <= COARSEST && ratio >= FINEST))) {
    return none(
      `The images are ${size} of ${mm(spacingMm)} mm; the image model was trained on voxels of ${mm(model.spacingMm)} mm, which these do not show.`,
    );
  }
  const [depth, height, width] = extentOf({ shape, spacingMm });
  const least = [
    LEAST_DEPTH * model.shape[0] * model.spacingMm[0],
    windowPixels[0] * model.spacingMm[1],
    windowPixels[1] * model.spacingMm[2],
  ] as const;
  if (depth < least[0] || height < least[1] || width < least[2]) {
    return none(
      `The images cover ${mm([depth, height, width])} mm (${size}); the image model needs ${mm(least)} mm around a lesion.`,
    );
  }
  return {
    kind: 'resampled',
    caveat: `The images were resampled from voxels of ${mm(spacingMm)} mm to ${mm(model.spacingMm)} mm, which the image model was trained on, and its change back.`,
  };
}

/** A grid of the model's about a point, moved inside of the images where it would reach beyond them. */
export function gridAround(centreMm: Triple, images: Grid, model: Grid): Grid {
  const [own, wanted] = [extentOf(images), extentOf(model)];
  const centre = centreMm.map((at, axis) => {
    const room = Math.max(0, (own[axis]! - wanted[axis]!) / 2);
    return Math.min(room, Math.max(-room, at));
  });
  return { ...model, centreMm: centre as unknown as Triple };
}

/** The place of a voxel of a grid, in mm from the centre of the images. */
export const placeMm = (voxel: Triple, { shape, spacingMm, centreMm = [0, 0, 0] }: Grid): Triple =>
  voxel.map((at, axis) => (at - (shape[axis]! - 1) / 2) * spacingMm[axis]! + centreMm[axis]!) as unknown as Triple;

/**
 * A volume on another grid: linear, averaged where the other is coarser.
 * @param voxels [D,H,W] of `from`. @param outside what lies beyond the volume: its border continued, or 0.
 */
export function resampled(voxels: Float32Array, from: Grid, to: Grid, outside: 'border' | 'zeros'): Float32Array {
  let found = voxels;
  const shape: [number, number, number] = [...from.shape];
  for (const axis of [2, 1, 0] as const) {
    const taps = tapsAlong(axis, from, to, outside);
    const before = shape.slice(0, axis).reduce((product, extent) => product * extent, 1);
    const after = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
    const [size, wanted] = [shape[axis], to.shape[axis]];
    const next = new Float32Array(before * wanted * after);
    for (let block = 0; block < before; block++) {
      for (let k = 0; k < wanted; k++) {
        const target = (block * wanted + k) * after;
        for (const { index, weight } of taps[k]!) {
          const source = (block * size + index) * after;
          for (let at = 0; at < after; at++) next[target + at]! += weight * found[source + at]!;
        }
      }
    }
    found = next;
    shape[axis] = wanted;
  }
  return found;
}

interface Tap {
  readonly index: number;
  readonly weight: number;
}

function tapsAlong(axis: 0 | 1 | 2, from: Grid, to: Grid, outside: 'border' | 'zeros'): Tap[][] {
  const size = from.shape[axis];
  const step = to.spacingMm[axis] / from.spacingMm[axis];
  const shift = ((to.centreMm?.[axis] ?? 0) - (from.centreMm?.[axis] ?? 0)) / from.spacingMm[axis];
  const reach = (1 + Math.max(1, step)) / 2;
  return Array.from({ length: to.shape[axis] }, (_, k) => {
    const centre = (k - (to.shape[axis] - 1) / 2) * step + shift + (size - 1) / 2;
    const taps: Tap[] = [];
    let total = 0;
    for (let index = Math.ceil(centre - reach); index <= Math.floor(centre + reach); index++) {
      // Linear between voxels; of a larger voxel what it covers of each.
      const weight = Math.min(1, Math.max(0, reach - Math.abs(index - centre)));
      total += weight;
      const isInside = index >= 0 && index < size;
      if (weight > 0 && (isInside || outside === 'border'))
        taps.push({ index: Math.min(size - 1, Math.max(0, index)), weight });
    }
    return taps.map(({ index, weight }) => ({ index, weight: weight / total }));
  });
}
