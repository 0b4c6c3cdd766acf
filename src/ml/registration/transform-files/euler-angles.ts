import { DomainError } from '../../../errors.ts';
import { compose, identityMatrix, type Matrix4 } from '../transform.ts';

/** How far from a rotation a matrix may be that is written as one. */
const TOLERANCE = 1e-6;

/**
 * Angles in radians of a rotation: one in two dimensions; x, y, z of R = Rz Rx Ry in three, the order of ITK's
 * Euler3DTransform.
 * @throws {DomainError} INVALID_INPUT when the matrix is not a rotation.
 */
export function anglesOf(matrix: Matrix4, dimension: 2 | 3): readonly number[] {
  const angles =
    dimension === 2
      ? [Math.atan2(matrix[4]!, matrix[0]!)]
      : [
          Math.asin(Math.max(-1, Math.min(1, matrix[9]!))),
          Math.atan2(-matrix[8]!, matrix[10]!),
          Math.atan2(-matrix[1]!, matrix[5]!),
        ];
  const rotation = rotationOf(angles, dimension, false);
  for (const index of [0, 1, 2, 4, 5, 6, 8, 9, 10]) {
    if (Math.abs(rotation[index]! - matrix[index]!) > TOLERANCE) {
      throw new DomainError('INVALID_INPUT', 'The transform is not rigid; write it as an affine one.', {
        field: 'isRigid',
      });
    }
  }
  return angles;
}

/** The rotation of angles; `isZyx`: R = Rz Ry Rx instead of Rz Rx Ry. */
export function rotationOf(angles: readonly number[], dimension: 2 | 3, isZyx: boolean): Matrix4 {
  const about = (axis: 0 | 1 | 2, angle: number): Matrix4 => {
    const out = identityMatrix();
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    out[4 * a + a] = out[4 * b + b] = Math.cos(angle);
    out[4 * a + b] = -Math.sin(angle);
    out[4 * b + a] = Math.sin(angle);
    return out;
  };
  if (dimension === 2) {
    return about(2, angles[0]!);
  }
  const [x, y, z] = [about(0, angles[0]!), about(1, angles[1]!), about(2, angles[2]!)];
  return isZyx ? compose(z, compose(y, x)) : compose(z, compose(x, y));
}
