/**
 * Mean of z z' over rows z = [features..., y] as its lower triangle, row by row. Sums in float64.
 * @param columns one array of equal length per element of z, the change y last.
 */
export function lowerMoments(columns: readonly ArrayLike<number>[]): number[] {
  const rows = columns[0]!.length;
  return columns.flatMap((left, a) =>
    columns.slice(0, a + 1).map((right) => {
      let sum = 0;
      for (let row = 0; row < rows; row += 1) sum += left[row]! * right[row]!;
      return sum / rows;
    }),
  );
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
