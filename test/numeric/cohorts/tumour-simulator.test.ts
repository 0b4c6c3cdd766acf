import { describe, expect, it } from 'vitest';
import { simulateDemoCohort } from '../../../src/ml/cohorts/demo-cohort.ts';
import { simulateTumourPatient } from '../../../src/ml/cohorts/tumour/simulate-tumour-patient.ts';
import {
  benchmarkPolicy,
  prescribedDoses,
  treatmentProbability,
  weeklyPolicy,
} from '../../../src/ml/cohorts/tumour/treatment-policy.ts';
import { chemoConcentration, nextVolume } from '../../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import { diameterOfVolume, volumeOfDiameter } from '../../../src/ml/cohorts/tumour/tumour-geometry.ts';
import { drawTumourParameters } from '../../../src/ml/cohorts/tumour/tumour-parameters.ts';

const K = (Math.PI / 6) * 30 ** 3;
const parameters = { rho: 0.01, alpha: 0.05, beta: 0.005, betaChemo: 0.03 };
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

describe('one day of a tumour', () => {
  it('grows as Gompertz says when nothing is given', () => {
    expect(nextVolume(100, parameters, 0, 0, 0)).toBeCloseTo(100 * (1 + 0.01 * Math.log(K / 100)), 10);
  });

  it('rests at its carrying capacity', () => {
    expect(nextVolume(K, parameters, 0, 0, 0)).toBeCloseTo(K, 8);
  });

  it('loses betaChemo per unit of drug and alpha d + beta d^2 to radiation', () => {
    const untreated = nextVolume(100, parameters, 0, 0, 0);
    expect(untreated - nextVolume(100, parameters, 5, 0, 0)).toBeCloseTo(100 * 0.03 * 5, 10);
    expect(untreated - nextVolume(100, parameters, 0, 2, 0)).toBeCloseTo(100 * (0.05 * 2 + 0.005 * 4), 10);
  });

  it('never falls below nothing', () => {
    expect(nextVolume(1, parameters, 100, 0, 0)).toBe(0);
    expect(nextVolume(0, parameters, 0, 0, 0.5)).toBe(0);
  });

  it('halves the drug every day', () => {
    expect(chemoConcentration(0, 5)).toBe(5);
    expect(chemoConcentration(chemoConcentration(chemoConcentration(0, 5), 0), 0)).toBe(1.25);
    expect(chemoConcentration(5, 5)).toBe(7.5);
  });

  it('turns volume to diameter and back', () => {
    expect(volumeOfDiameter(13)).toBeCloseTo(1150.35, 1);
    expect(diameterOfVolume(volumeOfDiameter(4.2))).toBeCloseTo(4.2, 12);
  });
});

describe('the population', () => {
  const drawn = Array.from({ length: 20_000 }, (_, index) => drawTumourParameters(11, index));

  it('has the published shares of stages', () => {
    const total = 1432 + 128 + 1306 + 7248 + 12840;
    for (const [stage, weight] of [
      ['I', 1432],
      ['II', 128],
      ['IIIA', 1306],
      ['IIIB', 7248],
      ['IV', 12840],
    ] as const) {
      const share = drawn.filter((one) => one.stage === stage).length / drawn.length;
      expect(Math.abs(share - weight / total)).toBeLessThan(0.012);
    }
  });

  it('starts between 0.3 cm and the bound of the stage; near the published mean 101 and median 4.8 cm3', () => {
    const volumes = drawn.map((one) => one.startVolumeCm3).toSorted((a, b) => a - b);
    expect(diameterOfVolume(volumes[0]!)).toBeGreaterThanOrEqual(0.3);
    expect(diameterOfVolume(volumes.at(-1)!)).toBeLessThanOrEqual(13);
    const stageOne = drawn.filter((one) => one.stage === 'I').map((one) => diameterOfVolume(one.startVolumeCm3));
    expect(Math.max(...stageOne)).toBeLessThanOrEqual(5.000001);
    expect(Math.abs(mean(volumes) - 101)).toBeLessThan(8);
    expect(Math.abs(volumes[volumes.length / 2]! - 4.8)).toBeLessThan(0.6);
  });

  it('keeps growth and radiosensitivity positive and correlated, with beta a tenth of alpha', () => {
    expect(drawn.every(({ alpha, rho, beta }) => alpha > 0 && rho > 0 && Math.abs(beta - alpha / 10) < 1e-15)).toBe(
      true,
    );
    const plain = drawn.filter(({ type }) => type === 2);
    const [a, r] = [plain.map(({ alpha }) => alpha), plain.map(({ rho }) => rho)];
    const [ma, mr] = [mean(a), mean(r)];
    const correlation = mean(a.map((value, at) => (value - ma) * (r[at]! - mr))) / (sd(a) * sd(r));
    // 0.87 before both were cut at zero; the cut lowers it.
    expect(correlation).toBeGreaterThan(0.6);
    expect(correlation).toBeLessThan(0.87);
  });

  it('has three equal types: 1 more radiosensitive, 3 more chemosensitive', () => {
    const of = (type: 1 | 2 | 3) => drawn.filter((one) => one.type === type);
    expect(Math.abs(of(1).length / drawn.length - 1 / 3)).toBeLessThan(0.012);
    expect(mean(of(1).map(({ alpha }) => alpha)) - mean(of(2).map(({ alpha }) => alpha))).toBeCloseTo(0.00398, 2);
    expect(mean(of(2).map(({ betaChemo }) => betaChemo))).toBeCloseTo(0.028, 4);
    expect(mean(of(3).map(({ betaChemo }) => betaChemo))).toBeCloseTo(0.0308, 4);
    expect(sd(of(2).map(({ betaChemo }) => betaChemo))).toBeCloseTo(0.0007, 4);
  });
});

describe('the published treatment policy', () => {
  it('is a coin at gamma 0 and prefers large tumours above', () => {
    expect(treatmentProbability(1, 0)).toBe(0.5);
    expect(treatmentProbability(6.5, 4)).toBe(0.5);
    expect(treatmentProbability(13, 4)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(treatmentProbability(0.5, 4)).toBeLessThan(0.2);
  });

  it.each([
    [0, 0.5],
    [4, 0.18],
  ])('treats at the published rate at gamma %d', (gamma, rate) => {
    const courses = Array.from({ length: 400 }, (_, index) =>
      simulateTumourPatient(5, index, { days: 60, policy: benchmarkPolicy(gamma) }),
    );
    const treated = courses.flatMap(({ days, outcome }) =>
      (outcome === 'followed' ? days : days.slice(0, -1)).slice(1),
    );
    expect(Math.abs(mean(treated.map(({ chemoUnits }) => Number(chemoUnits > 0))) - rate)).toBeLessThan(0.03);
    expect(courses.every(({ days }) => days[0]!.chemoUnits === 0 && days[0]!.radioGy === 0)).toBe(true);
  });
});

describe('a simulated course', () => {
  const options = { days: 60, policy: weeklyPolicy(2) };

  it('is the same for the same seed and index, and another for another', () => {
    expect(simulateTumourPatient(1, 2, options)).toEqual(simulateTumourPatient(1, 2, options));
    expect(simulateTumourPatient(1, 3, options).days[0]).not.toEqual(simulateTumourPatient(1, 2, options).days[0]);
  });

  it('repeats exactly when its own doses are prescribed', () => {
    const factual = simulateTumourPatient(1, 2, options);
    expect(simulateTumourPatient(1, 2, { days: 60, policy: prescribedDoses(factual.days) })).toEqual(factual);
  });

  it('meets the same noise under other doses, so that one dose more has its exact effect', () => {
    const without = simulateTumourPatient(1, 2, { days: 12, policy: prescribedDoses([]) });
    const doses = Array.from({ length: 12 }, (_, day) => ({ chemoUnits: 0, radioGy: day === 6 ? 2 : 0 }));
    const withFraction = simulateTumourPatient(1, 2, { days: 12, policy: prescribedDoses(doses) });
    const { alpha, beta } = without.parameters;
    expect(withFraction.days.slice(0, 6).map((day) => day.volumeCm3)).toEqual(
      without.days.slice(0, 6).map((day) => day.volumeCm3),
    );
    const relativeEffect = (without.days[7]!.volumeCm3 - withFraction.days[7]!.volumeCm3) / without.days[6]!.volumeCm3;
    expect(relativeEffect).toBeCloseTo(2 * alpha + 4 * beta, 10);
  });

  it('carries daily noise with a standard deviation of 1 %', () => {
    const residuals = Array.from({ length: 60 }, (_, index) => {
      const { days, parameters: own } = simulateTumourPatient(3, index, { days: 30, policy: prescribedDoses([]) });
      return days.slice(1).map((day, at) => {
        const before = days[at]!.volumeCm3;
        return day.volumeCm3 / before - nextVolume(before, own, 0, 0, 0) / before;
      });
    }).flat();
    expect(sd(residuals)).toBeCloseTo(0.01, 3);
  });

  it('ends with death at the volume of a 13 cm sphere', () => {
    const died = Array.from({ length: 3000 }, (_, index) =>
      simulateTumourPatient(4, index, { days: 120, policy: prescribedDoses([]) }),
    ).find(({ outcome }) => outcome === 'died');
    expect(died?.days.at(-1)?.volumeCm3).toBeCloseTo(volumeOfDiameter(13), 8);
  });
});

describe('the demo cohort', () => {
  const cohort = simulateDemoCohort({ seed: 20_260_629, patients: 24 });

  it('has as many patients as asked for, with 8 to 10 weekly visits and more to come', () => {
    expect(cohort).toHaveLength(24);
    for (const { visitDays, futureVisitDays, days } of cohort) {
      expect(visitDays.length).toBeGreaterThanOrEqual(8);
      expect(visitDays.length).toBeLessThanOrEqual(10);
      expect([...visitDays, ...futureVisitDays].every((day, at) => day === at * 7)).toBe(true);
      expect(days.length).toBeGreaterThan(futureVisitDays.at(-1)!);
    }
  });

  it('keeps every lesion within the imageable range that it states', () => {
    const volumes = cohort.flatMap(({ days }) => days.map(({ volumeCm3 }) => volumeCm3));
    expect(Math.min(...volumes)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...volumes)).toBeLessThanOrEqual(60);
  });

  it('shows both drugs, in differing amounts', () => {
    const totals = cohort.map(({ days }) => days.reduce((sum, { chemoUnits }) => sum + chemoUnits, 0));
    expect(new Set(totals).size).toBeGreaterThan(4);
    expect(cohort.filter(({ days }) => days.some(({ radioGy }) => radioGy > 0)).length).toBeGreaterThan(20);
  });

  it('sheds its marker in proportion to the tumour', () => {
    const spread = (volumes: readonly number[]): number => Math.max(...volumes) / Math.min(...volumes);
    const changed = cohort.filter(({ days }) => spread(days.map((day) => day.volumeCm3)) > 4);
    expect(changed.length).toBeGreaterThan(5);
    for (const { days } of changed) {
      const byVolume = days.toSorted((a, b) => a.volumeCm3 - b.volumeCm3);
      const third = Math.floor(days.length / 3);
      expect(mean(byVolume.slice(-third).map((day) => day.ceaNgPerMl))).toBeGreaterThan(
        mean(byVolume.slice(0, third).map((day) => day.ceaNgPerMl)),
      );
    }
  });

  it('loses haemoglobin to the drug and stays within plausible values', () => {
    const values = cohort.flatMap(({ days }) => days.map((day) => day.haemoglobinGPerDl));
    expect(Math.min(...values)).toBeGreaterThan(7);
    expect(Math.max(...values)).toBeLessThan(18);
    const [most] = cohort.toSorted(
      (a, b) =>
        b.days.reduce((sum, day) => sum + day.chemoUnits, 0) - a.days.reduce((sum, day) => sum + day.chemoUnits, 0),
    );
    expect(mean(most!.days.slice(-14).map((day) => day.haemoglobinGPerDl))).toBeLessThan(
      mean(most!.days.slice(0, 3).map((day) => day.haemoglobinGPerDl)) - 0.4,
    );
  });

  it('has no image on a day without a visit', () => {
    expect(() => cohort[0]!.renderVisit(3)).toThrow('has no visit');
  });
});
