import type { VolumeShape } from '../../../twins/volume.ts';
import { blurInPlane } from '../in-plane-filters.ts';
import { type LesionOutline, outlineOf } from './lesion-outline.ts';

/** An image [D,H,W] with the outline of its lesion. */
export interface OutlinedImage {
  readonly image: Float32Array;
  readonly lesion: LesionOutline;
}

/** Iterations of the volume lock, and the relative error at which it is content. */
const LOCK_STEPS = 24;
const LOCK_ERROR = 1e-4;
/** Reach in pixels over which the tissue around a lesion gives way. */
const YIELDING_SIGMA = 1.5;
const YIELDING_REACH = 6;
/** Ratios of volumes that are followed; beyond them a lesion is drawn at the limit. */
const RATIO_LIMITS = [1e-3, 1e3] as const;

/**
 * The image with its lesion at `ratio` times its volume: a radial displacement about the lesion's centre, x -> c + (x - c)
 * / s, whole in the old and the new lesion and fading in the tissue around. s starts at the cube root of the ratio
 * and is then corrected until the volume of the moved outline is `ratio` times the old one (volume lock), which takes in partial voxels and
 * the edges of the image. At ratio 1, and without a lesion, the arrays are the given ones.
 */
export function scaleLesion({ image, lesion }: OutlinedImage, ratio: number, shape: VolumeShape): OutlinedImage {
  if (ratio === 1 || lesion.centre === null || !(ratio >= 0)) return { image, lesion };
  const bounded = Math.min(RATIO_LIMITS[1], Math.max(RATIO_LIMITS[0], ratio));
  // Nothing happens beyond the box: most of an image is far from its lesion.
  const box = boxAround(lesion.share, shape, lesion.centre, Math.max(1, Math.cbrt(bounded) * SLACK), MARGIN);
  const part = partOf(box);
  const scaled = scaleWhole(
    { image: cutOut(image, shape, box), lesion: outlineOf(cutOut(lesion.share, shape, box), part) },
    bounded,
    part,
  );
  const moved = image.slice();
  putBack(moved, shape, box, scaled.image);
  const share = new Float32Array(image.length);
  putBack(share, shape, box, scaled.lesion.share);
  return { image: moved, lesion: outlineOf(share, shape) };
}

/** The lock may end at a somewhat larger scale than it started at. */
const SLACK = 1.15;
/** The yielding tissue and what blurs into it. */
const MARGIN = YIELDING_REACH + Math.ceil(3 * YIELDING_SIGMA);

function scaleWhole({ image, lesion }: OutlinedImage, ratio: number, shape: VolumeShape): OutlinedImage {
  const centre = lesion.centre!;
  const wanted = ratio * lesion.voxels;
  let scale = Math.cbrt(ratio);
  let share = lesion.share;
  for (let step = 0; step < LOCK_STEPS; step++) {
    share = resample(
      lesion.share,
      shape,
      boxAround(lesion.share, shape, centre, scale, 1),
      (at, axis) => centre[axis]! + (at - centre[axis]!) / scale,
    );
    const found = share.reduce((sum, mass) => sum + mass, 0);
    if (Math.abs(found - wanted) <= LOCK_ERROR * wanted || found === 0) break;
    scale *= Math.cbrt(wanted / found);
  }
  const box = boxAround(lesion.share, shape, centre, Math.max(scale, 1), YIELDING_REACH);
  const union = lesion.share.map((mass, voxel) => Math.min(1, 2 * Math.max(mass, share[voxel]!)));
  const following = blurInPlane(union, shape, YIELDING_SIGMA);
  const pull = 1 / scale - 1;
  const moved = image.slice();
  resampleInto(
    moved,
    image,
    shape,
    box,
    (at, axis, voxel) => at + (at - centre[axis]!) * pull * Math.min(1, 2 * following[voxel]!),
  );
  return { image: moved, lesion: outlineOf(share, shape) };
}

interface Box {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

const partOf = ({ low, high }: Box): VolumeShape => [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1];

/** Calls back with the start of every row of the box, in the volume and in the part, and their length. */
function eachRow(
  [, height, width]: VolumeShape,
  { low, high }: Box,
  visit: (from: number, to: number, length: number) => void,
): void {
  const length = high[2] - low[2] + 1;
  let to = 0;
  for (let slice = low[0]; slice <= high[0]; slice++) {
    for (let row = low[1]; row <= high[1]; row++, to += length)
      visit((slice * height + row) * width + low[2], to, length);
  }
}

function cutOut(volume: Float32Array, shape: VolumeShape, box: Box): Float32Array {
  const [depth, height, width] = partOf(box);
  const part = new Float32Array(depth * height * width);
  eachRow(shape, box, (from, to, length) => part.set(volume.subarray(from, from + length), to));
  return part;
}

const putBack = (volume: Float32Array, shape: VolumeShape, box: Box, part: Float32Array): void =>
  eachRow(shape, box, (from, to, length) => volume.set(part.subarray(to, to + length), from));

/** Holds the shares after scaling, with a margin in voxels. */
function boxAround(
  share: Float32Array,
  shape: VolumeShape,
  centre: readonly [number, number, number],
  scale: number,
  margin: number,
): Box {
  const [depth, height, width] = shape;
  const low = [depth, height, width];
  const high = [0, 0, 0];
  for (let voxel = 0; voxel < share.length; voxel++) {
    if (share[voxel] === 0) continue;
    const column = voxel % width;
    const at = [Math.floor(voxel / (width * height)), ((voxel - column) / width) % height, column];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, at[axis]!);
      high[axis] = Math.max(high[axis]!, at[axis]!);
    }
  }
  const placed = (edge: number, axis: number): number => centre[axis]! + (edge - centre[axis]!) * scale;
  return {
    low: low.map((edge, axis) => Math.max(0, Math.floor(placed(edge - 1, axis)) - margin)) as unknown as Box['low'],
    high: high.map((edge, axis) =>
      Math.min(shape[axis]! - 1, Math.ceil(placed(edge + 1, axis)) + margin),
    ) as unknown as Box['high'],
  };
}

type Source = (at: number, axis: number, voxel: number) => number;

function resample(image: Float32Array, shape: VolumeShape, box: Box, source: Source): Float32Array {
  const out = new Float32Array(image.length);
  resampleInto(out, image, shape, box, source);
  return out;
}

/** Linear interpolation at the places that `source` gives, the border continued. */
function resampleInto(
  out: Float32Array,
  image: Float32Array,
  shape: VolumeShape,
  { low, high }: Box,
  source: Source,
): void {
  const [depth, height, width] = shape;
  for (let slice = low[0]; slice <= high[0]; slice++) {
    for (let row = low[1]; row <= high[1]; row++) {
      for (let column = low[2]; column <= high[2]; column++) {
        const voxel = (slice * height + row) * width + column;
        const z = Math.min(depth - 1, Math.max(0, source(slice, 0, voxel)));
        const y = Math.min(height - 1, Math.max(0, source(row, 1, voxel)));
        const x = Math.min(width - 1, Math.max(0, source(column, 2, voxel)));
        const z0 = Math.floor(z);
        const y0 = Math.floor(y);
        const x0 = Math.floor(x);
        const v = y - y0;
        const w = x - x0;
        const below = Math.min(height - 1, y0 + 1);
        const right = Math.min(width - 1, x0 + 1);
        const first = z0 * height;
        const near = planar(image, (first + y0) * width, (first + below) * width, x0, right, v, w);
        const u = z - z0;
        if (u === 0) {
          out[voxel] = near;
          continue;
        }
        const second = Math.min(depth - 1, z0 + 1) * height;
        const far = planar(image, (second + y0) * width, (second + below) * width, x0, right, v, w);
        out[voxel] = near * (1 - u) + far * u;
      }
    }
  }
}

/** Linear interpolation within a slice between two rows and two columns. */
const planar = (
  image: Float32Array,
  above: number,
  below: number,
  left: number,
  right: number,
  v: number,
  w: number,
): number =>
  (image[above + left]! * (1 - w) + image[above + right]! * w) * (1 - v) +
  (image[below + left]! * (1 - w) + image[below + right]! * w) * v;
