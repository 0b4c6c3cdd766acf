import { mixtureCdf, type PredictiveMixture } from '../../src/ml/forecasting/personal/predictive-mixture.ts';

/** Levels that intervals are checked at. */
export const COVERAGE_LEVELS = [0.5, 0.8, 0.9, 0.95] as const;

/** Counts how often the central intervals of predictive distributions hold what came. */
export interface CoverageCount {
  readonly within: number[];
  count: number;
}

/** Nothing counted yet. */
export const noCoverage = (): CoverageCount => ({ within: COVERAGE_LEVELS.map(() => 0), count: 0 });

/** Counts one value. */
export function countCoverage(coverage: CoverageCount, distribution: PredictiveMixture, truth: number): void {
  const off = 2 * Math.abs(mixtureCdf(distribution, truth) - 0.5);
  COVERAGE_LEVELS.forEach((level, k) => (coverage.within[k]! += Number(off < level)));
  coverage.count += 1;
}
