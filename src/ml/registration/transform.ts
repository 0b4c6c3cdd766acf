import type { VolumeGeometry } from '../../twins/volume.ts';

/** 4x4 matrix, row-major, last row 0 0 0 1: maps points of one space to another. */
export type Matrix4 = Float64Array;

/** The transform that moves nothing. */
export const identityMatrix = (): Matrix4 => Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

/** The matrix that applies `second` to what `first` gives. */
export function compose(second: Matrix4, first: Matrix4): Matrix4 {
  const out = new Float64Array(16);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        sum += second[4 * row + k]! * first[4 * k + column]!;
      }
      out[4 * row + column] = sum;
    }
  }
  return out;
}

/** Determinant of the linear part: the change of volume; negative when it mirrors. */
export function determinantOf(m: Matrix4): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[1]! * (m[4]! * m[10]! - m[6]! * m[8]!) +
    m[2]! * (m[4]! * m[9]! - m[5]! * m[8]!)
  );
}

/** @throws {RangeError} when the matrix is singular. */
export function invert(m: Matrix4): Matrix4 {
  const determinant = determinantOf(m);
  if (determinant === 0 || !Number.isFinite(determinant)) {
    throw new RangeError(`a transform with determinant ${determinant} has no inverse`);
  }
  const out = identityMatrix();
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const r1 = 4 * ((column + 1) % 3);
      const r2 = 4 * ((column + 2) % 3);
      const c1 = (row + 1) % 3;
      const c2 = (row + 2) % 3;
      out[4 * row + column] = (m[r1 + c1]! * m[r2 + c2]! - m[r1 + c2]! * m[r2 + c1]!) / determinant;
    }
  }
  for (let row = 0; row < 3; row++) {
    out[4 * row + 3] = -(out[4 * row]! * m[3]! + out[4 * row + 1]! * m[7]! + out[4 * row + 2]! * m[11]!);
  }
  return out;
}

/** Where the matrix puts a point. */
export function transformPoint(m: Matrix4, x: number, y: number, z: number): [x: number, y: number, z: number] {
  return [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
}

/** From voxel index (x column, y row, z slice) to LPS mm (DICOM PS3.3 C.7.6.2.1.1). */
export function indexToWorld({ spacingMm, originMm, direction }: VolumeGeometry): Matrix4 {
  const out = identityMatrix();
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      out[4 * row + column] = direction[3 * row + column]! * spacingMm[2 - column]!;
    }
    out[4 * row + 3] = originMm[row]!;
  }
  return out;
}

/** The LPS position of the centre of the grid. */
export function centreOf(geometry: VolumeGeometry): [x: number, y: number, z: number] {
  const [depth, height, width] = geometry.shape;
  return transformPoint(indexToWorld(geometry), (width - 1) / 2, (height - 1) / 2, (depth - 1) / 2);
}

/** Rotation by `x`, then `y`, then `z` radians about the fixed axes: Rz Ry Rx, 3x3 row-major. */
export function rotationOfEuler(x: number, y: number, z: number): Float64Array {
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  return Float64Array.of(
    cz * cy,
    cz * sy * sx - sz * cx,
    cz * sy * cx + sz * sx,
    sz * cy,
    sz * sy * sx + cz * cx,
    sz * sy * cx - cz * sx,
    -sy,
    cy * sx,
    cy * cx,
  );
}
