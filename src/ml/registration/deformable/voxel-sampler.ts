import { voxelCount, type Volume } from '../../../twins/volume.ts';

export type Interpolation = 'nearest' | 'linear' | 'cubic';

/** The value at a position in voxels (x column, y row, z slice); outside the image that of the nearest point of it. */
export type VoxelSampler = (x: number, y: number, z: number) => number;

/** Prepares interpolation of an image; `cubic` needs as much memory again. */
export function voxelSampler(image: Volume, interpolation: Interpolation): VoxelSampler {
  return { nearest: nearestSampler, linear: linearSampler, cubic: cubicSampler }[interpolation](image);
}

function nearestSampler({ voxels, shape: [depth, height, width] }: Volume): VoxelSampler {
  return (x, y, z) => {
    const ix = clamp(Math.round(x), width - 1);
    const iy = clamp(Math.round(y), height - 1);
    const iz = clamp(Math.round(z), depth - 1);
    return voxels[(iz * height + iy) * width + ix]!;
  };
}

function linearSampler({ voxels, shape: [depth, height, width] }: Volume): VoxelSampler {
  const slice = width * height;
  return (x, y, z) => {
    const px = clamp(x, width - 1);
    const py = clamp(y, height - 1);
    const pz = clamp(z, depth - 1);
    const ix = Math.max(0, Math.min(width - 2, px | 0));
    const iy = Math.max(0, Math.min(height - 2, py | 0));
    const iz = Math.max(0, Math.min(depth - 2, pz | 0));
    const stepX = width > 1 ? 1 : 0;
    const stepY = height > 1 ? width : 0;
    const fx = px - ix;
    const fy = py - iy;
    const a = iz * slice + iy * width + ix;
    const top = voxels[a]! + fx * (voxels[a + stepX]! - voxels[a]!);
    const low = voxels[a + stepY]! + fx * (voxels[a + stepY + stepX]! - voxels[a + stepY]!);
    const near = top + fy * (low - top);
    if (depth === 1) {
      return near;
    }
    const b = a + slice;
    const topFar = voxels[b]! + fx * (voxels[b + stepX]! - voxels[b]!);
    const lowFar = voxels[b + stepY]! + fx * (voxels[b + stepY + stepX]! - voxels[b + stepY]!);
    return near + (pz - iz) * (topFar + fy * (lowFar - topFar) - near);
  };
}

/** The pole of the cubic B-spline filter. */
const POLE = Math.sqrt(3) - 2;

/** Interpolating cubic B-splines with mirrored borders (Unser, Aldroubi and Eden, IEEE TSP 41(2), 1993, part II). */
function cubicSampler({ voxels, shape }: Volume): VoxelSampler {
  const [depth, height, width] = shape;
  const coefficients = Float64Array.from(voxels);
  const slice = width * height;
  for (const [length, stride] of [
    [width, 1],
    [height, width],
    [depth, slice],
  ] as const) {
    if (length > 1) {
      filterAlong(coefficients, voxelCount(shape), length, stride);
    }
  }
  const wx = new Float64Array(4);
  const wy = new Float64Array(4);
  const wz = new Float64Array(4);
  const at = new Int32Array(4);
  return (x, y, z) => {
    const ix = weightsAt(clamp(x, width - 1), width, wx);
    const iy = weightsAt(clamp(y, height - 1), height, wy);
    const iz = weightsAt(clamp(z, depth - 1), depth, wz);
    for (let k = 0; k < 4; k++) {
      at[k] = mirrored(ix + k, width);
    }
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      if (wz[k] === 0) {
        continue;
      }
      const plane = mirrored(iz + k, depth) * slice;
      for (let j = 0; j < 4; j++) {
        const row = plane + mirrored(iy + j, height) * width;
        sum +=
          wz[k]! *
          wy[j]! *
          (wx[0]! * coefficients[row + at[0]!]! +
            wx[1]! * coefficients[row + at[1]!]! +
            wx[2]! * coefficients[row + at[2]!]! +
            wx[3]! * coefficients[row + at[3]!]!);
      }
    }
    return sum;
  };
}

/** Writes the four weights and returns the first of the four voxels; along an axis of one voxel that voxel has all. */
function weightsAt(position: number, length: number, weights: Float64Array): number {
  if (length === 1) {
    weights.fill(0);
    weights[1] = 1;
    return -1;
  }
  const cell = Math.floor(position);
  const t = position - cell;
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = (4 - 3 * t * t * (2 - t)) / 6;
  weights[2] = (4 - 3 * s * s * (2 - s)) / 6;
  weights[3] = (t * t * t) / 6;
  return cell - 1;
}

function filterAlong(values: Float64Array, count: number, length: number, stride: number): void {
  const reach = Math.min(length, 30);
  for (let block = 0; block < count; block += length * stride) {
    for (let k = 0; k < stride; k++) {
      const first = block + k;
      const last = first + (length - 1) * stride;
      // Far enough that the rest of the mirrored sum is below double precision.
      let sum = 0;
      for (let n = 0, power = 1; n < reach; n++, power *= POLE) {
        sum += power * values[first + mirrored(n, length) * stride]!;
      }
      if (reach === length) {
        // A short line: the whole period of its mirror image.
        sum = values[first]!;
        let [power, period] = [POLE, 1];
        for (let n = 1; n < 2 * length - 2; n++, power *= POLE) {
          sum += power * values[first + mirrored(n, length) * stride]!;
          period = power * POLE;
        }
        sum /= 1 - period;
      }
      values[first] = 6 * sum;
      for (let i = first + stride; i <= last; i += stride) {
        values[i] = 6 * values[i]! + POLE * values[i - stride]!;
      }
      values[last] = (POLE / (POLE * POLE - 1)) * (values[last]! + POLE * values[last - stride]!);
      for (let i = last - stride; i >= first; i -= stride) {
        values[i] = POLE * (values[i + stride]! - values[i]!);
      }
    }
  }
}

function mirrored(index: number, length: number): number {
  if (length === 1) {
    return 0;
  }
  const period = 2 * length - 2;
  const within = ((index % period) + period) % period;
  return within < length ? within : period - within;
}

const clamp = (value: number, last: number): number => (value > 0 ? (value < last ? value : last) : 0);
