import { indexToWorld, transformPoint } from '../../src/ml/registration/transform.ts';
import type { DisplacementField, RegistrationResult } from '../../src/twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../src/twins/volume.ts';

/** The whole map of a result on the grid of the fixed image, also where nothing was deformed. */
export function displacementFieldOf(
  { field, transform }: RegistrationResult,
  { shape, spacingMm, originMm, direction }: VolumeGeometry,
): DisplacementField {
  if (field !== null) return field;
  const geometry: VolumeGeometry = { shape, spacingMm, originMm, direction };
  const [depth, height, width] = shape;
  const count = voxelCount(shape);
  const toWorld = indexToWorld(geometry);
  const matrix = Float64Array.from(transform.matrix);
  const vectorsMm = new Float32Array(3 * count);
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const point = transformPoint(toWorld, x, y, z);
        const mapped = transformPoint(matrix, ...point);
        for (let axis = 0; axis < 3; axis++) vectorsMm[axis * count + i] = mapped[axis]! - point[axis]!;
      }
    }
  }
  return { geometry, vectorsMm };
}
