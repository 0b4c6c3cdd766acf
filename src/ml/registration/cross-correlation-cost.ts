import type { CostFunction } from './cost.ts';
import { GAIN, OFFSET, UNKNOWNS } from './normal-equations.ts';
import { squaredDifference } from './squared-difference.ts';

/**
 * 1 - Pearson's correlation of the overlapping voxels, 0..2: half the squared distance of the two images after each lost
 * its mean and was brought to length 1, for which `hessian` is the Gauss-Newton matrix. Unlike squared differences it does
 * not reward an overlap of low contrast. All its sums are among those of the squared differences without gain and offset.
 */
export const crossCorrelation: CostFunction = (fixed, moving, frame) => {
  const sumsAt = squaredDifference(fixed, moving, frame);
  return ({ transform }) => {
    const sums = sumsAt({ transform, gain: 0, offset: 0 });
    const { count, correlation } = sums;
    const hessian = new Float64Array(UNKNOWNS * UNKNOWNS);
    const gradient = new Float64Array(UNKNOWNS);
    const ofGain = (unknown: number) => sums.hessian[GAIN * UNKNOWNS + unknown]!;
    const ofOffset = (unknown: number) => sums.hessian[OFFSET * UNKNOWNS + unknown]!;
    if (!Number.isFinite(correlation)) {
      return { ...sums, cost: Infinity };
    }
    const meanF = ofOffset(GAIN) / count;
    const meanM = -sums.gradient[OFFSET]! / count;
    const lengthF = Math.sqrt(ofGain(GAIN) - count * meanF * meanF);
    const squareM = sums.cost * count - count * meanM * meanM;
    const lengthM = Math.sqrt(squareM);
    // Per unknown: the sum of the gradient, and of its products with each image after the mean is taken off.
    const sumG = (unknown: number) => -ofOffset(unknown);
    const sumFG = (unknown: number) => -ofGain(unknown) - meanF * sumG(unknown);
    const sumMG = (unknown: number) => sums.gradient[unknown]! - meanM * sumG(unknown);
    for (let row = 0; row < GAIN; row++) {
      gradient[row] = (correlation * sumMG(row)) / squareM - sumFG(row) / (lengthF * lengthM);
      for (let column = 0; column < GAIN; column++) {
        hessian[row * UNKNOWNS + column] =
          (sums.hessian[row * UNKNOWNS + column]! -
            (sumG(row) * sumG(column)) / count -
            (sumMG(row) * sumMG(column)) / squareM) /
          squareM;
      }
    }
    return { cost: 1 - correlation, hessian, gradient, count, correlation };
  };
};
