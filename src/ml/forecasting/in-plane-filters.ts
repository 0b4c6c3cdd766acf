import type { VolumeShape } from '../../twins/volume.ts';

/**
 * Gaussian blur of every slice on its own, its edge voxels repeated outwards; kernel cut at 3 sigma, sum 1.
 * In the plane only, because slices are usually several times further apart than rows and columns.
 * @param voxels [D,H,W]. @param sigma in voxels, above 0. @returns a new array.
 */
export function blurInPlane(voxels: Float32Array, shape: VolumeShape, sigma: number): Float32Array {
  const [depth, height, width] = shape;
  const kernel = gaussianKernel(sigma);
  const rows = new Float32Array(voxels.length);
  for (let line = 0; line < depth * height; line += 1) convolve(voxels, rows, kernel, line * width, 1, width);
  const blurred = new Float32Array(voxels.length);
  for (let z = 0; z < depth; z += 1) {
    for (let x = 0; x < width; x += 1) convolve(rows, blurred, kernel, z * height * width + x, width, height);
  }
  return blurred;
}

/** Central differences in the plane, halved at no border: beyond the edge the edge voxel counts again. Per voxel. */
export function gradientMagnitudeInPlane(voxels: Float32Array, shape: VolumeShape): Float32Array {
  return fromNeighbours(voxels, shape, (_, left, right, up, down) => Math.hypot((right - left) / 2, (down - up) / 2));
}

/** Five-point Laplacian in the plane; beyond the edge the edge voxel counts again. */
export function laplacianInPlane(voxels: Float32Array, shape: VolumeShape): Float32Array {
  return fromNeighbours(voxels, shape, (centre, left, right, up, down) => left + right + up + down - 4 * centre);
}

function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

function convolve(
  from: Float32Array,
  to: Float32Array,
  kernel: Float64Array,
  start: number,
  stride: number,
  length: number,
): void {
  const radius = (kernel.length - 1) / 2;
  for (let position = 0; position < length; position += 1) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k += 1) {
      const at = Math.min(length - 1, Math.max(0, position + k - radius));
      sum += kernel[k]! * from[start + at * stride]!;
    }
    to[start + position * stride] = sum;
  }
}

function fromNeighbours(
  voxels: Float32Array,
  [depth, height, width]: VolumeShape,
  combine: (centre: number, left: number, right: number, up: number, down: number) => number,
): Float32Array {
  const result = new Float32Array(voxels.length);
  for (let z = 0, index = 0; z < depth; z += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, index += 1) {
        result[index] = combine(
          voxels[index]!,
          voxels[x > 0 ? index - 1 : index]!,
          voxels[x < width - 1 ? index + 1 : index]!,
          voxels[y > 0 ? index - width : index]!,
          voxels[y < height - 1 ? index + width : index]!,
        );
      }
    }
  }
  return result;
}
