import { FaultError } from '../../errors.ts';

/**
 * Solves A x = b for a symmetric positive definite A by Cholesky factorisation, in float64.
 * @param matrix A, row-major [n,n]; only the lower triangle is read. Left as it is.
 * @throws {FaultError} where A is not positive definite in float64.
 */
export function solvePositiveDefinite(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const factor = Float64Array.from(matrix);
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = factor[row * n + column]!;
      for (let k = 0; k < column; k += 1) sum -= factor[row * n + k]! * factor[column * n + k]!;
      if (row !== column) {
        factor[row * n + column] = sum / factor[column * n + column]!;
      } else if (sum > 0) {
        factor[row * n + row] = Math.sqrt(sum);
      } else {
        throw new FaultError(`a matrix of size ${n} is not positive definite`);
      }
    }
  }
  const solution = Float64Array.from(right);
  for (let row = 0; row < n; row += 1) {
    for (let k = 0; k < row; k += 1) solution[row]! -= factor[row * n + k]! * solution[k]!;
    solution[row]! /= factor[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < n; k += 1) solution[row]! -= factor[k * n + row]! * solution[k]!;
    solution[row]! /= factor[row * n + row]!;
  }
  return solution;
}

/**
 * Ridge regression without intercept from its normal equations: minimises |y - X w|^2 + strength * sum_j G_jj w_j^2, that
 * is, the usual penalty on features scaled to equal size, so that the answer does not depend on their units (Hoerl &
 * Kennard, Technometrics 12(1), 1970, on the correlation form). A feature that never differs from 0 gets the weight 0.
 * @param gram X'X, row-major [p,p]. @param moment X'y, [p]. @param strength above 0, relative to the data.
 */
export function solveRidge(gram: Float64Array, moment: Float64Array, strength: number): Float64Array {
  const p = moment.length;
  const present: number[] = [];
  const scales: number[] = [];
  for (let j = 0; j < p; j += 1) {
    const square = gram[j * p + j]!;
    if (square > 0) {
      present.push(j);
      scales.push(Math.sqrt(square));
    }
  }
  const size = present.length;
  const correlation = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let a = 0; a < size; a += 1) {
    right[a] = moment[present[a]!]! / scales[a]!;
    for (let b = 0; b < size; b += 1) {
      const value = gram[present[a]! * p + present[b]!]! / (scales[a]! * scales[b]!);
      correlation[a * size + b] = a === b ? 1 + strength : value;
    }
  }
  const solution = solvePositiveDefinite(correlation, right);
  const weights = new Float64Array(p);
  for (let a = 0; a < size; a += 1) weights[present[a]!] = solution[a]! / scales[a]!;
  return weights;
}
