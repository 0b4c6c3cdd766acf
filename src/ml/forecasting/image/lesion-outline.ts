import { type VolumeShape, voxelCount } from '../../../twins/volume.ts';

/** A lesion as it is seen in one image. */
export interface LesionOutline {
  /** Share of each voxel that is lesion, [D,H,W], 0..1; 0 outside of the one connected lesion. */
  readonly share: Float32Array;
  /** Sum of the shares: the volume in voxels. */
  readonly voxels: number;
  /** Centre of mass [slice, row, column] in voxels; null without a lesion. */
  readonly centre: readonly [number, number, number] | null;
}

/** An image [D,H,W] with the outline of its lesion. */
export interface OutlinedImage {
  readonly image: Float32Array;
  readonly lesion: LesionOutline;
}

/** Share from which a voxel belongs to the core that is searched for connected lesions. */
const CORE = 0.5;
/** Shares below this are noise of the segmentation. */
const LEAST = 0.02;

/**
 * The largest connected lesion (6 neighbours) of a segmentation with the partial voxels around it; nothing else of it is
 * kept, so that a bright vessel elsewhere does not count. What it encloses in a slice, such as a dark core, is lesion too.
 * @param near an outline of the same lesion in another image: the one that shares most with it is taken, however small.
 */
export function largestLesion(share: Float32Array, shape: VolumeShape, near?: LesionOutline): LesionOutline {
  const core = largestComponent(share, shape, near?.share);
  const kept = new Float32Array(voxelCount(shape));
  for (const voxel of core) {
    kept[voxel] = share[voxel]!;
    for (const other of neighbours(voxel, shape)) if (share[other]! >= LEAST) kept[other] = share[other]!;
  }
  fillHoles(kept, core, shape);
  return outlineOf(kept, shape);
}

/** Makes lesion of everything that the core encloses within a slice. */
function fillHoles(kept: Float32Array, core: readonly number[], shape: VolumeShape): void {
  const [depth, height, width] = shape;
  const pixels = height * width;
  const isCore = new Uint8Array(kept.length);
  for (const voxel of core) isCore[voxel] = 1;
  for (let slice = 0; slice < depth; slice++) {
    const first = slice * pixels;
    const inSlice = isCore.subarray(first, first + pixels);
    if (!inSlice.includes(1)) continue;
    const isOutside = new Uint8Array(pixels);
    const found: number[] = [];
    for (let pixel = 0; pixel < pixels; pixel++) {
      const column = pixel % width;
      const isEdge = pixel < width || pixel >= pixels - width || column === 0 || column === width - 1;
      if (isEdge && inSlice[pixel] === 0) {
        isOutside[pixel] = 1;
        found.push(pixel);
      }
    }
    for (let at = 0; at < found.length; at++) {
      for (const other of neighbours(found[at]!, [1, height, width])) {
        if (inSlice[other] === 0 && isOutside[other] === 0) {
          isOutside[other] = 1;
          found.push(other);
        }
      }
    }
    for (let pixel = 0; pixel < pixels; pixel++) {
      if (isOutside[pixel] === 0 && inSlice[pixel] === 0) kept[first + pixel] = 1;
    }
  }
}

/** Volume and centre of shares. */
export function outlineOf(share: Float32Array, [, height, width]: VolumeShape): LesionOutline {
  let [voxels, slices, rows, columns] = [0, 0, 0, 0];
  for (let voxel = 0; voxel < share.length; voxel++) {
    const mass = share[voxel]!;
    if (mass === 0) continue;
    const column = voxel % width;
    const row = ((voxel - column) / width) % height;
    voxels += mass;
    slices += mass * Math.floor(voxel / (width * height));
    rows += mass * row;
    columns += mass * column;
  }
  return { share, voxels, centre: voxels > 0 ? [slices / voxels, rows / voxels, columns / voxels] : null };
}

/** The component of the core with most voxels, or with most of `near`; empty where there is none. */
function largestComponent(share: Float32Array, shape: VolumeShape, near?: Float32Array): number[] {
  const isSeen = new Uint8Array(share.length);
  let largest: number[] = [];
  let most = 0;
  for (let start = 0; start < share.length; start++) {
    if (share[start]! < CORE || isSeen[start] === 1) continue;
    const found = [start];
    isSeen[start] = 1;
    for (let at = 0; at < found.length; at++) {
      for (const other of neighbours(found[at]!, shape)) {
        if (share[other]! >= CORE && isSeen[other] === 0) {
          isSeen[other] = 1;
          found.push(other);
        }
      }
    }
    const size = near === undefined ? found.length : found.reduce((sum, voxel) => sum + near[voxel]!, 0);
    if (size > most) [largest, most] = [found, size];
  }
  return largest;
}

function neighbours(voxel: number, [depth, height, width]: VolumeShape): number[] {
  const column = voxel % width;
  const row = ((voxel - column) / width) % height;
  const slice = Math.floor(voxel / (width * height));
  const found: number[] = [];
  if (column > 0) found.push(voxel - 1);
  if (column < width - 1) found.push(voxel + 1);
  if (row > 0) found.push(voxel - width);
  if (row < height - 1) found.push(voxel + width);
  if (slice > 0) found.push(voxel - width * height);
  if (slice < depth - 1) found.push(voxel + width * height);
  return found;
}
