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

/**
 * Separable Gaussian smoothing of a [D,H,W] image into a new array. The border mirrors with the edge repeated
 * (`d c b a | a b c d`), as the references for SSIM do. An axis of one voxel, or of sigma 0, is left alone.
 */
export function gaussianFilter(image: Float64Array, shape: VolumeShape, sigmas: AxisSigmas): Float64Array {
  const [depth, height, width] = shape;
  const passes = [
    { length: width, stride: 1, kernel: gaussianKernel(sigmas[2]) },
    { length: height, stride: width, kernel: gaussianKernel(sigmas[1]) },
    { length: depth, stride: width * height, kernel: gaussianKernel(sigmas[0]) },
  ].filter(({ length, kernel }) => length > 1 && kernel.length > 1);
  if (passes.length === 0) {
    return image.slice();
  }
  let source = image;
  let target = new Float64Array(image.length);
  let spare = passes.length > 1 ? new Float64Array(image.length) : target;
  for (const { length, stride, kernel } of passes) {
    if (stride === 1) {
      filterRows(source, target, length, kernel);
    } else {
      filterAcross(source, target, length, stride, kernel);
    }
    source = target;
    [target, spare] = [spare, target];
  }
  return source;
}

function filterRows(source: Float64Array, target: Float64Array, length: number, kernel: Float64Array): void {
  const radius = (kernel.length - 1) / 2;
  const padded = new Float64Array(length + 2 * radius);
  for (let row = 0; row < source.length; row += length) {
    for (let k = 0; k < padded.length; k++) {
      padded[k] = source[row + mirrored(k - radius, length)]!;
    }
    for (let x = 0; x < length; x++) {
      let sum = kernel[radius]! * padded[x + radius]!;
      for (let j = 0; j < radius; j++) {
        sum += kernel[j]! * (padded[x + j]! + padded[x + 2 * radius - j]!);
      }
      target[row + x] = sum;
    }
  }
}

/** Along a slower axis: whole runs of `stride` neighbours are added at once, so that memory is read in order. */
function filterAcross(
  source: Float64Array,
  target: Float64Array,
  length: number,
  stride: number,
  kernel: Float64Array,
): void {
  const radius = (kernel.length - 1) / 2;
  for (let block = 0; block < source.length; block += length * stride) {
    for (let position = 0; position < length; position++) {
      const out = block + position * stride;
      const centre = kernel[radius]!;
      for (let k = 0; k < stride; k++) {
        target[out + k] = centre * source[out + k]!;
      }
      for (let j = 1; j <= radius; j++) {
        const left = block + mirrored(position - j, length) * stride;
        const right = block + mirrored(position + j, length) * stride;
        const weight = kernel[radius + j]!;
        for (let k = 0; k < stride; k++) {
          target[out + k]! += weight * (source[left + k]! + source[right + k]!);
        }
      }
    }
  }
}

function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((index % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}
