import { describe, expect, it } from 'vitest';
import {
  CHEMO_GRID,
  doseCohort,
  FULL_DOSES,
  PLAN_DAYS,
  PLANS,
  RADIO_GRID,
} from '../../../src/ml/cohorts/tumour-benchmark/continuous-doses.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

describe('the cohort with continuous doses', () => {
  const cohort = doseCohort(4, 200, 4);
  const { courses, gridVolumesCm3, plans, planVolumesCm3 } = cohort;
  const grid = CHEMO_GRID.length * RADIO_GRID.length;

  it('is the same again, and another for another seed', () => {
    expect(doseCohort(4, 200, 4).planVolumesCm3).toEqual(planVolumesCm3);
    expect(doseCohort(5, 200, 4).courses.volumesCm3).not.toEqual(courses.volumesCm3);
  });

  it('gives doses of every size up to the largest, none above', () => {
    for (const [doses, most] of [
      [courses.chemoUnits, FULL_DOSES.chemoUnits],
      [courses.radioGy, FULL_DOSES.radioGy],
    ] as const) {
      const given = [...doses].filter((dose) => dose > 0);
      expect(Math.max(...given)).toBeLessThanOrEqual(most);
      expect(Math.max(...given)).toBeGreaterThan(0.95 * most);
      for (let k = 0; k < 5; k += 1) {
        expect(given.some((dose) => dose >= (k * most) / 5 && dose < ((k + 1) * most) / 5)).toBe(true);
      }
    }
    const low = doseCohort(4, 50, 0, { chemoUnits: 10, radioGy: 2 });
    expect(Math.max(...low.courses.radioGy)).toBeLessThanOrEqual(2);
  });

  it('treats larger tumours more often and with more', () => {
    const days = [...courses.volumesCm3.keys()].filter(
      (at) => courses.volumesCm3[at]! > 0 && at % courses.days < courses.days - 1,
    );
    const [small, large] = [
      days.filter((at) => courses.volumesCm3[at]! < 1),
      days.filter((at) => courses.volumesCm3[at]! > 100),
    ];
    expect(mean(large.map((at) => courses.chemoUnits[at]!))).toBeGreaterThan(
      2 * mean(small.map((at) => courses.chemoUnits[at]!)),
    );
  });

  it('has the true effect of a dose: the grid falls with every dose, and shares its noise', () => {
    for (let question = 0; question < courses.lastDays[0]!; question += 1) {
      const volume = courses.volumesCm3[question]!;
      const at = question * grid;
      const { alpha, beta, betaChemo } = courses.population.laws[0]!;
      const none = gridVolumesCm3[at]!;
      expect(none - gridVolumesCm3[at + 2]!).toBeCloseTo(volume * (2 * alpha + 4 * beta), 8);
      expect(none - gridVolumesCm3[at + RADIO_GRID.length]!).toBeCloseTo(volume * betaChemo * 2.5, 8);
    }
  });

  it('plays plans from the day of the question on', () => {
    const day = 3;
    // Somebody whose tumour neither ends before the plan's third day nor would have.
    const patient = Array.from({ length: 200 }, (_, i) => i).findIndex((i) => {
      const place = (i * (courses.days - 1) + day) * PLANS * PLAN_DAYS;
      return courses.lastDays[i]! > day + 3 && planVolumesCm3[place + 2]! > 0;
    });
    const start = patient * courses.days;
    const { rho, alpha, beta, betaChemo } = courses.population.laws[patient]!;
    const K = (Math.PI / 6) * 30 ** 3;
    const noiseOf = (d: number): number => {
      const [from, to] = [courses.volumesCm3[start + d]!, courses.volumesCm3[start + d + 1]!];
      const gy = courses.radioGy[start + d]!;
      return (
        to / from -
        1 -
        (rho * Math.log(K / from) - betaChemo * courses.concentrations[start + d]! - (alpha * gy + beta * gy * gy))
      );
    };
    const place = (patient * (courses.days - 1) + day) * PLANS * PLAN_DAYS;
    let [volume, drug] = [courses.volumesCm3[start + day]!, courses.concentrations[start + day - 1]!];
    for (let h = 0; h < 3; h += 1) {
      const [chemo, gy] = [plans[2 * (place + h)]!, plans[2 * (place + h) + 1]!];
      drug = drug / 2 + chemo;
      volume *= 1 + rho * Math.log(K / volume) - betaChemo * drug - (alpha * gy + beta * gy * gy) + noiseOf(day + h);
      expect(planVolumesCm3[place + h]! / volume).toBeCloseTo(1, 8);
    }
  });
});
