import { randomStream, type RandomStream } from '../../src/ml/cohorts/random-stream.ts';
import { gaussianFilter } from '../../src/ml/metrics/gaussian-filter.ts';
import { voxelCount, type Volume, type VolumeShape } from '../../src/twins/volume.ts';
import { cubicSampler } from './cubic-sampler.ts';
import type { Texture } from './textures.ts';

/** Two images of one texture and the map between them. Spacing is 1 mm, so that mm and voxels are the same. */
export interface SyntheticPair {
  readonly name: string;
  readonly fixed: Volume;
  readonly moving: Volume;
  /** Where each voxel of the fixed image lies in the moving one, less itself: planar [3][D,H,W], mm. */
  readonly truth: Float32Array;
  /** One byte per voxel of the fixed image: foreground whose counterpart lies inside the moving image. */
  readonly mask: Uint8Array;
}

export interface PairOptions {
  /** Largest turn in degrees; each axis of a volume. */
  readonly maximumDegrees: number;
  readonly minimumDegrees?: number;
  /** Whether there is scaling, shear, shift and a smooth warp besides. */
  readonly isWarped: boolean;
  /** Share of the usual amplitude of the warp. */
  readonly warp?: number;
}

const FOREGROUND = 0.06;

/**
 * A pair whose map is known: the texture under a turn, a scaling of up to 5 %, shear, a shift and a smooth warp, with a new gamma
 * (0.8 to 1.3) and a bias field (up to 25 %) on the fixed image, and noise of its own (1 to 3 %) on each. The keys say which pair.
 */
export function syntheticPair(
  { name, image }: Texture,
  options: PairOptions,
  ...keys: (string | number)[]
): SyntheticPair {
  const random = randomStream('registration pair', name, ...keys);
  const { shape } = image;
  const truth = mapOf(shape, options, random);
  const count = voxelCount(shape);
  const clean = new Float32Array(count);
  const inside = new Uint8Array(count);
  const sample = cubicSampler(image);
  const [depth, height, width] = shape;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const [px, py, pz] = [x + truth[i]!, y + truth[count + i]!, z + truth[2 * count + i]!];
        clean[i] = Math.min(1, Math.max(0, sample(pz, py, px)));
        const fits = px >= 0 && py >= 0 && px <= width - 1 && py <= height - 1 && pz >= 0 && pz <= depth - 1;
        inside[i] = Number(fits);
      }
    }
  }
  const gamma = random.between(0.8, 1.3);
  const bias = random.between(0, 0.25);
  const field = smoothNoise(shape, Math.min(height, width) / 4, random);
  const noise = random.between(0.01, 0.03);
  const noisy = (voxels: Float32Array): Volume => ({
    ...image,
    voxels: voxels.map((v) => v + noise * random.normal()),
  });
  const smooth = gaussianFilter(Float64Array.from(clean), shape, [depth > 1 ? 2 : 0, 2, 2]);
  return {
    name,
    fixed: noisy(clean.map((value, i) => value ** gamma * (1 + bias * field[i]!))),
    moving: noisy(image.voxels),
    truth,
    mask: inside.map((fits, i) => Number(fits === 1 && smooth[i]! > FOREGROUND)),
  };
}

function mapOf(
  shape: VolumeShape,
  { maximumDegrees, minimumDegrees = 0, isWarped, warp = 1 }: PairOptions,
  random: RandomStream,
): Float32Array {
  const [depth, height, width] = shape;
  const isFlat = depth === 1;
  const turn = () =>
    ((random.between(minimumDegrees, maximumDegrees) * Math.PI) / 180) * (random.uniform() < 0.5 ? -1 : 1);
  let matrix = rotation(0, 1, turn());
  if (!isFlat) matrix = times(times(rotation(1, 2, turn() / 2), rotation(0, 2, turn() / 2)), matrix);
  const small = (size: number): number => (isWarped ? random.between(-size, size) : 0);
  const scaling = [1 + small(0.05), small(0.03), 0, 0, 1 + small(0.05), 0, 0, 0, isFlat ? 1 : 1 + small(0.05)];
  matrix = times(matrix, scaling);
  const shift = [small(0.04) * width, small(0.04) * height, isFlat ? 0 : small(0.04) * depth];
  const sigma = (random.between(14, 20) / 256) * (isFlat ? width : 2 * width);
  const amplitude = isWarped ? warp * random.between(0.25, 0.4) * sigma : 0;
  const count = voxelCount(shape);
  const out = new Float32Array(3 * count);
  const warps = [0, 1, 2].map((axis) =>
    axis === 2 && isFlat ? new Float64Array(count) : smoothNoise(shape, sigma, random),
  );
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.hypot(warps[0]![i]!, warps[1]![i]!, warps[2]![i]!));
  const centre = [(width - 1) / 2, (height - 1) / 2, (depth - 1) / 2];
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const p = [x - centre[0]!, y - centre[1]!, z - centre[2]!];
        for (let row = 0; row < 3; row++) {
          const turned = matrix[3 * row]! * p[0]! + matrix[3 * row + 1]! * p[1]! + matrix[3 * row + 2]! * p[2]!;
          out[row * count + i] = turned - p[row]! + shift[row]! + (amplitude / largest) * warps[row]![i]!;
        }
      }
    }
  }
  return out;
}

/** Below this many voxels per standard deviation a Gaussian loses its shape. */
const COARSE = 4;

/** White noise under a Gaussian, scaled to a largest magnitude of 1; made on a coarser grid, as it has no fine detail. */
function smoothNoise(shape: VolumeShape, sigma: number, random: RandomStream): Float64Array {
  const step = Math.max(1, Math.floor(sigma / COARSE));
  // One voxel more on each side is what interpolation reaches for.
  const coarse = shape.map((size) => (size > 1 ? Math.ceil(size / step) + 3 : 1)) as unknown as VolumeShape;
  const white = Float64Array.from({ length: voxelCount(coarse) }, () => random.normal());
  const along = sigma / step;
  const smooth = gaussianFilter(white, coarse, [shape[0] > 1 ? along : 0, along, along]);
  const sample = cubicSampler({ shape: coarse, voxels: Float32Array.from(smooth) });
  const [depth, height, width] = shape;
  const out = new Float64Array(voxelCount(shape));
  let largest = 0;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        out[i] = sample(depth > 1 ? z / step + 1 : 0, y / step + 1, x / step + 1);
        largest = Math.max(largest, Math.abs(out[i]!));
      }
    }
  }
  return out.map((value) => value / largest);
}

function rotation(a: number, b: number, angle: number): number[] {
  const out = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  out[4 * a] = Math.cos(angle);
  out[4 * b] = Math.cos(angle);
  out[3 * a + b] = -Math.sin(angle);
  out[3 * b + a] = Math.sin(angle);
  return out;
}

const times = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: 9 }, (_, n) => {
    const [row, column] = [Math.floor(n / 3), n % 3];
    return [0, 1, 2].reduce((sum, k) => sum + a[3 * row + k]! * b[3 * k + column]!, 0);
  });
