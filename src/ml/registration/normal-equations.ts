import { AFFINE_PARAMETERS } from './motion-model.ts';

/** 12 affine parameters, then gain and offset of the intensities. */
export const UNKNOWNS = AFFINE_PARAMETERS + 2;
export const GAIN = AFFINE_PARAMETERS;
export const OFFSET = AFFINE_PARAMETERS + 1;

/**
 * Sums over a row of voxels, from which its part of the system follows. With the image gradient g = (gx, gy, gz), x in mm,
 * residual r and fixed value f: for each pair of components the sums of g g, g g x, g g x^2 (xx, xy, xz, yy, yz, zz: 0..17),
 * then for each component the sums with and without x of g r (18..23), g f (24..29) and g (30..35).
 */
export const MOMENTS = 36;

/** Place of the moments of each pair of gradient components among the 18 of the pairs. */
const PAIR = [
  [0, 3, 6],
  [3, 9, 12],
  [6, 12, 15],
] as const;

/** Adds a row of voxels at (y, z) mm to the gradient and to the lower triangle of the system. */
export function addRow(
  hessian: Float64Array,
  gradient: Float64Array,
  moments: Float64Array,
  y: number,
  z: number,
): void {
  // A column 0..3 of the affine matrix multiplies q = (x, y, z, 1): its degree in x, and its factor otherwise.
  const factor = [1, y, z, 1];
  for (let a = 0; a < 3; a++) {
    for (let i = 0; i < 4; i++) {
      const row = i < 3 ? 3 * a + i : 9 + a;
      const degree = i === 0 ? 1 : 0;
      const scale = factor[i]!;
      gradient[row]! += scale * moments[18 + 2 * a + degree]!;
      hessian[GAIN * UNKNOWNS + row]! -= scale * moments[24 + 2 * a + degree]!;
      hessian[OFFSET * UNKNOWNS + row]! -= scale * moments[30 + 2 * a + degree]!;
      for (let b = 0; b < 3; b++) {
        const pair = PAIR[a]![b]! + degree;
        for (let j = 0; j < 4; j++) {
          const column = j < 3 ? 3 * b + j : 9 + b;
          if (column <= row) {
            hessian[row * UNKNOWNS + column]! += scale * factor[j]! * moments[j === 0 ? pair + 1 : pair]!;
          }
        }
      }
    }
  }
}

/** Completes a symmetric system of which only the lower triangle is set. */
export function mirrorLowerTriangle(hessian: Float64Array): void {
  for (let row = 0; row < UNKNOWNS; row++) {
    for (let column = row + 1; column < UNKNOWNS; column++) {
      hessian[row * UNKNOWNS + column] = hessian[column * UNKNOWNS + row]!;
    }
  }
}
