import { describe, expect, it } from 'vitest';
import { forecastingMethods } from '../../../src/ml/forecasting/forecasting-methods.ts';
import { populationMeanChange } from '../../../src/ml/forecasting/population-mean-change.ts';
import type { ForecastVisit } from '../../../src/twins/forecast.ts';
import { forecastInputOf, QUIET_WORLD, range, simulateHistory } from '../../support/change-world.ts';

/** Five visits 70 days apart with the same dose of the drug before every one of them. */
const dosed = (seed: number, dose: number) => {
  const history = simulateHistory({ ...QUIET_WORLD, noise: 0.02 }, seed);
  const visits = history.visits.map((visit, index): ForecastVisit => ({
    day: 70 * (index - 4),
    voxels: visit.voxels,
    values: visit.values,
    exposures: { drug: dose },
  }));
  return { ...history, visits };
};
/** The least dosed of ten patients received 4 and the most dosed 13 per 70 days. */
const population = range(10).map((index) => populationMeanChange.summarise(dosed(index + 1, 4 + index))!);
const patient = dosed(50, 5);
const caveatsOf = (horizonDays: number, dose: number, others = population): readonly string[] =>
  populationMeanChange.forecast(forecastInputOf(patient, { horizonDays, dose, population: others })).caveats;

describe('what a forecast says of the planned treatment', () => {
  it.each([4, 8, 13])('nothing of an amount that others received: %d', (dose) => {
    expect(caveatsOf(70, dose)).toEqual([]);
  });

  it('how far an amount lies above the largest', () => {
    expect(caveatsOf(70, 40.3)).toEqual([
      'Drug: what is planned, 40.3 over 70 days, is 3.1 times the largest amount that any of 10 other patients received over a comparable time (13).',
    ]);
  });

  it('how far a daily amount lies above the largest, where nobody was followed for so long', () => {
    expect(caveatsOf(600, 223)).toEqual([
      'Drug: what is planned, 0.372 a day, is 2.1 times the largest daily mean that any of 10 other patients received (0.186).',
    ]);
    expect(caveatsOf(600, 111)).toEqual([]);
  });

  it('that the amount of two intervals is too much for one', () => {
    expect(caveatsOf(140, 26)).toEqual([]);
    expect(caveatsOf(100, 26)).toEqual([expect.stringContaining('2.0 times the largest amount')]);
  });

  it('what is planned over less than the shortest interval of others, as if over that', () => {
    expect(caveatsOf(10, 13)).toEqual([]);
    expect(caveatsOf(10, 19.5)).toEqual([expect.stringContaining('1.5 times')]);
  });

  it('that an amount lies below the smallest', () => {
    expect(caveatsOf(70, 1)).toEqual([
      'Drug: what is planned, 1 over 70 days, is less than the smallest amount that any of 10 other patients received over a comparable time (4).',
    ]);
  });

  it('that nobody received the treatment', () => {
    const untreated = range(10).map((index) => populationMeanChange.summarise(dosed(index + 1, 0))!);
    expect(caveatsOf(70, 2, untreated)).toEqual(['No other patient received Drug; 2 over 70 days cannot be judged.']);
    expect(caveatsOf(70, 0, untreated)).toEqual([]);
  });

  it('nothing at no distance, and nothing where nobody else is known', () => {
    expect(caveatsOf(0, 1000)).toEqual([]);
    expect(caveatsOf(70, 1000, [])).toEqual([]);
  });

  it('nothing by a model that does not look at treatments', () => {
    const input = forecastInputOf(patient, { horizonDays: 70, dose: 1000, population: [] });
    expect(forecastingMethods.get('linear-trend')!.forecast(input).caveats).toEqual([]);
    expect(forecastingMethods.get('carry-forward')!.forecast(input).caveats).toEqual([]);
  });
});
