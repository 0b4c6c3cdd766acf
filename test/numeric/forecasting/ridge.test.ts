import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../src/errors.ts';
import { solvePositiveDefinite, solveRidge } from '../../../src/ml/forecasting/ridge.ts';

const square = (rows: readonly (readonly number[])[], p: number): Float64Array =>
  Float64Array.from({ length: p * p }, (_, at) =>
    rows.reduce((sum, row) => sum + row[Math.floor(at / p)]! * row[at % p]!, 0),
  );

describe('ridge regression', () => {
  it('solves positive definite systems', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, number), { minLength: 3, maxLength: 9 }),
        fc.tuple(number, number, number),
        (rows, solution) => {
          const matrix = square([...rows, [1, 0, 0], [0, 1, 0], [0, 0, 1]], 3);
          const right = Float64Array.from([0, 1, 2], (r) =>
            solution.reduce((sum, x, c) => sum + matrix[r * 3 + c]! * x, 0),
          );
          const found = solvePositiveDefinite(matrix, right);
          found.forEach((value, index) => expect(value).toBeCloseTo(solution[index]!, 8));
        },
      ),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(FaultError);
  });

  it('does not depend on the unit of a feature', () => {
    const rows = [
      [1, 2],
      [2, -1],
      [0.5, 3],
    ];
    const scaled = rows.map(([a, b]) => [a!, 1000 * b!]);
    const y = [1, 2, 3];
    const momentOf = (x: readonly (readonly number[])[]): Float64Array =>
      Float64Array.from([0, 1], (j) => x.reduce((sum, row, i) => sum + row[j]! * y[i]!, 0));
    const plain = solveRidge(square(rows, 2), momentOf(rows), 0.1);
    const inOtherUnit = solveRidge(square(scaled, 2), momentOf(scaled), 0.1);
    expect(inOtherUnit[0]).toBeCloseTo(plain[0]!, 12);
    expect(inOtherUnit[1]! * 1000).toBeCloseTo(plain[1]!, 12);
  });

  it('gives a feature that never occurs no weight', () => {
    expect([...solveRidge(Float64Array.of(4, 0, 0, 0), Float64Array.of(8, 0), 1e-9)][1]).toBe(0);
  });
});
