import type { VolumeShape } from '../../../twins/volume.ts';
import { type Box, boxOf, cutOut, putBack, scaledBox, shapeOf } from './lesion-box.ts';
import { type OutlinedImage, outlineOf } from './lesion-outline.ts';
import { lesionReach } from './lesion-tissue.ts';

type Place = readonly [slice: number, row: number, column: number];

/** Iterations of the volume lock, and the relative error at which it is content. */
const LOCK_STEPS = 24;
const LOCK_ERROR = 1e-4;
/** Logarithms by which a volume may follow that of the scale; 3 in the open, less where it is cut off. */
const RESPONSES = [0.5, 6] as const;
/** Ratios of volumes that are followed; beyond them a lesion is drawn at the limit. */
const RATIO_LIMITS = [1e-3, 1e3] as const;
/** The lock may end at a somewhat larger scale than it started at. */
const SLACK = 1.15;
/** In pixels, around a lesion: its blurred edge, and that of one twice as wide. */
const MARGIN = 11;

/**
 * The image with its lesion at `ratio` times its volume: the lesion with its blurred edge is scaled about its centre, x -> c + (x - c) / s,
 * over the tissue, which stays where it is and comes to light where the lesion was. s starts at the cube root of the ratio
 * and is then corrected until the volume of the scaled outline is `ratio` times the old one (volume lock), which takes in partial voxels and
 * the edges of the image. At ratio 1, and without a lesion, the arrays are the given ones.
 * @param tissue see `tissueOf`.
 */
export function scaleLesion(
  { image, lesion }: OutlinedImage,
  ratio: number,
  tissue: Float32Array,
  shape: VolumeShape,
): OutlinedImage {
  const extent = ratio === 1 || !(ratio >= 0) ? null : boxOf(lesion.share, shape);
  if (extent === null || lesion.centre === null) return { image, lesion };
  const bounded = Math.min(RATIO_LIMITS[1], Math.max(RATIO_LIMITS[0], ratio));
  const largest = Math.max(1, Math.cbrt(bounded) * SLACK);
  // Nothing happens beyond the box: most of an image is far from its lesion.
  const box = scaledBox(extent, lesion.centre, largest, MARGIN, shape);
  const centre = within(lesion.centre, box);
  const share = cutOut(lesion.share, shape, box);
  const { scaled, scale } = scaleOutline(share, shapeOf(box), {
    centre,
    extent: { low: within(extent.low, box), high: within(extent.high, box) },
    wanted: bounded * lesion.voxels,
    first: Math.cbrt(bounded),
    largest,
  });
  const moved = image.slice();
  const drawn = overTissue(
    cutOut(image, shape, box),
    cutOut(tissue, shape, box),
    lesionReach(share, shapeOf(box)),
    shapeOf(box),
    { centre, scale },
  );
  putBack(moved, shape, box, drawn);
  const whole = new Float32Array(image.length);
  putBack(whole, shape, box, scaled);
  return { image: moved, lesion: outlineOf(whole, shape) };
}

const within = (place: Place, { low }: Box): Place => [place[0] - low[0], place[1] - low[1], place[2] - low[2]];

interface Scaling {
  readonly centre: Place;
  /** Of the outline. */
  readonly extent: Box;
  /** Voxels that the scaled outline should have. */
  readonly wanted: number;
  /** The scale to start at, and the largest one. */
  readonly first: number;
  readonly largest: number;
}

/** The outline at the volume that is wanted, and the scale at which it has it. */
function scaleOutline(
  share: Float32Array,
  shape: VolumeShape,
  { centre, extent, wanted, first, largest }: Scaling,
): { readonly scaled: Float32Array; readonly scale: number } {
  let scale = first;
  let response = 3;
  let before: { readonly scale: number; readonly voxels: number } | null = null;
  const scaled = new Float32Array(share.length);
  for (let step = 0; step < LOCK_STEPS; step++) {
    const voxels = scaleShare(scaled, share, shape, scaledBox(extent, centre, scale, 1, shape), centre, scale);
    if (Math.abs(voxels - wanted) <= LOCK_ERROR * wanted || voxels === 0) break;
    if (before !== null && before.scale !== scale) {
      const slope = Math.log(voxels / before.voxels) / Math.log(scale / before.scale);
      response = Math.min(RESPONSES[1], Math.max(RESPONSES[0], slope));
    }
    const next: number = Math.min(largest, scale * (wanted / voxels) ** (1 / response));
    if (next === scale) break;
    before = { scale, voxels };
    scale = next;
  }
  return { scaled, scale };
}

/** Where along an axis the scaled places come from: the place before, and the share of the one after. */
interface Sources {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly share: Float64Array;
}

function sourcesAlong(axis: 0 | 1 | 2, shape: VolumeShape, { low, high }: Box, centre: Place, scale: number): Sources {
  const count = high[axis] - low[axis] + 1;
  const sources = {
    before: new Int32Array(count),
    after: new Int32Array(count),
    share: new Float64Array(count),
  };
  const last = shape[axis] - 1;
  for (let k = 0; k < count; k++) {
    const from = Math.min(last, Math.max(0, centre[axis] + (low[axis] + k - centre[axis]) / scale));
    sources.before[k] = Math.floor(from);
    sources.after[k] = Math.min(last, sources.before[k]! + 1);
    sources.share[k] = from - sources.before[k]!;
  }
  return sources;
}

/** Writes the shares scaled about the centre, linear between voxels, the border continued. @returns their sum. */
function scaleShare(
  out: Float32Array,
  share: Float32Array,
  shape: VolumeShape,
  box: Box,
  centre: Place,
  scale: number,
): number {
  const [, height, width] = shape;
  const z = sourcesAlong(0, shape, box, centre, scale);
  const y = sourcesAlong(1, shape, box, centre, scale);
  const x = sourcesAlong(2, shape, box, centre, scale);
  out.fill(0);
  let sum = 0;
  for (let slice = 0; slice < z.before.length; slice++) {
    for (let row = 0; row < y.before.length; row++) {
      const u = z.share[slice]!;
      const v = y.share[row]!;
      // Rows of the four corners: of the slice before and the one after, above and below.
      const a = (z.before[slice]! * height + y.before[row]!) * width;
      const b = (z.before[slice]! * height + y.after[row]!) * width;
      const c = (z.after[slice]! * height + y.before[row]!) * width;
      const d = (z.after[slice]! * height + y.after[row]!) * width;
      const wa = (1 - u) * (1 - v);
      const wb = (1 - u) * v;
      const wc = u * (1 - v);
      const wd = u * v;
      let to = ((box.low[0] + slice) * height + box.low[1] + row) * width + box.low[2];
      for (let column = 0; column < x.before.length; column++, to++) {
        const left = x.before[column]!;
        const right = x.after[column]!;
        const w = x.share[column]!;
        const atLeft = wa * share[a + left]! + wb * share[b + left]! + wc * share[c + left]! + wd * share[d + left]!;
        const atRight =
          wa * share[a + right]! + wb * share[b + right]! + wc * share[c + right]! + wd * share[d + right]!;
        const found = Math.fround(atLeft * (1 - w) + atRight * w);
        out[to] = found;
        sum += found;
      }
    }
  }
  return sum;
}

/** The lesion scaled about its centre over the tissue; linear, the border continued. @param reach what goes with the lesion, 0..1. */
function overTissue(
  image: Float32Array,
  tissue: Float32Array,
  reach: Float32Array,
  shape: VolumeShape,
  { centre, scale }: { readonly centre: Place; readonly scale: number },
): Float32Array {
  const [depth, height, width] = shape;
  const drawn = image.slice();
  const { low, high } = boxOf(reach, shape)!;
  const isWithin = (axis: 0 | 1 | 2, before: number): boolean => before >= low[axis] - 1 && before <= high[axis];
  let voxel = 0;
  for (let slice = 0; slice < depth; slice++) {
    const z = Math.min(depth - 1, Math.max(0, centre[0] + (slice - centre[0]) / scale));
    const z0 = Math.floor(z);
    const u = z - z0;
    const next = (Math.min(depth - 1, z0 + 1) - z0) * height * width;
    for (let row = 0; row < height; row++) {
      const y = Math.min(height - 1, Math.max(0, centre[1] + (row - centre[1]) / scale));
      const y0 = Math.floor(y);
      const v = y - y0;
      const down = (Math.min(height - 1, y0 + 1) - y0) * width;
      for (let column = 0; column < width; column++, voxel++) {
        const x = Math.min(width - 1, Math.max(0, centre[2] + (column - centre[2]) / scale));
        const x0 = Math.floor(x);
        const w = x - x0;
        const right = Math.min(width - 1, x0 + 1) - x0;
        const at = (z0 * height + y0) * width + x0;
        const sampled = (from: Float32Array): number => {
          const near = planar(from, at, down, right, v, w);
          return u === 0 ? near : near * (1 - u) + planar(from, at + next, down, right, v, w) * u;
        };
        const isCovered = isWithin(0, z0) && isWithin(1, y0) && isWithin(2, x0);
        const covering = isCovered ? sampled(reach) : 0;
        const uncovered = Math.max(0, reach[voxel]! - covering);
        if (covering === 0 && uncovered === 0) continue;
        const own = image[voxel]!;
        drawn[voxel] =
          own + (covering === 0 ? 0 : covering * (sampled(image) - own)) + uncovered * (tissue[voxel]! - own);
      }
    }
  }
  return drawn;
}

/** Linear interpolation within a slice from `at` on. @param down, right steps to the next row and column. */
const planar = (image: Float32Array, at: number, down: number, right: number, v: number, w: number): number =>
  (image[at]! * (1 - w) + image[at + right]! * w) * (1 - v) +
  (image[at + down]! * (1 - w) + image[at + down + right]! * w) * v;
