/**
 * Mean of f f' over rows f as its lower triangle, row by row. Sums in float64.
 * @param columns one array of equal length, at least 1, per element of f.
 */
export const lowerMoments = (columns: readonly ArrayLike<number>[]): number[] =>
  columns.flatMap((left, index) => columns.slice(0, index + 1).map((right) => meanProduct(left, right)));

/** Mean of a b over rows. */
export function meanProduct(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const rows = left.length;
  // Two sums, because one would make every addition wait for the one before.
  let even = 0;
  let odd = 0;
  for (let row = 0; row < rows - 1; row += 2) {
    even += left[row]! * right[row]!;
    odd += left[row + 1]! * right[row + 1]!;
  }
  if (rows % 2 === 1) even += left[rows - 1]! * right[rows - 1]!;
  return (even + odd) / rows;
}

/** The whole symmetric matrix, row-major, of a lower triangle. */
export function symmetricOf(lower: readonly number[], size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let row = 0, index = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1, index += 1) {
      matrix[row * size + column] = lower[index]!;
      matrix[column * size + row] = lower[index]!;
    }
  }
  return matrix;
}
