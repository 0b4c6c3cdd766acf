import type { VolumeShape } from '../../../twins/volume.ts';

/** Replaces each voxel by the sum over the cube of `2 * radius + 1` voxels around it, as far as that lies in the image. */
export type WindowSums = (field: Float32Array) => void;

/** Running sums, axis by axis: the cost does not depend on the radius. The operation is its own adjoint. */
export function windowSums([depth, height, width]: VolumeShape, radius: number): WindowSums {
  const scratch = new Float32Array(depth * height * width);
  const slice = width * height;
  const sums = new Float64Array(depth > 1 ? slice : width);
  return (field) => {
    sumRows(field, scratch, width, radius);
    if (depth === 1) {
      sumRuns(scratch, field, 0, height, width, radius, sums);
      return;
    }
    for (let z = 0; z < depth; z++) {
      sumRuns(scratch, field, z * slice, height, width, radius, sums);
    }
    scratch.set(field);
    sumRuns(scratch, field, 0, depth, slice, radius, sums);
  };
}

function sumRows(source: Float32Array, out: Float32Array, width: number, radius: number): void {
  const reach = Math.min(radius, width - 1);
  for (let row = 0; row < source.length; row += width) {
    const end = row + width;
    let sum = 0;
    for (let x = row; x <= row + reach; x++) {
      sum += source[x]!;
    }
    for (let x = row; x < end; x++) {
      out[x] = sum;
      const enters = x + radius + 1;
      const leaves = x - radius;
      sum += (enters < end ? source[enters]! : 0) - (leaves >= row ? source[leaves]! : 0);
    }
  }
}

/** Along a slower axis a whole run of neighbours is summed at once, so that memory is read in order. */
function sumRuns(
  source: Float32Array,
  out: Float32Array,
  start: number,
  length: number,
  run: number,
  radius: number,
  sums: Float64Array,
): void {
  sums.fill(0, 0, run);
  const reach = Math.min(radius, length - 1);
  for (let position = 0; position <= reach; position++) {
    const from = start + position * run;
    for (let k = 0; k < run; k++) {
      sums[k]! += source[from + k]!;
    }
  }
  for (let position = 0; position < length; position++) {
    const to = start + position * run;
    const enters = position + radius + 1 < length ? to + (radius + 1) * run : -1;
    const leaves = position - radius >= 0 ? to - radius * run : -1;
    if (enters >= 0 && leaves >= 0) {
      for (let k = 0; k < run; k++) {
        const sum = sums[k]!;
        out[to + k] = sum;
        sums[k] = sum + source[enters + k]! - source[leaves + k]!;
      }
    } else {
      for (let k = 0; k < run; k++) {
        const sum = sums[k]!;
        out[to + k] = sum;
        sums[k] = sum + (enters >= 0 ? source[enters + k]! : 0) - (leaves >= 0 ? source[leaves + k]! : 0);
      }
    }
  }
}
