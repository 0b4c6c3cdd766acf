import type { ControlLattice } from '../../../twins/registration.ts';
import type { VolumeGeometry, VolumeShape } from '../../../twins/volume.ts';

/** Control points this close to the voxels of the image would follow its noise. */
const FEWEST_VOXELS = 2;

/**
 * The lattice of about `spacingMm` times 2 to the power of `doublings` over the whole image; along thick slices its finest
 * one has two voxels to a control point.
 */
export function latticeOver(
  { shape, spacingMm: voxelMm }: VolumeGeometry,
  spacingMm: number,
  doublings = 0,
): ControlLattice {
  const spacing = (axis: 0 | 1 | 2): number => 2 ** doublings * Math.max(spacingMm, FEWEST_VOXELS * voxelMm[axis]);
  const points = (axis: 0 | 1 | 2): number =>
    axis === 0 && shape[0] === 1 ? 1 : Math.floor(((shape[axis] - 1) * voxelMm[axis]) / spacing(axis) + 1e-9) + 4;
  return { shape: [points(0), points(1), points(2)], spacingMm: [spacing(0), spacing(1), spacing(2)] };
}

/** Displacements: two for a single slice, which moves in its plane only; else three. */
export const componentsOf = ({ shape }: VolumeGeometry): 2 | 3 => (shape[0] === 1 ? 2 : 3);

/** Control points of a lattice. */
export const pointsOf = ({ shape }: ControlLattice): number => shape[0] * shape[1] * shape[2];

/**
 * Coefficients on a lattice of half the spacing that describe the very same splines (Lane and Riesenfeld, IEEE PAMI 2(1),
 * 1980: weights 1 4 6 4 1 over 8). `coefficients` is [components][lattice].
 * @throws {RangeError} when `to` has not half the spacing of `from`.
 */
export function refineCoefficients(coefficients: Float64Array, from: ControlLattice, to: ControlLattice): Float64Array {
  const points = pointsOf(from);
  const out = new Float64Array((coefficients.length / points) * pointsOf(to));
  for (let component = 0; component * points < coefficients.length; component++) {
    let block: Float64Array = coefficients.slice(component * points, (component + 1) * points);
    const shape: [number, number, number] = [...from.shape];
    for (const axis of [2, 1, 0] as const) {
      if (shape[axis] > 1) {
        if (Math.abs(from.spacingMm[axis] - 2 * to.spacingMm[axis]) > 1e-6 * from.spacingMm[axis]) {
          throw new RangeError(
            `a lattice of ${to.spacingMm[axis]} mm does not halve one of ${from.spacingMm[axis]} mm`,
          );
        }
        block = refinedAlong(block, shape, axis, to.shape[axis]);
        shape[axis] = to.shape[axis];
      }
    }
    out.set(block, component * pointsOf(to));
  }
  return out;
}

function refinedAlong(block: Float64Array, shape: VolumeShape, axis: 0 | 1 | 2, length: number): Float64Array {
  const stride = axis === 2 ? 1 : axis === 1 ? shape[2] : shape[1] * shape[2];
  const before = shape[axis];
  const runs = block.length / (before * stride);
  const out = new Float64Array(runs * length * stride);
  for (let run = 0; run < runs; run++) {
    for (let j = 0; j < length; j++) {
      const left = (j + 1) >> 1;
      const isBetween = (j & 1) === 0;
      for (let k = 0; k < stride; k++) {
        const at = (i: number): number => block[(run * before + i) * stride + k]!;
        out[(run * length + j) * stride + k] = isBetween
          ? (at(left) + at(left + 1)) / 2
          : (at(left - 1) + 6 * at(left) + at(left + 1)) / 8;
      }
    }
  }
  return out;
}
