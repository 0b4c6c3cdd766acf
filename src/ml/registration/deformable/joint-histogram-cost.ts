import type { VoxelCost } from './voxel-cost.ts';

/** Columns that the cubic window reaches beyond the first bin. */
const WINDOW = 3;

/**
 * Minus the mutual information in nats (Mattes et al., IEEE TMI 22(1), 2003): a joint histogram with a box window for the
 * fixed and a cubic B-spline window for the warped image, `bins` each. Both images are scaled to 0..1. The derivative is that
 * of the sum, the effect on the warped image's own histogram included.
 */
export function mutualInformation(fixed: Float32Array, bins: number): VoxelCost {
  const columns = bins + WINDOW;
  const scale = bins - 1;
  const rowOf = new Uint16Array(fixed.length);
  for (let i = 0; i < rowOf.length; i++) {
    const bin = fixed[i]! * bins;
    rowOf[i] = columns * (bin > 0 ? (bin < bins ? bin | 0 : bins - 1) : 0);
  }
  const joint = new Float64Array(bins * columns);
  const ratio = new Float64Array(bins * columns);
  const ofWarped = new Float64Array(columns);

  return (warped, compared, force) => {
    joint.fill(0);
    let count = 0;
    for (let i = 0; i < warped.length; i++) {
      if (compared[i] === 0) {
        continue;
      }
      let position = warped[i]! * scale;
      position = position > 0 ? (position < scale ? position : scale) : 0;
      const cell = position | 0;
      const t = position - cell;
      const s = 1 - t;
      const o = rowOf[i]! + cell;
      joint[o]! += s * s * s;
      joint[o + 1]! += 4 - 3 * t * t * (2 - t);
      joint[o + 2]! += 4 - 3 * s * s * (2 - s);
      joint[o + 3]! += t * t * t;
      count++;
    }
    if (count === 0) {
      force.fill(0);
      return 0;
    }
    const information = informationOf(joint, bins, columns, 6 * count, ofWarped, ratio);
    const step = (-0.5 * scale) / count;
    for (let i = 0; i < warped.length; i++) {
      const position = warped[i]! * scale;
      if (compared[i] === 0 || !(position > 0 && position < scale)) {
        force[i] = 0;
        continue;
      }
      const cell = position | 0;
      const t = position - cell;
      const s = 1 - t;
      const o = rowOf[i]! + cell;
      force[i] =
        step *
        (t * t * ratio[o + 3]! + s * (4 - 3 * s) * ratio[o + 2]! - t * (4 - 3 * t) * ratio[o + 1]! - s * s * ratio[o]!);
    }
    return -information;
  };
}

/** The mutual information of a joint histogram of mass `total`; writes log(joint / warped) per cell, 0 where it is empty. */
function informationOf(
  joint: Float64Array,
  bins: number,
  columns: number,
  total: number,
  ofWarped: Float64Array,
  ratio: Float64Array,
): number {
  ofWarped.fill(0);
  for (let bin = 0, o = 0; bin < bins; bin++) {
    for (let column = 0; column < columns; column++, o++) {
      ofWarped[column]! += joint[o]!;
    }
  }
  let information = 0;
  for (let bin = 0, start = 0; bin < bins; bin++, start += columns) {
    let ofFixed = 0;
    for (let o = start; o < start + columns; o++) {
      ofFixed += joint[o]!;
    }
    for (let column = 0; column < columns; column++) {
      const o = start + column;
      const weight = joint[o]!;
      if (weight > 0) {
        const log = Math.log(weight / ofWarped[column]!);
        ratio[o] = log;
        information += weight * (log - Math.log(ofFixed / total));
      } else {
        ratio[o] = 0;
      }
    }
  }
  return information / total;
}
