import type { VolumeShape } from '../../twins/volume.ts';

/**
 * Gaussian blur of every slice on its own, its edge voxels repeated outwards; kernel cut at 3 sigma, sum 1.
 * In the plane only, because slices are usually several times further apart than rows and columns.
 * @param voxels [D,H,W]. @param sigma in voxels, above 0. @returns a new array.
 */
export function blurInPlane(voxels: Float32Array, [depth, height, width]: VolumeShape, sigma: number): Float32Array {
  const kernel = halfGaussianKernel(sigma);
  const alongRows = new Float32Array(voxels.length);
  const line = new Float64Array(width + 2 * (kernel.length - 1));
  for (let start = 0; start < voxels.length; start += width) blurRow(voxels, alongRows, start, width, kernel, line);
  const blurred = new Float32Array(voxels.length);
  const sums = new Float64Array(width);
  for (let row = 0; row < depth * height; row += 1) blurAcross(alongRows, blurred, row, height, kernel, sums);
  return blurred;
}

/** Weights at distance 0, 1, ... from the centre. */
function halfGaussianKernel(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const half = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-(k ** 2) / (2 * sigma ** 2)));
  const sum = half.reduce((total, weight) => total + 2 * weight, -half[0]!);
  return half.map((weight) => weight / sum);
}

function blurRow(
  from: Float32Array,
  to: Float32Array,
  start: number,
  width: number,
  kernel: Float64Array,
  line: Float64Array,
): void {
  const radius = kernel.length - 1;
  line.fill(from[start]!, 0, radius);
  for (let x = 0; x < width; x += 1) line[radius + x] = from[start + x]!;
  line.fill(from[start + width - 1]!, radius + width);
  for (let x = 0; x < width; x += 1) {
    const centre = radius + x;
    let sum = kernel[0]! * line[centre]!;
    for (let k = 1; k <= radius; k += 1) sum += kernel[k]! * (line[centre - k]! + line[centre + k]!);
    to[start + x] = sum;
  }
}

/** One row of the blur across rows; whole rows are added up, because they lie together in memory. */
function blurAcross(
  from: Float32Array,
  to: Float32Array,
  row: number,
  height: number,
  kernel: Float64Array,
  sums: Float64Array,
): void {
  const width = sums.length;
  const y = row % height;
  const [first, last] = [row - y, row - y + height - 1];
  for (let x = 0; x < width; x += 1) sums[x] = kernel[0]! * from[row * width + x]!;
  for (let k = 1; k < kernel.length; k += 1) {
    const weight = kernel[k]!;
    const above = Math.max(first, row - k) * width;
    const below = Math.min(last, row + k) * width;
    for (let x = 0; x < width; x += 1) sums[x]! += weight * (from[above + x]! + from[below + x]!);
  }
  to.set(sums, row * width);
}
