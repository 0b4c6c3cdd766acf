import { DomainError } from '../../../errors.ts';
import { identityMatrix, invert } from '../transform.ts';

/** Where the control points of a cubic B-spline lie: x first, in as many dimensions as there are sizes. */
export interface SplineGrid {
  readonly size: readonly number[];
  readonly spacingMm: readonly number[];
  /** LPS position of the first control point. */
  readonly originMm: readonly number[];
  /** Row-major; its columns are the directions of the axes. */
  readonly direction: readonly number[];
}

const MOST_POINTS = 2 ** 24;

/**
 * A grid of the numbers that a file states.
 * @throws {DomainError} INVALID_INPUT when they do not make one or do not fit the number of coefficients.
 */
export function checkedSplineGrid(grid: SplineGrid, dimension: 2 | 3, coefficients: number): SplineGrid {
  const { size, spacingMm, originMm, direction } = grid;
  const invalid = (what: string) =>
    new DomainError('INVALID_INPUT', `The spline grid of the transform ${what}.`, { field: 'GridSize' });
  if (
    [size, spacingMm, originMm].some((numbers) => numbers.length !== dimension) ||
    direction.length !== dimension ** 2
  ) {
    throw invalid(`is not one of ${dimension} dimensions`);
  }
  if (![...size, ...spacingMm, ...originMm, ...direction].every(Number.isFinite)) {
    throw invalid('has values that are not numbers');
  }
  if (!size.every((length) => Number.isInteger(length) && length >= 4) || !spacingMm.every((spacing) => spacing > 0)) {
    throw invalid('needs at least 4 points along each axis and positive spacings');
  }
  const points = size.reduce((product, length) => product * length, 1);
  if (points > MOST_POINTS || points * dimension !== coefficients) {
    throw invalid(`has ${points} points of ${dimension} coefficients, but ${coefficients} are given`);
  }
  return grid;
}

/**
 * Adds the spline to a point in place. Outside the region where all four control points of each axis exist it adds nothing,
 * as in ITK.
 */
export function splineMap(
  { size, spacingMm, originMm, direction }: SplineGrid,
  coefficients: Float64Array,
  dimension: 2 | 3,
): (point: Float64Array) => void {
  const toWorld = identityMatrix();
  for (let row = 0; row < dimension; row++) {
    for (let axis = 0; axis < dimension; axis++) {
      toWorld[4 * row + axis] = direction[dimension * row + axis]! * spacingMm[axis]!;
    }
    toWorld[4 * row + 3] = originMm[row]!;
  }
  const m = invert(toWorld);
  const points = size.reduce((product, length) => product * length, 1);
  const [nx, ny] = [size[0]!, size[1]!];
  const weights = [0, 1, 2].map(() => new Float64Array(4)) as [Float64Array, Float64Array, Float64Array];
  const first = new Int32Array(3);
  const layers = dimension === 3 ? 4 : 1;
  weights[2][0] = 1;
  return (point) => {
    const [x, y, z] = [point[0]!, point[1]!, dimension === 3 ? point[2]! : 0];
    for (let axis = 0; axis < dimension; axis++) {
      const position = m[4 * axis]! * x + m[4 * axis + 1]! * y + m[4 * axis + 2]! * z + m[4 * axis + 3]!;
      const cell = Math.floor(position);
      if (!(cell >= 1 && cell < size[axis]! - 2)) {
        return;
      }
      const t = position - cell;
      const s = 1 - t;
      first[axis] = cell - 1;
      weights[axis]![0] = (s * s * s) / 6;
      weights[axis]![1] = (4 - 3 * t * t * (2 - t)) / 6;
      weights[axis]![2] = (4 - 3 * s * s * (2 - s)) / 6;
      weights[axis]![3] = (t * t * t) / 6;
    }
    for (let row = 0; row < dimension; row++) {
      let sum = 0;
      for (let k = 0; k < layers; k++) {
        for (let j = 0; j < 4; j++) {
          const from = row * points + ((first[2]! + k) * ny + first[1]! + j) * nx + first[0]!;
          const weight = weights[2][k]! * weights[1][j]!;
          for (let i = 0; i < 4; i++) {
            sum += weight * weights[0][i]! * coefficients[from + i]!;
          }
        }
      }
      point[row]! += sum;
    }
  };
}
