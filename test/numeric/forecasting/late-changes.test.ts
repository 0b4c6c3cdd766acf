import { describe, expect, it } from 'vitest';
import { lateChanges } from '../../../src/ml/forecasting/late-changes.ts';
import type { OriginSample } from '../../../src/ml/forecasting/population.ts';
import { range } from '../../support/change-world.ts';

/** A patient with weekly visits: from each of them changes over these numbers of weeks. */
const weekly = (patient: number, visits: number, lags: readonly number[]): OriginSample[] =>
  range(visits - 1).map((visit) => ({
    patient,
    day: 7 * visit,
    features: Float64Array.of(1),
    changes: lags
      .filter((lag) => visit + lag < visits)
      .map((lag) => ({ intervalDays: 7 * lag, exposures: [], cross: Float64Array.of(1), square: 1 })),
  }));
const startsOf = (samples: readonly OriginSample[], weeks: number): number[] =>
  samples
    .filter(({ changes }) => changes.some(({ intervalDays }) => intervalDays === 7 * weeks))
    .map(({ day }) => day / 7);

describe('the changes that a model is fitted and judged on', () => {
  it('start at the last three visits of a patient from where such a change starts', () => {
    const late = lateChanges(weekly(0, 10, [1, 2, 4]));
    expect(startsOf(late, 1)).toEqual([6, 7, 8]);
    expect(startsOf(late, 2)).toEqual([5, 6, 7]);
    expect(startsOf(late, 4)).toEqual([3, 4, 5]);
  });

  it('are chosen for every patient on their own', () => {
    const late = lateChanges([...weekly(0, 10, [1]), ...weekly(1, 3, [1])]);
    expect(
      startsOf(
        late.filter(({ patient }) => patient === 0),
        1,
      ),
    ).toEqual([6, 7, 8]);
    expect(
      startsOf(
        late.filter(({ patient }) => patient === 1),
        1,
      ),
    ).toEqual([0, 1]);
  });

  it('do not depend on the order of the visits', () => {
    const late = lateChanges(weekly(0, 10, [1, 2]).toReversed());
    expect(startsOf(late, 1)).toEqual([8, 7, 6]);
  });
});
