import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ATROPHY_VARIABLES,
  type AtrophyPatient,
  atrophyCourse,
  counterfactualOf,
  simulateAtrophyCohort,
  simulateAtrophyPatient,
} from '../../../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import { clinicPolicy } from '../../../src/ml/cohorts/atrophy/dosing-policy.ts';
import { ATROPHY_GRIDS, openAtrophyRenderer } from '../../../src/ml/cohorts/atrophy/render-atrophy-visit.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
const cohort = [...simulateAtrophyCohort({ seed: 5, patients: 400 })];

describe('a simulated person', () => {
  it('is the same for the same seed and index, whoever else is simulated', () => {
    expect(simulateAtrophyPatient(5, 17)).toEqual(cohort[17]);
    expect(simulateAtrophyPatient(6, 17).parameters).not.toEqual(cohort[17]!.parameters);
  });

  it('comes 4 to 9 times, 6 to 18 months apart, and misses a tenth of the values after the first visit', () => {
    const counts = cohort.map(({ visits }) => visits.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([4, 9]);
    const intervals = cohort.flatMap(({ visits }) => visits.slice(1).map(({ day }, k) => day - visits[k]!.day));
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(183);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(548);
    expect(cohort.every(({ visits }) => Object.keys(visits[0]!.values).length === 5)).toBe(true);
    const later = cohort.flatMap(({ visits }) => visits.slice(1));
    expect(mean(later.map(({ values }) => Object.keys(values).length / 5))).toBeCloseTo(0.9, 1);
  });

  it('is measured with the stated noise around the truth', () => {
    const errors = (key: keyof typeof ATROPHY_VARIABLES): number[] =>
      cohort.flatMap(({ visits }) =>
        visits.flatMap(({ values, truth }) => (values[key] === undefined ? [] : [Math.log(values[key] / truth[key])])),
      );
    for (const key of ['ventricleVolume', 'phosphorylatedTau', 'neurofilament'] as const) {
      const sd = Math.sqrt(mean(errors(key).map((error) => error ** 2)));
      expect(sd / ATROPHY_VARIABLES[key].noise.sd).toBeCloseTo(1, 1);
    }
  });

  it('gets worse: ventricles grow, the cortex thins, laboratory values and score rise with the stage', () => {
    const change = (of: (visit: AtrophyPatient['visits'][number]) => number): number =>
      mean(cohort.map(({ visits }) => of(visits.at(-1)!) - of(visits[0]!)));
    expect(change(({ truth }) => truth.ventricleVolume)).toBeGreaterThan(5);
    expect(change(({ truth }) => truth.corticalThickness)).toBeLessThan(-0.05);
    expect(change(({ truth }) => truth.cognitiveScore)).toBeGreaterThan(3);
    expect(change(({ truth }) => truth.phosphorylatedTau)).toBeGreaterThan(0.03);
    expect(change(({ truth }) => truth.neurofilament)).toBeGreaterThan(1);
  });

  it('progresses faster with risk alleles', () => {
    const speed = (alleles: number): number =>
      mean(
        cohort.filter(({ parameters }) => parameters.riskAlleles === alleles).map((one) => one.parameters.logitPerYear),
      );
    expect(speed(2)).toBeGreaterThan(1.15 * speed(0));
  });

  it('shows cognition later than structure and structure later than the stage', () => {
    for (const { visits } of cohort.filter(({ doses }) => doses.every(({ mgPerDay }) => mgPerDay === 0))) {
      const { stage, structureStage, cognitionStage } = visits[0]!.state;
      expect(stage).toBeGreaterThan(structureStage);
      expect(structureStage).toBeGreaterThan(cognitionStage);
    }
  });
});

describe('the drug', () => {
  it('slows the disease, the more the higher the dose, and never the other way', () => {
    const always = (mgPerDay: number) => [{ fromDay: 0, toDay: 10_000, mgPerDay }];
    for (const patient of cohort.slice(0, 40)) {
      const lastStages = [0, 2, 5, 10].map(
        (dose) => counterfactualOf(patient, always(dose)).visits.at(-1)!.state.stage,
      );
      expect(lastStages.toSorted((a, b) => b - a)).toEqual(lastStages);
      expect(lastStages[0]! - lastStages[3]!).toBeGreaterThan(0);
    }
  });

  it('leaves everything as it was when the same doses are given again', () => {
    for (const patient of cohort.slice(0, 40)) expect(counterfactualOf(patient, patient.doses)).toEqual(patient);
  });

  it('changes nothing before it is given', () => {
    const patient = cohort.find(({ visits }) => visits.length > 6)!;
    const from = patient.visits[3]!.day;
    const before = patient.doses.filter(({ toDay }) => toDay <= from);
    const other = counterfactualOf(patient, [...before, { fromDay: from, toDay: 10_000, mgPerDay: 10 }]);
    expect(other.visits.slice(0, 4)).toEqual(patient.visits.slice(0, 4));
    expect(other.visits[4]).not.toEqual(patient.visits[4]);
  });

  it('is given to worse patients more often under confounding, and not without', () => {
    const difference = (gamma: number): number => {
      const people = [...simulateAtrophyCohort({ seed: 7, patients: 600, policy: clinicPolicy(gamma) })];
      const scores = (isTreated: boolean): number[] =>
        people
          .filter(({ doses }) => doses[0]!.mgPerDay > 0 === isTreated)
          .map(({ visits }) => visits[0]!.truth.cognitiveScore);
      return mean(scores(true)) - mean(scores(false));
    };
    expect(difference(2)).toBeGreaterThan(5);
    expect(Math.abs(difference(0))).toBeLessThan(1.5);
  });
});

describe('what a model sees of a person', () => {
  it('has every measured value, the doses as amounts and the statics', () => {
    const patient = cohort.find(({ doses }) => doses.some(({ mgPerDay }) => mgPerDay > 0))!;
    const course = atrophyCourse(patient);
    expect(course.measurements.length).toBe(
      patient.visits.reduce((count, { values }) => count + Object.keys(values).length, 0),
    );
    expect(course.statics).toEqual({
      sex: patient.parameters.sex,
      age: patient.parameters.ageYears,
      riskAlleles: patient.parameters.riskAlleles,
    });
    const given = patient.doses.reduce(
      (total, { fromDay, toDay, mgPerDay }) => total + mgPerDay * (toDay - fromDay),
      0,
    );
    expect(course.doses.reduce((total, { amount }) => total + amount, 0)).toBeCloseTo(given, 6);
  });
});

describe('the image', () => {
  const still = { isPosed: false, isNoisy: false };

  it.each([20, 35, 60, 100])('of a volume holds ventricles of %d mL to within 1.5 %%', (ventricleMl) => {
    for (const person of [0, 1, 2]) {
      const { shape, spacingMm } = ATROPHY_GRIDS.volume48;
      const { ventricle } = openAtrophyRenderer(9, person).render(
        0,
        { ventricleMl, cortexMm: 2.4 },
        { shape, spacingMm },
        still,
      );
      const measured = (sum(ventricle) * spacingMm[0] * spacingMm[1] * spacingMm[2]) / 1000;
      expect(Math.abs(measured / ventricleMl - 1)).toBeLessThan(0.015);
    }
  });

  it.each(['slice64', 'slice96'] as const)('in %s shows growth in the area that the law gives', (grid) => {
    for (const person of [0, 1, 2, 3]) {
      const renderer = openAtrophyRenderer(9, person);
      const area = (ventricleMl: number): number =>
        sum(renderer.render(0, { ventricleMl, cortexMm: 2.4 }, ATROPHY_GRIDS[grid], still).ventricle);
      // Stretch (V'/V)^(1/2) across and (V'/V)^(1/4) along.
      expect(area(44) / area(40)).toBeCloseTo(1.1 ** 0.75, 2);
    }
  });

  it('loses cortex about as its thickness does', () => {
    for (const person of [0, 1, 2, 3]) {
      const renderer = openAtrophyRenderer(9, person);
      const area = (cortexMm: number): number =>
        sum(renderer.render(0, { ventricleMl: 40, cortexMm }, ATROPHY_GRIDS.slice96, still).cortex);
      expect(Math.abs(area(2.1) / area(2.6) / (2.1 / 2.6) - 1)).toBeLessThan(0.05);
      expect(area(2.35)).toBeLessThan(area(2.4));
    }
  });

  it('is smooth in the state: a hundredth more volume changes no voxel by a jump', () => {
    const renderer = openAtrophyRenderer(9, 0);
    const [one, other] = [40, 40.4].map((ventricleMl) =>
      renderer.render(0, { ventricleMl, cortexMm: 2.4 }, ATROPHY_GRIDS.slice64, still),
    );
    const jumps = one!.voxels.map((value, voxel) => Math.abs(other!.voxels[voxel]! - value));
    expect(Math.max(...jumps)).toBeLessThan(100);
  });

  it('keeps the person and differs by pose, gain and noise between visits', () => {
    const renderer = openAtrophyRenderer(9, 2);
    const state = { ventricleMl: 40, cortexMm: 2.4 };
    const difference = (a: Float32Array, b: Float32Array): number =>
      Math.sqrt(mean([...a].map((value, voxel) => (value - b[voxel]!) ** 2)));
    const unposed = [0, 1].map(
      (visit) => renderer.render(visit, state, ATROPHY_GRIDS.slice64, { isPosed: false }).voxels,
    );
    const posed = [0, 1].map((visit) => renderer.render(visit, state, ATROPHY_GRIDS.slice64).voxels);
    const stranger = openAtrophyRenderer(9, 3).render(0, state, ATROPHY_GRIDS.slice64, { isPosed: false }).voxels;
    expect(difference(unposed[0]!, unposed[1]!)).toBeGreaterThan(5);
    expect(difference(posed[0]!, posed[1]!)).toBeGreaterThan(1.3 * difference(unposed[0]!, unposed[1]!));
    expect(difference(unposed[0]!, stranger)).toBeGreaterThan(1.3 * difference(unposed[0]!, unposed[1]!));
  });

  it('has the same bytes for the same person, visit and state', () => {
    const render = (): string =>
      createHash('sha256')
        .update(
          new Uint8Array(
            openAtrophyRenderer(9, 1).render(2, { ventricleMl: 33, cortexMm: 2.3 }, ATROPHY_GRIDS.slice64).voxels
              .buffer,
          ),
        )
        .digest('hex');
    expect(render()).toBe(render());
  });
});
