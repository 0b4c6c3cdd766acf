import type { VolumeShape } from '../../../twins/volume.ts';

/** Smooths a field in place. */
export type Smoothing = (field: Float32Array) => void;

/** Standard deviations to which the kernel reaches: what is beyond has 0.3 % of the weight. */
const REACH = 3;

/**
 * Gaussian smoothing along all axes of more than one voxel, with standard deviations in voxels: [slices, rows, columns].
 * Beyond the border the outermost voxel repeats.
 */
export function gaussianSmoothing([depth, height, width]: VolumeShape, sigmas: readonly number[]): Smoothing {
  const scratch = new Float32Array(depth * height * width);
  const [alongZ, alongY, alongX] = [depth, height, width].map((length, axis) =>
    length > 1 ? halfKernel(sigmas[axis]!) : Float64Array.of(1),
  ) as [Float64Array, Float64Array, Float64Array];
  const slice = width * height;
  return (field) => {
    smoothRows(field, scratch, width, alongX);
    for (let z = 0; z < depth; z++) {
      smoothRuns(scratch, field, z * slice, height, width, alongY);
    }
    if (depth > 1) {
      scratch.set(field);
      smoothRuns(scratch, field, 0, depth, slice, alongZ);
    }
  };
}

/** Weights at 0, 1, 2 ... voxels from the centre. */
function halfKernel(sigma: number): Float64Array {
  const reach = sigma > 0 ? Math.max(1, Math.ceil(REACH * sigma)) : 0;
  const kernel = Float64Array.from({ length: reach + 1 }, (_, k) =>
    k === 0 ? 1 : Math.exp((-k * k) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  return kernel.map((weight) => weight / sum);
}

function smoothRows(source: Float32Array, out: Float32Array, width: number, kernel: Float64Array): void {
  const reach = kernel.length - 1;
  const centre = kernel[0]!;
  for (let row = 0; row < source.length; row += width) {
    const last = row + width - 1;
    for (let x = row; x <= last; x++) {
      let sum = centre * source[x]!;
      if (x - reach >= row && x + reach <= last) {
        for (let k = 1; k <= reach; k++) {
          sum += kernel[k]! * (source[x - k]! + source[x + k]!);
        }
      } else {
        for (let k = 1; k <= reach; k++) {
          sum += kernel[k]! * (source[x - k < row ? row : x - k]! + source[x + k > last ? last : x + k]!);
        }
      }
      out[x] = sum;
    }
  }
}

/** Along a slower axis whole runs of neighbours are added, so that memory is read in order. */
function smoothRuns(
  source: Float32Array,
  out: Float32Array,
  start: number,
  length: number,
  run: number,
  kernel: Float64Array,
): void {
  const centre = kernel[0]!;
  for (let position = 0; position < length; position++) {
    const to = start + position * run;
    for (let i = to; i < to + run; i++) {
      out[i] = centre * source[i]!;
    }
    for (let k = 1; k < kernel.length; k++) {
      const weight = kernel[k]!;
      const before = start + Math.max(0, position - k) * run - to;
      const after = start + Math.min(length - 1, position + k) * run - to;
      for (let i = to; i < to + run; i++) {
        out[i]! += weight * (source[i + before]! + source[i + after]!);
      }
    }
  }
}
