import type { TransformList } from 'itk-wasm';
import { compose, identityMatrix, type Matrix4 } from '../transform.ts';

/**
 * The matrix of a list of ITK's global transforms, of which the last comes first: T(x) = A (x - c) + c + t with the centre c
 * (ITK, MatrixOffsetTransformBase). Those of a plane leave z alone. Null where one is of another kind.
 */
export function matrixOfTransforms(transforms: TransformList): Matrix4 | null {
  let whole = identityMatrix();
  for (const { transformType, parameters, fixedParameters } of transforms) {
    const kind = transformType.transformParameterization;
    if (kind === 'Composite') {
      continue;
    }
    const single = matrixOf(kind, Array.from(parameters, Number), Array.from(fixedParameters, Number));
    if (single === null) {
      return null;
    }
    whole = compose(whole, single);
  }
  return whole;
}

function matrixOf(kind: string, parameters: readonly number[], fixedParameters: readonly number[]): Matrix4 | null {
  if (kind === 'Euler2D') {
    const [angle = 0, ...shift] = parameters;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return aboutCentre([c, -s, s, c], shift, fixedParameters, 2);
  }
  if (kind === 'Euler3D') {
    const [x = 0, y = 0, z = 0, ...shift] = parameters;
    return aboutCentre(rotationOf(x, y, z, fixedParameters[3] === 1), shift, fixedParameters, 3);
  }
  if (kind === 'Affine') {
    const dimension = parameters.length === 6 ? 2 : 3;
    const linear = dimension * dimension;
    return aboutCentre(parameters.slice(0, linear), parameters.slice(linear), fixedParameters, dimension);
  }
  return null;
}

function aboutCentre(
  linear: readonly number[],
  shift: readonly number[],
  centre: readonly number[],
  dimension: 2 | 3,
): Matrix4 {
  const out = identityMatrix();
  for (let row = 0; row < dimension; row++) {
    let offset = shift[row]! + centre[row]!;
    for (let column = 0; column < dimension; column++) {
      const value = linear[dimension * row + column]!;
      out[4 * row + column] = value;
      offset -= value * centre[column]!;
    }
    out[4 * row + 3] = offset;
  }
  return out;
}

/** ITK's Euler3DTransform turns Rz Rx Ry, or Rz Ry Rx where its fourth fixed parameter says so; 3x3 row-major. */
function rotationOf(x: number, y: number, z: number, isZyx: boolean): number[] {
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  const rx = [1, 0, 0, 0, cx, -sx, 0, sx, cx];
  const ry = [cy, 0, sy, 0, 1, 0, -sy, 0, cy];
  const rz = [cz, -sz, 0, sz, cz, 0, 0, 0, 1];
  return isZyx ? times(times(rz, ry), rx) : times(times(rz, rx), ry);
}

const times = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((_, k) => {
    const [row, column] = [Math.floor(k / 3), k % 3];
    return [0, 1, 2].reduce((sum, i) => sum + a[3 * row + i]! * b[3 * i + column]!, 0);
  });
