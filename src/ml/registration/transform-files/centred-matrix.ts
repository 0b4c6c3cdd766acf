import { DomainError } from '../../../errors.ts';
import { identityMatrix, type Matrix4 } from '../transform.ts';

/** The linear part, row-major, and the translation of a matrix in 2 or 3 dimensions. */
export function partsOf(
  matrix: Matrix4,
  dimension: 2 | 3,
): { readonly linear: readonly number[]; readonly translation: readonly number[] } {
  const rows = dimension === 2 ? [0, 1] : [0, 1, 2];
  return {
    linear: rows.flatMap((row) => rows.map((column) => matrix[4 * row + column]!)),
    translation: rows.map((row) => matrix[4 * row + 3]!),
  };
}

/**
 * The matrix of x -> A (x - c) + t + c, as ITK and elastix write one.
 * @throws {DomainError} INVALID_INPUT when the numbers are too few, too many or not numbers.
 */
export function matrixOfParts(
  linear: readonly number[],
  translation: readonly number[],
  centre: readonly number[],
  dimension: 2 | 3,
): Matrix4 {
  if (
    linear.length !== dimension ** 2 ||
    translation.length !== dimension ||
    centre.length !== dimension ||
    ![...linear, ...translation, ...centre].every(Number.isFinite)
  ) {
    throw new DomainError(
      'INVALID_INPUT',
      `The transform needs ${dimension ** 2} numbers of a matrix, ${dimension} of a translation and ${dimension} of a centre.`,
      { field: 'TransformParameters' },
    );
  }
  const matrix = identityMatrix();
  for (let row = 0; row < dimension; row++) {
    const a = linear.slice(dimension * row, dimension * (row + 1));
    matrix.set(a, 4 * row);
    matrix[4 * row + 3] = a.reduce((sum, value, k) => sum - value * centre[k]!, translation[row]! + centre[row]!);
  }
  return matrix;
}

/** As many zeros as there are dimensions. */
export const zeros = (dimension: 2 | 3): number[] => Array.from({ length: dimension }, () => 0);

/** The matrix that changes nothing, row-major. */
export const unitMatrix = (dimension: 2 | 3): number[] =>
  Array.from({ length: dimension ** 2 }, (_, k) => (k % (dimension + 1) === 0 ? 1 : 0));
