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
  const wanted = Math.min(RATIO_LIMITS[1], Math.max(RATIO_LIMITS[0], ratio)) * lesion.voxels;
  const { centre } = lesion;
  let scale = Math.cbrt(wanted / lesion.voxels);
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
        const [z0, y0, x0] = [Math.floor(z), Math.floor(y), Math.floor(x)];
        const [z1, y1, x1] = [Math.min(depth - 1, z0 + 1), Math.min(height - 1, y0 + 1), Math.min(width - 1, x0 + 1)];
        const [u, v, w] = [z - z0, y - y0, x - x0];
        const line = (a: number, b: number): number => {
          const from = (a * height + b) * width;
          return image[from + x0]! * (1 - w) + image[from + x1]! * w;
        };
        const plane = (a: number): number => line(a, y0) * (1 - v) + line(a, y1) * v;
        out[voxel] = plane(z0) * (1 - u) + plane(z1) * u;
      }
    }
  }
}
