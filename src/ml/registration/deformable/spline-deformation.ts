import type { DisplacementField, SplineDeformation } from '../../../twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';
import { compose, type Matrix4 } from '../transform.ts';
import { componentsOf, pointsOf } from './control-lattice.ts';
import { splineExpansion } from './spline-expansion.ts';
import { axesToWorld } from './warped-image.ts';

/** The map at every voxel of a grid with the origin and the axes of the deformation's image. */
export function fieldOfSplines(
  { initial, lattice, coefficients }: SplineDeformation,
  geometry: VolumeGeometry,
): DisplacementField {
  const count = voxelCount(geometry.shape);
  const { expand } = splineExpansion(lattice, geometry);
  const displacements = Array.from({ length: componentsOf(geometry) }, (_, component) => {
    const out = new Float32Array(count);
    expand(coefficients, component * pointsOf(lattice), out);
    return out;
  });
  return fieldOfAxes(displacements, geometry, initial);
}

/**
 * The whole map of displacements in mm along the grid's own axes (x, y and in volumes z), which come before `initial`, as
 * LPS vectors.
 */
export function fieldOfAxes(
  displacements: readonly Float32Array[],
  { shape, spacingMm, originMm, direction }: VolumeGeometry,
  initial: Matrix4,
): DisplacementField {
  const geometry: VolumeGeometry = { shape, spacingMm, originMm, direction };
  const count = voxelCount(shape);
  const toWorld = axesToWorld(geometry);
  const m = compose(initial, toWorld);
  const [depth, height, width] = shape;
  const [dz, dy, dx] = spacingMm;
  const [sx, sy] = [displacements[0]!, displacements[1]!];
  const sz = displacements[2] ?? new Float32Array(count);
  const vectorsMm = new Float32Array(3 * count);
  for (let row = 0; row < 3; row++) {
    const [a, b, c, d] = [m[4 * row]!, m[4 * row + 1]!, m[4 * row + 2]!, m[4 * row + 3]!];
    const [e, f, g, h] = [toWorld[4 * row]!, toWorld[4 * row + 1]!, toWorld[4 * row + 2]!, toWorld[4 * row + 3]!];
    for (let z = 0, i = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const [pz, py] = [z * dz, y * dy];
        // The identity is taken off before the sum: a small motion far from the origin keeps its digits.
        const rest = (b - f) * py + (c - g) * pz + (d - h);
        for (let x = 0; x < width; x++, i++) {
          vectorsMm[row * count + i] = (a - e) * (x * dx) + rest + a * sx[i]! + b * sy[i]! + c * sz[i]!;
        }
      }
    }
  }
  return { geometry, vectorsMm };
}
