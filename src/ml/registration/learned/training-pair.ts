import { randomStream, type RandomStream } from '../../cohorts/random-stream.ts';
import { voxelCount, type VolumeShape } from '../../../twins/volume.ts';
import { smoothNoise } from './smooth-noise.ts';

/** Largest root-mean-square displacement of a warp as a share of the image's longest axis. */
const LARGEST_WARP = 0.018;
const SMOOTHNESS = [0.08, 0.25] as const;

/** Two images of one thing, the second one deformed, each as a scanner of its own would show it. */
export interface TrainingPair {
  readonly fixed: Float32Array;
  readonly moving: Float32Array;
  /** A voxel q of the moving image shows the point q + warp(q) of the fixed one: voxels, [axes][D,H,W], slowest axis first. */
  readonly warp: readonly Float32Array[];
}

/** A pair made of one image [D,H,W] of 0..1; the same for the same keys. */
export function trainingPair(image: Float32Array, shape: VolumeShape, seed: number, index: number): TrainingPair {
  const random = randomStream(seed, 'pair', index);
  const largest = Math.max(...shape);
  const reach = LARGEST_WARP * largest * Math.sqrt(random.uniform());
  const share = random.between(...SMOOTHNESS);
  // The rougher a warp, the smaller it is, so that it does not fold.
  const amplitude = Math.min(reach, 0.15 * share * largest);
  const warp = shape.map((extent) =>
    extent > 1 ? smoothNoise(shape, random, share).map((value) => amplitude * value) : new Float32Array(image.length),
  );
  return {
    fixed: asScanned(image, shape, random),
    moving: asScanned(warped(image, shape, warp), shape, random),
    warp,
  };
}

/** Another gamma, a field of the coil and noise. */
function asScanned(image: Float32Array, shape: VolumeShape, random: RandomStream): Float32Array {
  const gamma = random.between(0.8, 1.25);
  const bias = smoothNoise(shape, random, random.between(0.3, 0.6));
  const strength = random.between(0, 0.12);
  const noise = random.between(0.002, 0.03);
  return image.map((value, i) => value ** gamma * (1 + strength * bias[i]!) + noise * random.normal());
}

/** The image read at each voxel plus its displacement, linear, the border repeated. */
function warped(image: Float32Array, shape: VolumeShape, warp: readonly Float32Array[]): Float32Array {
  const [depth, height, width] = shape;
  const out = new Float32Array(voxelCount(shape));
  const bounded = (value: number, last: number): number => Math.min(last, Math.max(0, value));
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const pz = bounded(z + warp[0]![i]!, depth - 1);
        const py = bounded(y + warp[1]![i]!, height - 1);
        const px = bounded(x + warp[2]![i]!, width - 1);
        const [iz, iy, ix] = [Math.floor(pz), Math.floor(py), Math.floor(px)];
        let sum = 0;
        for (let corner = 0; corner < 8; corner++) {
          const [cz, cy, cx] = [corner >> 2, (corner >> 1) & 1, corner & 1];
          const weight =
            (cz === 1 ? pz - iz : 1 - pz + iz) *
            (cy === 1 ? py - iy : 1 - py + iy) *
            (cx === 1 ? px - ix : 1 - px + ix);
          if (weight > 0) sum += weight * image[((iz + cz) * height + iy + cy) * width + ix + cx]!;
        }
        out[i] = sum;
      }
    }
  }
  return out;
}
