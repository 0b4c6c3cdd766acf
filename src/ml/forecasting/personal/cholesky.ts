/**
 * Cholesky factors of small symmetric positive definite matrices in float64, row-major [n,n] in plain arrays, only the lower
 * triangle read and written. `at` is the place of the first element.
 */

/** Replaces A by its factor L, A = L L'. @returns ln |A|, or NaN where A is not positive definite. */
export function factorise(a: Float64Array, n: number, at = 0): number {
  let product = 1;
  let logarithm = 0;
  for (let row = 0; row < n; row += 1) {
    const r = at + row * n;
    for (let column = 0; column < row; column += 1) {
      const c = at + column * n;
      let sum = a[r + column]!;
      for (let k = 0; k < column; k += 1) sum -= a[r + k]! * a[c + k]!;
      // The diagonal holds reciprocals until the end: divisions are slow.
      a[r + column] = sum * a[c + column]!;
    }
    let square = a[r + row]!;
    for (let k = 0; k < row; k += 1) square -= a[r + k]! * a[r + k]!;
    if (!(square > 0)) return NaN;
    product *= square;
    if (!(product > 1e-200 && product < 1e200)) {
      logarithm += Math.log(product);
      product = 1;
    }
    a[r + row] = 1 / Math.sqrt(square);
  }
  return logarithm + Math.log(product);
}

/** Solves L y = x in place. @param l a factor of {@link factorise}, whose diagonal holds reciprocals. */
export function solveLower(l: Float64Array, n: number, x: Float64Array, at = 0): void {
  for (let row = 0; row < n; row += 1) {
    const r = at + row * n;
    let sum = x[row]!;
    for (let k = 0; k < row; k += 1) sum -= l[r + k]! * x[k]!;
    x[row] = sum * l[r + row]!;
  }
}

/** Solves L' z = y in place. */
export function solveUpper(l: Float64Array, n: number, x: Float64Array, at = 0): void {
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = x[row]!;
    for (let k = row + 1; k < n; k += 1) sum -= l[at + k * n + row]! * x[k]!;
    x[row] = sum * l[at + row * n + row]!;
  }
}

/** Writes the whole of A^-1, both triangles, to `inverse`. @param l the factor; it is turned into L^-1. */
export function invertFactor(l: Float64Array, n: number, inverse: Float64Array, at = 0): void {
  for (let column = 0; column < n; column += 1) {
    for (let row = column + 1; row < n; row += 1) {
      const r = at + row * n;
      let sum = l[r + column]! * l[at + column * n + column]!;
      for (let k = column + 1; k < row; k += 1) sum += l[r + k]! * l[at + k * n + column]!;
      l[r + column] = -sum * l[r + row]!;
    }
  }
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = 0;
      for (let k = row; k < n; k += 1) sum += l[at + k * n + row]! * l[at + k * n + column]!;
      inverse[row * n + column] = sum;
      inverse[column * n + row] = sum;
    }
  }
}

/** L of A = L L' with its true diagonal and zeros above, for sampling; null where A is not positive definite. */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array | null {
  const l = Float64Array.from(matrix);
  if (Number.isNaN(factorise(l, n))) return null;
  for (let row = 0; row < n; row += 1) {
    l[row * n + row] = 1 / l[row * n + row]!;
    for (let column = row + 1; column < n; column += 1) l[row * n + column] = 0;
  }
  return l;
}

/** x with A x = b. @returns null where A is not positive definite. */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  const l = Float64Array.from(matrix);
  if (Number.isNaN(factorise(l, n))) return null;
  const x = Float64Array.from(right);
  solveLower(l, n, x);
  solveUpper(l, n, x);
  return x;
}
