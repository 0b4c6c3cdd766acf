import { describe, expect, it } from 'vitest';
import { levenbergMarquardt, solve } from '../../../src/ml/registration/levenberg-marquardt.ts';
import { localFrameOf } from '../../../src/ml/registration/local-frame.ts';
import { affineMotion } from '../../../src/ml/registration/motion-model.ts';
import { UNKNOWNS } from '../../../src/ml/registration/normal-equations.ts';
import type { Guess } from '../../../src/ml/registration/cost.ts';
import { squaredDifference } from '../../../src/ml/registration/squared-difference.ts';
import { identityMatrix, rotationOfEuler } from '../../../src/ml/registration/transform.ts';
import { gridOf, randomOf, scanOf } from '../../support/synthetic-anatomy.ts';

const oblique = Array.from(rotationOfEuler(0.2, -0.1, 0.3));
const fixed = scanOf(gridOf([6, 14, 16], [9, 6, 5], oblique), { gain: 1 });
// Larger than the fixed image, so that no voxel enters or leaves the overlap while derivatives are taken.
const moving = scanOf(gridOf([20, 40, 44], [7, 5, 4.5]), { seed: 1, gain: 1, gamma: 1.2 });
const evaluate = squaredDifference(fixed, moving, localFrameOf(fixed));

const start: Guess = {
  transform: Float64Array.of(1.02, 0.03, -0.02, 2.1, -0.04, 0.98, 0.01, -1.3, 0.02, -0.01, 1.01, 1.7, 0, 0, 0, 1),
  gain: 0.9,
  offset: 0.05,
};

function shifted(guess: Guess, unknown: number, step: number): Guess {
  if (unknown === 12) {
    return { ...guess, gain: guess.gain + step };
  }
  if (unknown === 13) {
    return { ...guess, offset: guess.offset + step };
  }
  const transform = guess.transform.slice();
  transform[unknown < 9 ? 4 * Math.floor(unknown / 3) + (unknown % 3) : 4 * (unknown - 9) + 3]! += step;
  return { ...guess, transform };
}

const sumOf = (guess: Guess): number => {
  const { cost, count } = evaluate(guess);
  return cost * count;
};

describe('squared difference', () => {
  it('has the gradient that finite differences give, by all 14 unknowns', () => {
    const { gradient } = evaluate(start);
    for (let unknown = 0; unknown < UNKNOWNS; unknown++) {
      const step = unknown < 9 ? 1e-7 : 1e-6;
      const numeric = (sumOf(shifted(start, unknown, step)) - sumOf(shifted(start, unknown, -step))) / (2 * step);
      expect(2 * gradient[unknown]!).toBeCloseTo(numeric, 3);
    }
  });

  it('has the Gauss-Newton matrix that the gradients of the residual give', () => {
    // With r linear in gain and offset, d(gradient)/d(gain) is a column of J^T J, exactly.
    const { hessian } = evaluate({ ...start, gain: 0, offset: 0 });
    const base = evaluate({ ...start, gain: 0, offset: 0 }).gradient;
    const byGain = evaluate({ ...start, gain: 1, offset: 0 }).gradient;
    const byOffset = evaluate({ ...start, gain: 0, offset: 1 }).gradient;
    for (let k = 0; k < UNKNOWNS; k++) {
      expect(hessian[k * UNKNOWNS + 12]).toBeCloseTo(byGain[k]! - base[k]!, 6);
      expect(hessian[k * UNKNOWNS + 13]).toBeCloseTo(byOffset[k]! - base[k]!, 6);
      for (let j = 0; j < k; j++) {
        expect(hessian[k * UNKNOWNS + j]).toBe(hessian[j * UNKNOWNS + k]);
      }
    }
  });

  it('has a matrix whose step lands on the minimum of a nearly linear problem', () => {
    const same = squaredDifference(moving, moving, localFrameOf(moving));
    const near = identityMatrix();
    near[3] = 0.4;
    near[1] = 0.004;
    const found = levenbergMarquardt(
      same,
      affineMotion(false),
      { transform: near, gain: 1, offset: 0 },
      {
        iterations: 12,
        tolerance: 0,
      },
    );
    identityMatrix().forEach((value, k) => expect(found.transform[k]).toBeCloseTo(value, k % 4 === 3 ? 3 : 5));
  });

  it('has no finite cost where less than a quarter overlaps', () => {
    const far = identityMatrix();
    far[3] = 500;
    expect(evaluate({ transform: far, gain: 1, offset: 0 })).toMatchObject({ cost: Infinity, correlation: -Infinity });
  });

  it('reports the correlation of the overlap, whatever gain is tried', () => {
    const identical = squaredDifference(fixed, fixed, localFrameOf(fixed));
    for (const gain of [1, 0.3, -2]) {
      expect(identical({ transform: identityMatrix(), gain, offset: 0.1 }).correlation).toBeCloseTo(1, 9);
    }
  });
});

describe('linear solver', () => {
  it('solves what needs pivoting, and steps nowhere along a direction without slope', () => {
    const random = randomOf(9);
    const matrix = Float64Array.from({ length: 25 }, random);
    matrix[0] = 0;
    const expected = [1, -2, 3, -4, 5];
    const right = Float64Array.from(expected, (_, row) =>
      expected.reduce((sum, value, column) => sum + matrix[5 * row + column]! * value, 0),
    );
    solve(matrix, right, 5).forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 9));
    expect([...solve(Float64Array.of(2, 0, 0, 0), Float64Array.of(4, 0), 2)]).toEqual([2, 0]);
  });
});
