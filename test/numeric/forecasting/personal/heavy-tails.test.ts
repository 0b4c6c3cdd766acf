import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import { modelOfRecord, recordOfModel } from '../../../../src/ml/forecasting/personal/model-record.ts';
import type { PatientSeries, SeriesVisit } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import type { PopulationModel } from '../../../../src/ml/forecasting/personal/population-model.ts';
import { forecastValues } from '../../../../src/ml/forecasting/personal/personal-forecast.ts';
import { posteriorOf } from '../../../../src/ml/forecasting/personal/update-posterior.ts';
import { COUPLED_SPEC, coupledPatients } from './simulated-patients.ts';

/** One in fifty values of y is measured wrongly, far too high or too low. */
function withMistakes(patients: readonly PatientSeries[]): PatientSeries[] {
  const random = randomStream('mistakes');
  return patients.map((patient) => ({
    ...patient,
    visits: patient.visits.map((visit): SeriesVisit => {
      const { y } = visit.values;
      const isWrong = random.uniform() < 0.02;
      const error = random.uniform() < 0.5 ? 20 : -20;
      return y === undefined || !isWrong ? visit : { ...visit, values: { ...visit.values, y: y + error } };
    }),
  }));
}

let model: PopulationModel;
let patient: PatientSeries;
beforeAll(() => {
  ({ model } = fitPopulation(withMistakes(coupledPatients(150, 5)), COUPLED_SPEC, { seed: 4, rounds: 20 }));
  patient = coupledPatients(1, 99, { visits: 12, missing: 0 })[0]!;
});

/** The patient with so much added to the y of one visit. */
const wrongBy = (error: number, at: number): PatientSeries => ({
  ...patient,
  visits: patient.visits.map((visit, index) =>
    index === at ? { ...visit, values: { ...visit.values, y: visit.values['y']! + error } } : visit,
  ),
});

const normal = (): PopulationModel => ({ ...model, hasHeavyTails: [false, false] });

describe('a variable with heavy tails', () => {
  test('is told from one whose changes are normal', () => {
    expect(model.hasHeavyTails).toEqual([false, true]);
    const { model: clean } = fitPopulation(coupledPatients(150, 5), COUPLED_SPEC, { seed: 4, rounds: 20 });
    expect(clean.hasHeavyTails).toEqual([false, false]);
  });

  test('moves what is believed by one measurement so far and no further, however wrong it is', () => {
    const meansAfter = (one: PopulationModel, error: number): Float64Array => {
      const series = wrongBy(error, 6);
      return posteriorOf(one, { ...series, visits: series.visits.slice(0, 7) }).posterior.means;
    };
    const moved = (one: PopulationModel, error: number): number => {
      const right = meansAfter(one, 0);
      return Math.hypot(...meansAfter(one, error).map((mean, a) => mean - right[a]!));
    };
    expect(moved(model, 30)).toBeCloseTo(moved(model, 300), 9);
    expect(moved(normal(), 300)).toBeGreaterThan(5 * moved(normal(), 30));
    expect(moved(model, 300)).toBeLessThan(0.05 * moved(normal(), 300));
  });

  test('is forecast better after a mistake than by who takes all changes for normal', () => {
    const forecastBy = (one: PopulationModel, series: PatientSeries): number => {
      const { posterior } = posteriorOf(one, series);
      const [after] = forecastValues(one, posterior, { horizonsDays: [180], treatments: {} });
      return after!.values['y']!.mean;
    };
    const off = (one: PopulationModel): number => Math.abs(forecastBy(one, wrongBy(30, 8)) - forecastBy(one, patient));
    expect(off(model)).toBeLessThan(0.6 * off(normal()));
  });

  test('is kept with the model; a record from before knows of none', () => {
    const record = recordOfModel(model);
    expect(modelOfRecord(JSON.parse(JSON.stringify(record))).hasHeavyTails).toEqual([false, true]);
    const { hasHeavyTails, ...older } = record;
    expect(hasHeavyTails).toHaveLength(2);
    expect(modelOfRecord(older).hasHeavyTails).toEqual([false, false]);
    expect(recordOfModel(normal())).toEqual(older);
    expect(() => modelOfRecord({ ...record, hasHeavyTails: [true] })).toThrow(/do not fit/);
  });
});
