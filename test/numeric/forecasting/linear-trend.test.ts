import { describe, expect, it } from 'vitest';
import { linearTrend } from '../../../src/ml/forecasting/linear-trend.ts';
import type { ForecastVisit } from '../../../src/twins/forecast.ts';
import { forecastInputOf, QUIET_WORLD, range, simulateHistory } from '../../support/change-world.ts';

/** Every voxel and the marker on a line of its own, at irregular days. */
const rampVisits = [-300, -190, -120, 0].map((day): ForecastVisit => ({
  day,
  voxels: Float32Array.from(range(144), (voxel) => 100 + voxel + (voxel - 70) * 0.01 * day),
  values: { marker: 50 + 0.1 * day },
  exposures: { drug: 0 },
}));
const ramp = { ...simulateHistory(QUIET_WORLD, 1), visits: rampVisits };
const ask = (horizonDays: number, visits = rampVisits, population: readonly Uint8Array[] = []) =>
  linearTrend.forecast(forecastInputOf({ ...ramp, visits }, { horizonDays, dose: 0, population }));

describe('the linear trend', () => {
  it('goes on along the line of every voxel and value', () => {
    const { image, values } = ask(100);
    image!.voxels.forEach((voxel, index) => expect(voxel).toBeCloseTo(100 + index + (index - 70), 3));
    expect(values['marker']!.value).toBeCloseTo(60, 9);
    expect(image!.skill.skill).toBeNull();
    expect(image!.declineReason).toBeNull();
  });

  it('goes no further beyond what was seen than the seen spans', () => {
    const { image, values } = ask(5000);
    expect(values['marker']!.value).toBeCloseTo(50 + 30, 9);
    expect(image!.voxels[143]).toBeCloseTo(100 + 143 + 73 * 0.01 * 300, 3);
  });

  it('keeps a value where it can be', () => {
    const falling = rampVisits.map((visit) => ({ ...visit, values: { marker: 1 - 0.1 * visit.day } }));
    expect(ask(300, falling).values['marker']!.value).toBe(0.01);
  });

  it('is declined with one visit', () => {
    const { image, values } = ask(90, rampVisits.slice(-1));
    expect(image).toMatchObject({
      voxels: rampVisits[3]!.voxels,
      declineReason: expect.stringContaining('two visits'),
    });
    expect(values['marker']).toMatchObject({ value: 50, declineReason: expect.stringContaining('two visits') });
  });

  it('is trusted where it was right for others', () => {
    const steady = { ...QUIET_WORLD, markerPerDose: 0, brightnessPerDose: 0, noise: 0.002 };
    const population = range(12).map((seed) => linearTrend.summarise(simulateHistory(steady, seed + 1))!);
    const { values } = ask(90, rampVisits, population);
    expect(values['marker']!.declineReason).toBeNull();
    expect(values['marker']!.skill.skill).toBeGreaterThan(0.5);
  });

  it('is declined where it was wrong for others', () => {
    const noisy = {
      ...QUIET_WORLD,
      markerPerDay: 0,
      markerPerDose: 0,
      brightnessPerDay: 0,
      brightnessPerDose: 0,
      noise: 0.1,
    };
    const population = range(12).map((seed) => linearTrend.summarise(simulateHistory(noisy, seed + 1))!);
    const { image, values } = ask(90, rampVisits, population);
    expect(image!.voxels).toEqual(rampVisits[3]!.voxels);
    expect(image!.declineReason).toContain('not clearly better');
    expect(values['marker']!.value).toBe(50);
  });
});
