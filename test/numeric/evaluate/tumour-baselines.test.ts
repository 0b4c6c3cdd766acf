import { describe, expect, it } from 'vitest';
import { questionOf, simulateCohort, VARIABLES } from '../../../evaluate/tumour-baselines/cohort-patient.ts';
import { meanChangeForecast } from '../../../evaluate/tumour-baselines/mean-change.ts';
import { rmseOf, skillOf } from '../../../evaluate/tumour-baselines/score.ts';

const cohort = simulateCohort({ seed: 5, patients: 3, withImages: false });
const [patient] = cohort;

describe('the measurement on the simulated tumour cohort', () => {
  it('takes the doses really given as leading to what was really measured', () => {
    const again = patient!.truthUnder(patient!.dosesAfter(28));
    for (const days of [7, 14, 28]) expect(again(days)).toEqual(patient!.truthAfter(days));
  });

  it('shows the effect of other doses alone: the more, the less of the marker', () => {
    const marker = (chemoUnits: number): number => {
      const doses = Array.from({ length: 14 }, () => ({ chemoUnits, radioGy: 0 }));
      return patient!.truthUnder(doses)(14).values['carcinoembryonicAntigen']!;
    };
    expect(marker(1)).toBeLessThan(marker(0));
    expect(marker(2)).toBeLessThan(marker(1));
  });

  it('asks with the doses of the days between the visits', () => {
    const doses = [
      { chemoUnits: 5, radioGy: 0 },
      { chemoUnits: 0, radioGy: 2 },
    ];
    const question = questionOf(patient!, 7, doses, []);
    expect(question.plannedExposures).toEqual({ chemotherapy: 75, radiotherapy: 2 });
    expect(question.visits).toHaveLength(patient!.originDay / 7 + 1);
  });

  it('forecasts the mean change of others for every value', () => {
    const forecast = meanChangeForecast(patient!, cohort.slice(1), 7);
    expect(Object.keys(forecast)).toEqual(VARIABLES.map(({ key }) => key));
    expect(Object.values(forecast).every(Number.isFinite)).toBe(true);
  });

  it('tells errors and skill with the spread over patients', () => {
    const errors = [4, 4, 16].map((model) => ({ model, baseline: 16 }));
    expect(rmseOf(errors).value).toBeCloseTo(Math.sqrt(8), 12);
    expect(skillOf(errors)).toMatchObject({ value: 0.5, low: 0, high: 0.75 });
  });
});
