import type { ControlLattice } from '../../../twins/registration.ts';
import { pointsOf } from './control-lattice.ts';

/**
 * Bending energy of one component: the mean over the lattice of its squared second differences, mixed ones twice (Rueckert
 * et al., IEEE TMI 18(8), 1999, eq. 8), each divided by the spacings that it spans. The coefficients are mm, so the energy
 * has no unit and means the same at every spacing. Adds `weight` times its gradient; returns `weight` times the energy.
 */
export function bendingEnergy(
  coefficients: Float64Array,
  offset: number,
  lattice: ControlLattice,
  weight: number,
  gradient: Float64Array,
): number {
  const [nz, ny, nx] = lattice.shape;
  const axes = ([2, 1, 0] as const)
    .filter((axis) => lattice.shape[axis] > 1)
    .map((axis) => ({
      length: lattice.shape[axis],
      stride: axis === 2 ? 1 : axis === 1 ? nx : nx * ny,
      spacing: lattice.spacingMm[axis],
    }));
  const scale = weight / pointsOf(lattice);
  let energy = 0;
  const position = [0, 0, 0];
  for (let z = 0, i = offset; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, i++) {
        position[0] = x;
        position[1] = y;
        position[2] = z;
        for (let a = 0; a < axes.length; a++) {
          const { length, stride, spacing } = axes[a]!;
          const at = position[a]!;
          if (at > 0 && at < length - 1) {
            const factor = scale / (spacing * spacing);
            const bend = coefficients[i - stride]! - 2 * coefficients[i]! + coefficients[i + stride]!;
            energy += factor * bend * bend;
            const step = 2 * factor * bend;
            gradient[i - stride]! += step;
            gradient[i]! -= 2 * step;
            gradient[i + stride]! += step;
          }
          for (let b = a + 1; b < axes.length; b++) {
            const other = axes[b]!;
            if (at < length - 1 && position[b]! < other.length - 1) {
              const factor = (2 * scale) / (spacing * other.spacing);
              const both = i + stride + other.stride;
              const twist =
                coefficients[i]! - coefficients[i + stride]! - coefficients[i + other.stride]! + coefficients[both]!;
              energy += factor * twist * twist;
              const step = 2 * factor * twist;
              gradient[i]! += step;
              gradient[i + stride]! -= step;
              gradient[i + other.stride]! -= step;
              gradient[both]! += step;
            }
          }
        }
      }
    }
  }
  return energy;
}
