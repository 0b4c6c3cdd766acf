import { describe, expect, it } from 'vitest';
import { populationMeanChange } from '../../../src/ml/forecasting/population-mean-change.ts';
import { MINIMUM_PATIENTS } from '../../../src/ml/forecasting/skill.ts';
import type { ForecastInput, ForecastOutput, ForecastVisit } from '../../../src/twins/forecast.ts';
import type { ChangeHistory } from '../../../src/twins/ports.ts';
import { type ChangeWorld, forecastInputOf, QUIET_WORLD, range, simulateHistory } from '../../support/change-world.ts';

const forecast = (input: ForecastInput): ForecastOutput => populationMeanChange.forecast(input);
const recordsOf = (histories: readonly ChangeHistory[]): Uint8Array[] =>
  histories.map((one) => populationMeanChange.summarise(one)!);
const others = (world: ChangeWorld, seed: number, count = 24): ChangeHistory[] =>
  range(count).map((index) => simulateHistory(world, 1000 * seed + index + 1));
const lastOf = (history: ChangeHistory) => {
  const { voxels, values } = history.visits.at(-1)!;
  return { voxels: voxels!, marker: values['marker']! };
};
const meanAbsolute = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, voxel, index) => sum + Math.abs(voxel - b[index]!), 0) / a.length;

const changedVisits = (
  history: ChangeHistory,
  change: (visit: ForecastVisit, index: number) => ForecastVisit,
): ChangeHistory => ({ ...history, visits: history.visits.map(change) });
const squaredAndLate = (history: ChangeHistory): ChangeHistory => ({
  ...changedVisits(history, (visit) => ({ ...visit, values: { marker: visit.values['marker']! ** 2 } })),
  knownAtMs: history.knownAtMs.map(() => 9e14),
});
const withoutDrug = (history: ChangeHistory): ChangeHistory =>
  changedVisits(history, (visit) => ({ ...visit, exposures: { drug: 0 } }));
const withUnknownTreatment = (history: ChangeHistory): ChangeHistory => ({ ...history, treatmentKeys: [] });

describe('in a world without noise', () => {
  const population = recordsOf(others(QUIET_WORLD, 1));
  const patient = simulateHistory(QUIET_WORLD, 7);

  it.each([
    [70, 0],
    [90, 4],
    [110, 10],
  ])('the law of change is recovered: %d days with dose %d', (horizonDays, dose) => {
    const { values } = forecast(forecastInputOf(patient, { horizonDays, dose, population }));
    const truth = QUIET_WORLD.markerPerDay * horizonDays + QUIET_WORLD.markerPerDose * dose;
    expect(Math.abs(Math.log(values['marker']!.value / lastOf(patient).marker) - truth)).toBeLessThan(1e-6);
    expect(values['marker']!.skill.skill).toBeGreaterThan(0.999);
    expect(values['marker']!.declineReason).toBeNull();
  });
});

const REAL_WORLD: ChangeWorld = { ...QUIET_WORLD, noise: 0.04, brightnessPerDose: -4, brightnessPerDay: 0.2 };

describe.each([1, 2, 3])('in a world with a real effect (seed %d)', (seed) => {
  const population = recordsOf(others(REAL_WORLD, seed));
  const patient = simulateHistory(REAL_WORLD, 500 + seed);
  const ask = (dose: number, horizonDays = 90): ForecastOutput =>
    forecast(forecastInputOf(patient, { horizonDays, dose, population }));

  it('both the image and the value are trusted', () => {
    const { image, values } = ask(5);
    expect(image).toMatchObject({ declineReason: null, skill: { patients: 24 } });
    expect(image!.skill.skill).toBeGreaterThan(0.1);
    expect(values['marker']).toMatchObject({ declineReason: null, skill: { patients: 24 } });
    expect(values['marker']!.skill.shrinkage).toBeGreaterThan(0.5);
  });

  it('more of the drug gives less of the marker and a darker spot, dose by dose', () => {
    const answers = [0, 1, 2.5, 5, 10].map((dose) => ask(dose));
    const spot = ({ image }: ForecastOutput): number => {
      const voxels = image!.voxels.filter((_, index) => index >= 24 && index % 12 < 3);
      return voxels.reduce((sum, voxel) => sum + voxel, 0);
    };
    const markers = answers.map(({ values }) => values['marker']!.value);
    const spots = answers.map(spot);
    for (const course of [markers, spots]) {
      expect(new Set(course).size).toBe(5);
      expect(course).toEqual(course.toSorted((a, b) => b - a));
    }
  });

  it('is continuous in the dose', () => {
    const [a, b] = [ask(5), ask(5 + 1e-6)];
    expect(Math.abs(b.values['marker']!.value - a.values['marker']!.value)).toBeLessThan(1e-4);
    expect(meanAbsolute(a.image!.voxels, b.image!.voxels)).toBeLessThan(1e-3);
  });

  it('a what-if that changes nothing has the same bytes', () => {
    expect(ask(5)).toStrictEqual(ask(5));
  });

  it('nothing is learned from what became known after asOf', () => {
    const late = others(REAL_WORLD, seed + 50, 4).map(squaredAndLate);
    const populationAsOfMs = 8e14;
    const without = forecast(forecastInputOf(patient, { horizonDays: 90, dose: 5, population, populationAsOfMs }));
    const withLate = [...population, ...recordsOf(late)];
    expect(
      forecast(forecastInputOf(patient, { horizonDays: 90, dose: 5, population: withLate, populationAsOfMs })),
    ).toStrictEqual(without);
    const after = forecast(
      forecastInputOf(patient, { horizonDays: 90, dose: 5, population: withLate, populationAsOfMs: 1e15 }),
    );
    expect(after.values['marker']!.value).not.toBe(without.values['marker']!.value);
    expect(after.modelVersion).not.toBe(without.modelVersion);
  });

  it('a horizon beyond every interval is declined with the last image and value', () => {
    const { image, values } = ask(5, 3000);
    expect(image!.voxels).toEqual(lastOf(patient).voxels);
    expect(values['marker']!.value).toBe(lastOf(patient).marker);
    expect(image!.declineReason).toContain('longest interval');
    expect(values['marker']!.declineReason).toContain('longest interval');
  });
});

const NOISE_ALONE: ChangeWorld = {
  ...QUIET_WORLD,
  markerPerDay: 0,
  markerPerDose: 0,
  brightnessPerDay: 0,
  brightnessPerDose: 0,
};

/** Values and voxels that walk at random: nothing about a step can be known from the past. */
function randomWalk(seed: number): ChangeHistory {
  const steps = range(NOISE_ALONE.visits).map((visit) =>
    simulateHistory({ ...NOISE_ALONE, noise: 0.1 }, seed * 100 + visit),
  );
  const base = simulateHistory(NOISE_ALONE, seed);
  let logMarker = 4;
  const voxels = base.visits[0]!.voxels!.slice();
  return changedVisits(base, (visit, index) => {
    const [, from, to] = steps[index]!.visits;
    logMarker += Math.log(to!.values['marker']! / from!.values['marker']!);
    for (let voxel = 0; voxel < voxels.length; voxel += 1)
      voxels[voxel]! += to!.voxels![voxel]! - from!.voxels![voxel]!;
    return { ...visit, voxels: voxels.slice(), values: { marker: Math.exp(logMarker) } };
  });
}

describe.each([1, 2, 3, 4, 5])('in a world of chance alone (seed %d)', (seed) => {
  const population = recordsOf(range(24).map((index) => randomWalk(seed * 40 + index)));
  const patient = randomWalk(seed * 40 + 39);

  it('the image and the value are declined, and are the last ones exactly', () => {
    const { image, values } = forecast(forecastInputOf(patient, { horizonDays: 90, dose: 5, population }));
    expect(image!.declineReason).toContain('not clearly better');
    expect(image!.skill.shrinkage).toBe(0);
    expect(image!.voxels).toEqual(lastOf(patient).voxels);
    expect(values['marker']!.declineReason).toContain('not clearly better');
    expect(values['marker']!.value).toBe(lastOf(patient).marker);
  });
});

describe('where little is known', () => {
  const patient = simulateHistory(REAL_WORLD, 77);

  it.each([0, 1, MINIMUM_PATIENTS - 1])('%d other patients are too few', (count) => {
    const population = recordsOf(others(REAL_WORLD, 3, count));
    const { image, values } = forecast(forecastInputOf(patient, { horizonDays: 90, dose: 5, population }));
    expect(image!.declineReason).toContain(`Only ${count} other patients`);
    expect(image!.skill).toMatchObject({ skill: null, patients: count, shrinkage: 0 });
    expect(values['marker']!.value).toBe(lastOf(patient).marker);
  });

  it('a treatment that no other patient received is not guessed', () => {
    const untreated = others({ ...REAL_WORLD, brightnessPerDose: 0, markerPerDose: 0 }, 4).map(withoutDrug);
    const population = recordsOf(untreated);
    const answers = [0, 5].map((dose) => forecast(forecastInputOf(patient, { horizonDays: 90, dose, population })));
    expect(answers[0]!.values['marker']!.declineReason).toBeNull();
    expect(answers[1]!.values['marker']!.declineReason).toContain('received Drug');
    expect(answers[1]!.values['marker']!.value).toBe(lastOf(patient).marker);
  });

  it('a record of a patient whose treatment is unknown is left out', () => {
    const unknown = others(REAL_WORLD, 5).map(withUnknownTreatment);
    const { values } = forecast(forecastInputOf(patient, { horizonDays: 90, dose: 0, population: recordsOf(unknown) }));
    expect(values['marker']!.declineReason).toContain('Only 0 other patients');
  });

  it('a gain of the scanner is not taken for change of the patient', () => {
    const gained = changedVisits(patient, (visit, index) => ({
      ...visit,
      voxels: visit.voxels!.map((voxel) => voxel * (index % 2 === 0 ? 1 : 1.1)),
    }));
    const population = recordsOf(others(REAL_WORLD, 3));
    const plain = forecast(forecastInputOf(patient, { horizonDays: 90, dose: 5, population })).image!.voxels;
    const again = forecast(forecastInputOf(gained, { horizonDays: 90, dose: 5, population })).image!.voxels;
    expect(patient.visits.length % 2).toBe(1);
    expect(meanAbsolute(plain, again)).toBeLessThan(0.5);
  });
});
