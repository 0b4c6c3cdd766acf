import { describe, expect, it } from 'vitest';
import type { CostFunction, Guess, Level } from '../../../src/ml/registration/cost.ts';
import { crossCorrelation } from '../../../src/ml/registration/cross-correlation-cost.ts';
import { localFrameOf } from '../../../src/ml/registration/local-frame.ts';
import { mutualInformationCost } from '../../../src/ml/registration/mutual-information-cost.ts';
import { UNKNOWNS } from '../../../src/ml/registration/normal-equations.ts';
import { squaredDifference } from '../../../src/ml/registration/squared-difference.ts';
import { identityMatrix, rotationOfEuler } from '../../../src/ml/registration/transform.ts';
import { voxelCount } from '../../../src/twins/volume.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';

const oblique = Array.from(rotationOfEuler(0.2, -0.1, 0.3));
const volume = {
  fixed: scanOf(gridOf([6, 14, 16], [9, 6, 5], oblique), { gain: 1 }),
  // Larger than the fixed image, so that no voxel enters or leaves the overlap while derivatives are taken.
  moving: scanOf(gridOf([20, 40, 44], [7, 5, 4.5]), { gain: 1, gamma: 1.4 }),
};
const slice = {
  fixed: scanOf(gridOf([1, 40, 36], [5, 3, 3.5]), { gain: 1 }),
  moving: scanOf(gridOf([1, 90, 80], [5, 2.4, 2.2]), { gain: 1, gamma: 1.4 }),
};
const start: Guess = {
  transform: Float64Array.of(1.02, 0.03, -0.02, 2.1, -0.04, 0.98, 0.01, -1.3, 0.02, -0.01, 1.01, 1.7, 0, 0, 0, 1),
  gain: 0.9,
  offset: 0.05,
};
// No voxel falls exactly between two of the moving image, where interpolation has no derivative.
const inPlane: Guess = {
  ...start,
  transform: Float64Array.of(1.0213, 0.0317, 0, 2.1137, -0.0411, 0.9823, 0, -1.3219, 0, 0, 1, 0, 0, 0, 0, 1),
};

function shifted(guess: Guess, unknown: number, step: number): Guess {
  const transform = guess.transform.slice();
  transform[unknown < 9 ? 4 * Math.floor(unknown / 3) + (unknown % 3) : 4 * (unknown - 9) + 3]! += step;
  return { ...guess, transform };
}

/** Leaves out the voxels whose index a rule names. */
const masked = (level: Level, isLeft: (x: number, y: number) => boolean): Level => {
  const [, height, width] = level.shape;
  return {
    ...level,
    mask: Uint8Array.from({ length: voxelCount(level.shape) }, (_, i) =>
      isLeft(i % width, Math.floor(i / width) % height) ? 0 : 1,
    ),
  };
};

/** The cost, and what its `gradient` is the derivative of per unit of the cost. */
const COSTS: Record<string, readonly [CostFunction, (count: number) => number]> = {
  'squared difference': [squaredDifference, (count) => count / 2],
  'cross-correlation': [crossCorrelation, () => 1],
  'mutual information': [mutualInformationCost, (count) => count],
};
const PAIRS = {
  volumes: { ...volume, guess: start, unknowns: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  slices: { ...slice, guess: inPlane, unknowns: [0, 1, 3, 4, 9, 10] },
} as const;

describe.each(Object.entries(COSTS))('%s', (_, [costOf, scale]) => {
  it.each(Object.entries(PAIRS))('of %s has the gradient that finite differences give', (__, pair) => {
    const { guess, unknowns } = pair;
    for (const [fixed, moving] of [
      [pair.fixed, pair.moving],
      [masked(pair.fixed, (x, y) => x < 4 || y === 7), pair.moving],
    ] as const) {
      const evaluate = costOf(fixed, moving, localFrameOf(fixed));
      const { gradient, count } = evaluate(guess);
      for (const unknown of unknowns) {
        const step = unknown < 9 ? 1e-8 : 1e-7;
        const numeric =
          (evaluate(shifted(guess, unknown, step)).cost - evaluate(shifted(guess, unknown, -step)).cost) / (2 * step);
        const analytic = gradient[unknown]! / scale(count);
        expect(Math.abs(analytic - numeric), `unknown ${unknown}`).toBeLessThan(1e-6 + 2e-3 * Math.abs(numeric));
      }
    }
  });

  it('has a matrix that is symmetric and never curves downwards', () => {
    const { hessian } = costOf(volume.fixed, volume.moving, localFrameOf(volume.fixed))(start);
    for (let row = 0; row < UNKNOWNS; row++) {
      expect(hessian[row * UNKNOWNS + row]).toBeGreaterThanOrEqual(0);
      for (let column = 0; column < row; column++) {
        expect(hessian[row * UNKNOWNS + column]).toBe(hessian[column * UNKNOWNS + row]);
      }
    }
  });

  it('does not see what a mask leaves out, of either image', () => {
    const frame = localFrameOf(slice.fixed);
    const [isLeft, spoilt] = [
      (x: number) => x < 10,
      (level: Level, to: number): Level => {
        const [, , width] = level.shape;
        return { ...level, voxels: level.voxels.map((value, i) => (i % width < to ? 1 - value : value)) };
      },
    ];
    const clean = costOf(masked(slice.fixed, isLeft), slice.moving, frame)(inPlane);
    expect(costOf(masked(spoilt(slice.fixed, 10), isLeft), slice.moving, frame)(inPlane)).toEqual(clean);
    expect(clean.count).toBe(26 * 40);
    // Trilinear interpolation reads one voxel beyond the mask.
    const movingMask = masked(slice.moving, (x) => x < 30);
    const withMask = costOf(slice.fixed, movingMask, frame)(inPlane);
    expect(
      costOf(
        slice.fixed,
        masked(spoilt(slice.moving, 28), (x) => x < 30),
        frame,
      )(inPlane),
    ).toEqual(withMask);
    expect(withMask.count).toBeLessThan(slice.fixed.voxels.length);
  });

  it('has no finite value where less than a quarter of what a mask leaves overlaps', () => {
    const far = identityMatrix();
    far[3] = 500;
    const frame = localFrameOf(volume.fixed);
    const unusable = { cost: Infinity, correlation: -Infinity };
    expect(costOf(volume.fixed, volume.moving, frame)({ ...start, transform: far })).toMatchObject(unusable);
    const nothing = masked(volume.fixed, () => true);
    expect(costOf(nothing, volume.moving, frame)(start)).toMatchObject(unusable);
  });

  it('is least at the truth, among shifts of a voxel', () => {
    const { fixed } = slice;
    const evaluate = costOf(fixed, slice.moving, localFrameOf(fixed));
    const at = (x: number, y: number) => {
      const transform = identityMatrix();
      transform[3] = x;
      transform[7] = y;
      const best = (gain: number, offset: number) => evaluate({ transform, gain, offset });
      // Gain and offset of the least squares, for the cost that has them.
      const { hessian, gradient } = best(0, 0);
      const [ff, f, n] = [hessian[12 * UNKNOWNS + 12]!, hessian[12 * UNKNOWNS + 13]!, hessian[13 * UNKNOWNS + 13]!];
      const determinant = ff * n - f * f;
      const gain = determinant === 0 ? 0 : (-gradient[12]! * n + gradient[13]! * f) / determinant;
      const offset = determinant === 0 ? 0 : (-gradient[13]! * ff + gradient[12]! * f) / determinant;
      return best(gain, offset).cost;
    };
    const truth = at(0, 0);
    for (const [x, y] of [
      [3, 0],
      [-3, 0],
      [0, 3],
      [0, -3],
      [9, -9],
    ] as const) {
      expect(at(x, y), `shifted by ${x}, ${y}`).toBeGreaterThan(truth);
    }
  });
});
