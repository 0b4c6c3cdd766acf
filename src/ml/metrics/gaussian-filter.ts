import type { VolumeShape } from '../../twins/volume.ts';

/** Standard deviation per axis in voxels: [slices, rows, columns]. */
export type AxisSigmas = readonly [depth: number, height: number, width: number];

/** Weights of a sampled Gaussian, normalised to sum 1, cut at 3.5 standard deviations (11 taps for 1.5). */
export function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.floor(3.5 * sigma + 0.5);
  const kernel = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let offset = -radius; offset <= radius; offset++) {
    const weight = sigma > 0 ? Math.exp((-offset * offset) / (2 * sigma * sigma)) : 1;
    kernel[offset + radius] = weight;
    sum += weight;
  }
  return kernel.map((weight) => weight / sum);
}

/** How many voxels apart the results are along each axis: [slices, rows, columns]; 1 for all of them. */
export type AxisSteps = readonly [depth: number, height: number, width: number];

/** The shape that is left of `shape` when only every `every`-th voxel of an axis is kept, the first included. */
export const sampledShape = (shape: VolumeShape, every: AxisSteps): VolumeShape => [
  Math.ceil(shape[0] / every[0]),
  Math.ceil(shape[1] / every[1]),
  Math.ceil(shape[2] / every[2]),
];

/**
 * Separable Gaussian smoothing of a [D,H,W] image into a new array. The border mirrors with the edge repeated
 * (`d c b a | a b c d`), as the references for SSIM do. An axis of one voxel, or of sigma 0, is left alone. With `every`, only
 * the voxels 0, n, 2n... of each axis are computed, and the result has the {@link sampledShape}.
 */
export function gaussianFilter(
  image: Float64Array,
  shape: VolumeShape,
  sigmas: AxisSigmas,
  every: AxisSteps = [1, 1, 1],
): Float64Array {
  let [depth, height, width] = shape;
  let out = image;
  // The fastest axis first: what it drops is not touched again.
  out = filterRows(out, width, gaussianKernel(sigmas[2]), every[2]);
  width = Math.ceil(width / every[2]);
  out = filterAcross(out, height, width, gaussianKernel(sigmas[1]), every[1]);
  height = Math.ceil(height / every[1]);
  out = filterAcross(out, depth, height * width, gaussianKernel(sigmas[0]), every[0]);
  return out === image ? image.slice() : out;
}

function filterRows(source: Float64Array, length: number, kernel: Float64Array, every: number): Float64Array {
  if (length === 1 || (kernel.length === 1 && every === 1)) {
    return source;
  }
  const radius = (kernel.length - 1) / 2;
  const kept = Math.ceil(length / every);
  const target = new Float64Array((source.length / length) * kept);
  const padded = new Float64Array(length + 2 * radius);
  for (let row = 0, out = 0; row < source.length; row += length, out += kept) {
    padded.set(source.subarray(row, row + length), radius);
    for (let k = 1; k <= radius; k++) {
      padded[radius - k] = source[row + mirrored(-k, length)]!;
      padded[radius + length - 1 + k] = source[row + mirrored(length - 1 + k, length)]!;
    }
    for (let x = 0, at = 0; x < kept; x++, at += every) {
      let sum = kernel[radius]! * padded[at + radius]!;
      for (let j = 0; j < radius; j++) {
        sum += kernel[j]! * (padded[at + j]! + padded[at + 2 * radius - j]!);
      }
      target[out + x] = sum;
    }
  }
  return target;
}

/** Along a slower axis: whole runs of `stride` neighbours are added at once, so that memory is read in order. */
function filterAcross(
  source: Float64Array,
  length: number,
  stride: number,
  kernel: Float64Array,
  every: number,
): Float64Array {
  if (length === 1 || (kernel.length === 1 && every === 1)) {
    return source;
  }
  const radius = (kernel.length - 1) / 2;
  const blocks = source.length / (length * stride);
  const kept = Math.ceil(length / every);
  const target = new Float64Array(blocks * kept * stride);
  for (let b = 0, out = 0; b < blocks; b++) {
    const block = b * length * stride;
    for (let position = 0; position < length; position += every, out += stride) {
      const at = (offset: number): number => block + mirrored(position + offset, length) * stride;
      const here = block + position * stride;
      const centre = kernel[radius]!;
      let j = 1;
      if (radius % 2 === 0) {
        for (let k = 0; k < stride; k++) {
          target[out + k] = centre * source[here + k]!;
        }
      } else {
        const [left, right, weight] = [at(-1), at(1), kernel[radius + 1]!];
        for (let k = 0; k < stride; k++) {
          target[out + k] = centre * source[here + k]! + weight * (source[left + k]! + source[right + k]!);
        }
        j = 2;
      }
      // Two taps to a side per sweep: half the traffic on the target.
      for (; j < radius; j += 2) {
        const [left, right, weight] = [at(-j), at(j), kernel[radius + j]!];
        const [left2, right2, weight2] = [at(-j - 1), at(j + 1), kernel[radius + j + 1]!];
        for (let k = 0; k < stride; k++) {
          target[out + k]! +=
            weight * (source[left + k]! + source[right + k]!) + weight2 * (source[left2 + k]! + source[right2 + k]!);
        }
      }
    }
  }
  return target;
}

function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((index % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}
