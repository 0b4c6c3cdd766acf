import { describe, expect, test } from 'vitest';
import { scoreImage } from '../../../evaluate/image-series/image-scores.ts';
import {
  type HorizonBins,
  rmseRatio,
  scoreRows,
  scoreSubject,
  SERIES_BASELINES,
} from '../../../evaluate/image-series/experiment.ts';
import type { ImageSeries, SeriesTask } from '../../../src/ml/training/image-series.ts';
import { randomArray } from '../../support/random-array.ts';

const SHAPE = [1, 16, 16] as const;
const last = randomArray(256, 1, 0.3).map((x) => 0.5 + x);
const truth = last.map((x, k) => x + (k % 3 === 0 ? 0.2 : 0.001));

describe('a score of a predicted image', () => {
  test('is 2 in Delta-RMAE for copying, 0 for the truth, and 2/3 for half of the change', () => {
    const ratio = (image: Float32Array): number => {
      const { changeError, change } = scoreImage(image, { last, truth, shape: SHAPE });
      return changeError / change;
    };
    expect(ratio(last)).toBeCloseTo(2, 5);
    expect(ratio(truth)).toBe(0);
    expect(ratio(last.map((x, k) => (x + truth[k]!) / 2))).toBeCloseTo(2 / 3, 4);
  });

  test('has no correlation where nothing is predicted, and 1 for the truth', () => {
    expect(scoreImage(last, { last, truth, shape: SHAPE }).correlation).toBeNull();
    const score = scoreImage(truth, { last, truth, shape: SHAPE });
    expect(score.correlation).toBeCloseTo(1, 5);
    expect(score.ssim).toBeCloseTo(1, 5);
    expect(score.squaredError).toBe(0);
  });
});

describe('an experiment on series', () => {
  const BINS: HorizonBins = [
    { name: 'near', until: 1 },
    { name: 'far', until: Infinity },
  ];
  /** Pixels that rise evenly with the days. */
  const series = (key: string): ImageSeries => ({
    key,
    images: [0, 1, 2, 3, 5].map((day) => ({ day, image: last.map((x) => x + 0.05 * day), values: [] })),
  });
  const tasks: SeriesTask[] = ['a', 'b'].flatMap((key) => [
    { series: series(key), known: [0, 1, 2], target: 3, plan: [] },
    { series: series(key), known: [0, 1, 2], target: 4, plan: [] },
  ]);
  const scores = Object.entries(SERIES_BASELINES).flatMap(([subject, of]) =>
    scoreSubject(subject, tasks, tasks.map(of), BINS, SHAPE),
  );

  test('compares subjects by range of horizons: what rises evenly is extrapolated within its bounds', () => {
    expect(rmseRatio(scores, 'linear extrapolation', 'last image', 'near')).toBeLessThan(1e-3);
    expect(rmseRatio(scores, 'linear extrapolation', 'last image', 'far')).toBeCloseTo(1 / 3, 2);
    expect(rmseRatio(scores, 'mean of history', 'last image', 'near')).toBeCloseTo(2, 4);
  });

  test('has a row of every measure with its interval', () => {
    const rows = scoreRows('', scores).filter(({ subject }) => subject === 'last image');
    expect(rows.map(({ case: bin, metric }) => `${bin} ${metric}`)).toEqual([
      'near NRMSE',
      'near PSNR',
      'near SSIM',
      'near Delta-RMAE',
      'far NRMSE',
      'far PSNR',
      'far SSIM',
      'far Delta-RMAE',
    ]);
    expect(rows[0]).toMatchObject({ low: expect.closeTo(0.05, 4), high: expect.closeTo(0.05, 4) });
    expect(rows[3]!.value).toBeCloseTo(2, 3);
  });
});
