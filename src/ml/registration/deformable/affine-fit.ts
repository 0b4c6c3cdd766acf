import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';
import { centreOf, identityMatrix, type Matrix4 } from '../transform.ts';
import { forEachPoint } from './field-sampler.ts';

/**
 * The affine map nearest to a field in the sense of least squares over its grid. Across an axis of one voxel, along which
 * nothing can be learnt, it does what the identity does.
 */
export function affineFit(field: DisplacementField): Matrix4 {
  const { geometry, vectorsMm } = field;
  const count = voxelCount(geometry.shape);
  const centre = centreOf(geometry);
  // On a full grid the axes are uncorrelated about the centre, so that each slope is a quotient.
  const axes = [2, 1, 0].map((axis, column) => ({
    unit: [0, 1, 2].map((row) => geometry.direction[3 * row + column]!),
    isLong: geometry.shape[axis]! > 1,
  }));
  const slopes = new Float64Array(9);
  const squares = new Float64Array(3);
  const means = new Float64Array(3);
  forEachPoint(geometry, (index, x, y, z) => {
    for (let row = 0; row < 3; row++) {
      means[row]! += vectorsMm[row * count + index]! / count;
    }
    for (let column = 0; column < 3; column++) {
      const { unit } = axes[column]!;
      const along = unit[0]! * (x - centre[0]) + unit[1]! * (y - centre[1]) + unit[2]! * (z - centre[2]);
      squares[column]! += along * along;
      for (let row = 0; row < 3; row++) {
        slopes[3 * row + column]! += along * vectorsMm[row * count + index]!;
      }
    }
  });
  const matrix = identityMatrix();
  for (let row = 0; row < 3; row++) {
    matrix[4 * row + 3] = means[row]!;
    for (let column = 0; column < 3; column++) {
      const { unit, isLong } = axes[column]!;
      const slope = isLong ? slopes[3 * row + column]! / squares[column]! : 0;
      for (let k = 0; k < 3; k++) {
        matrix[4 * row + k]! += slope * unit[k]!;
        matrix[4 * row + 3]! -= slope * unit[k]! * centre[k]!;
      }
    }
  }
  return matrix;
}
