import { describe, expect, it } from 'vitest';
import { randomStream } from '../../support/change-world.ts';
import {
  COVERAGES,
  settledPart,
  shrunkTo,
  validationOf,
  verdictAt,
} from '../../../src/ml/forecasting/validation-table.ts';
import {
  mixtureMean,
  normalScore,
  type PredictiveMixture,
} from '../../../src/ml/forecasting/personal/predictive-mixture.ts';

const gaussian = (mean: number, sd: number): PredictiveMixture => ({
  isLogarithm: false,
  weights: Float64Array.of(1),
  means: Float64Array.of(mean),
  sds: Float64Array.of(sd),
});

/** One forecast per patient; a model that says its errors are `said` times as large as they are. */
function forecasts(patients: number, said: number, signal: number, days = 7) {
  const { normal } = randomStream(3);
  return Array.from({ length: patients }, (_, patient) => {
    const change = signal * normal();
    const truth = 10 + change + normal();
    return { patient, intervalDays: days, last: 10, distribution: gaussian(10 + change, said), truth };
  });
}

describe('intervals', () => {
  it.each([0.4, 1, 2.5])('hold as often as they say where the model says %d times its error', (said) => {
    const { deviates, shrinkage } = verdictAt(validationOf(forecasts(400, said, 3), 7, 'difference'), 7);
    const fresh = forecasts(1000, said, 3).slice(400);
    COVERAGES.forEach((coverage, index) => {
      const held = fresh.filter(
        ({ distribution, last, truth }) =>
          Math.abs(normalScore(shrunkTo(distribution, last, shrinkage), truth)) <= deviates![index]!,
      ).length;
      expect(Math.abs(held / fresh.length - coverage)).toBeLessThan(0.06);
    });
  });

  it('say how often they held before they were corrected', () => {
    const { bins } = validationOf(forecasts(400, 0.4, 3), 7, 'difference');
    expect(bins[0]!.coveredBefore![2]!).toBeLessThan(0.6);
  });

  it('are as wide as the worst case seen where too few patients are there for a coverage', () => {
    const few = forecasts(12, 1, 3);
    const { deviates } = verdictAt(validationOf(few, 7, 'difference'), 7);
    expect(deviates!.at(-1)).toBeGreaterThanOrEqual(1.959);
    expect([...deviates!]).toEqual(deviates!.toSorted((a, b) => a - b));
  });
});

describe('trust', () => {
  it('is given where forecasts were better than no change', () => {
    const verdict = verdictAt(validationOf(forecasts(100, 1, 3), 7, 'difference'), 7);
    expect(verdict.declineReason).toBeNull();
    expect(verdict.skill).toBeGreaterThan(0.8);
    expect(verdict.patients).toBe(100);
  });

  it('is not given to noise, and how much others change is told all the same', () => {
    const noise = forecasts(100, 1, 0).map((one) => Object.assign(one, { distribution: gaussian(12, 1) }));
    const verdict = verdictAt(validationOf(noise, 7, 'difference'), 7);
    expect(verdict).toMatchObject({
      shrinkage: 0,
      declineReason: expect.stringMatching(/not clearly better/) as string,
    });
    expect(verdict.noChangeWidths![2]!).toBeGreaterThan(1.2);
    expect(verdict.noChangeWidths![2]!).toBeLessThan(2.2);
  });

  it('is not given beyond what was tried', () => {
    const validation = validationOf(forecasts(100, 1, 3), 7, 'difference');
    expect(verdictAt(validation, 30).declineReason).toMatch(/No other patient was followed over 30 days/);
    expect(verdictAt(validation, 3).declineReason).toBeNull();
  });

  it('is not given where nothing was tried', () => {
    expect(verdictAt(undefined, 7).declineReason).toMatch(/Only 0 other patients/);
  });
});

describe('a forecast change', () => {
  it('is drawn towards the last value on its own scale', () => {
    const plain = shrunkTo(gaussian(14, 1), 10, 0.5);
    expect(mixtureMean(plain)).toBe(12);
    const logarithm = { ...gaussian(Math.log(40), 0), isLogarithm: true };
    expect(mixtureMean(shrunkTo(logarithm, 10, 0.5))).toBeCloseTo(20, 10);
    expect(shrunkTo(logarithm, 10, 1)).toBe(logarithm);
  });

  it('is nothing at no distance and whole after a step', () => {
    expect(settledPart(0, 7)).toBe(0);
    expect(settledPart(7, 7)).toBeGreaterThan(0.999);
  });
});
