import type { VolumeShape } from '../../../twins/volume.ts';
import { blurInPlane } from '../in-plane-filters.ts';
import type { LesionOutline, OutlinedImage } from './lesion-outline.ts';

/** In pixels: the edge of a lesion is blurred. */
const EDGE_SIGMA = 1.5;
/** Of the blurred outline: from here on nothing goes with the lesion, and from here on all does. */
const FADING = [0.05, 0.45] as const;

/** How much of each voxel goes with the lesion, 0..1: all of it within, nothing from three pixels around on. */
export function lesionReach(share: LesionOutline['share'], shape: VolumeShape): Float32Array {
  const solid = share.map((one) => Math.min(1, 2 * one));
  const [least, most] = FADING;
  const blurred = blurInPlane(solid, shape, EDGE_SIGMA);
  return solid.map((own, voxel) => Math.min(1, Math.max(own, (blurred[voxel]! - least) / (most - least))));
}

interface Kept {
  readonly images: readonly Float32Array[];
  readonly tissue: Float32Array;
}
const kept = new WeakMap<Float32Array, Kept>();

/**
 * What lies under the lesion of the last image: what earlier images showed there while they had none, and else what a membrane would that is
 * held by the tissue around ("push and pull" over halved resolutions: Gortler et al., The lumigraph, SIGGRAPH 1996, 3.4).
 * @param history oldest first, at least one; [D,H,W] in one brightness. @returns the last image away from its lesion.
 */
export function tissueOf(history: readonly OutlinedImage[], shape: VolumeShape): Float32Array {
  const images = history.map(({ image }) => image);
  const last = images.at(-1)!;
  const known = kept.get(last);
  if (known?.images.length === images.length && known.images.every((image, index) => image === images[index])) {
    return known.tissue;
  }
  const reaches = history.map(({ lesion }) => lesionReach(lesion.share, shape));
  const values = last.slice();
  const weights = new Float32Array(last.length);
  for (let voxel = 0; voxel < values.length; voxel++) {
    if (reaches.at(-1)![voxel] === 0) {
      weights[voxel] = 1;
      continue;
    }
    let [sum, count] = [0, 0];
    for (let index = 0; index < images.length - 1; index++) {
      if (reaches[index]![voxel] !== 0) continue;
      sum += images[index]![voxel]!;
      count++;
    }
    if (count > 0) [values[voxel], weights[voxel]] = [sum / count, 1];
  }
  const [, height, width] = shape;
  const pixels = height * width;
  for (let first = 0; first < values.length; first += pixels) {
    fill(values.subarray(first, first + pixels), weights.subarray(first, first + pixels), height, width);
  }
  kept.set(last, { images, tissue: values });
  return values;
}

/** Fills pixels of weight 0 from those of weight 1; without any of these they stay. */
function fill(values: Float32Array, weights: Float32Array, height: number, width: number): void {
  if (weights.every((weight) => weight > 0) || weights.every((weight) => weight === 0)) return;
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const coarse = new Float32Array(rows * columns);
  const weightsThere = new Float32Array(rows * columns);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const at = (y >> 1) * columns + (x >> 1);
      coarse[at]! += weights[pixel]! * values[pixel]!;
      weightsThere[at]! += weights[pixel]!;
    }
  }
  for (let at = 0; at < coarse.length; at++) {
    if (weightsThere[at]! > 0) [coarse[at], weightsThere[at]] = [coarse[at]! / weightsThere[at]!, 1];
  }
  fill(coarse, weightsThere, rows, columns);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (weights[pixel] === 0) values[pixel] = between(coarse, rows, columns, y / 2 - 0.25, x / 2 - 0.25);
    }
  }
}

/** Linear between pixels, the border continued. */
function between(values: Float32Array, rows: number, columns: number, y: number, x: number): number {
  const [down, right] = [Math.min(rows - 1, Math.max(0, y)), Math.min(columns - 1, Math.max(0, x))];
  const [y0, x0] = [Math.floor(down), Math.floor(right)];
  const [y1, x1] = [Math.min(rows - 1, y0 + 1), Math.min(columns - 1, x0 + 1)];
  const [v, w] = [down - y0, right - x0];
  const upper = values[y0 * columns + x0]! * (1 - w) + values[y0 * columns + x1]! * w;
  const lower = values[y1 * columns + x0]! * (1 - w) + values[y1 * columns + x1]! * w;
  return upper * (1 - v) + lower * v;
}
