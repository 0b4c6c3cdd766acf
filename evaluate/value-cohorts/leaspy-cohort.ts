import { LEASPY_ALZHEIMER, LEASPY_PARKINSON } from '../../src/ml/cohorts/readers/known-tables.ts';
import { type CohortPatient, readVisitTable, type VisitTableLayout } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import type { JudgedCohort } from '../judge/question.ts';

const DAYS_PER_YEAR = 365.25;

/** The tables of the leaspy package that are judged. */
export const LEASPY_TABLES = { alzheimer: LEASPY_ALZHEIMER, parkinson: LEASPY_PARKINSON } as const;

/** Age at the first visit is known to models, as it is in the table; its median is where subgroups part. */
export function leaspyCohort(table: string, disease: keyof typeof LEASPY_TABLES): JudgedCohort {
  const layout: VisitTableLayout = LEASPY_TABLES[disease];
  const patients = readVisitTable(table, layout).map(({ patient, series }): CohortPatient => {
    const age = series.visits[0]!.day / DAYS_PER_YEAR;
    return { patient, series: { ...series, statics: { age } } };
  });
  const ages = patients.map(({ series }) => series.statics['age']!).sort((a, b) => a - b);
  const middle = ages[ages.length >> 1]!;
  return {
    name: 'leaspy',
    patients,
    variables: layout.variables.map(({ key }) => ({ key, unit: '1', isLogarithmic: false })),
    statics: ['age'],
    treatments: [],
    longestDays: 2 * DAYS_PER_YEAR,
    horizonBins: [1, 2].map((years) => years * DAYS_PER_YEAR),
    subgroupsOf: ({ series }) => [series.statics['age']! < middle ? 'younger half' : 'older half'],
  };
}

/** Scores between 0 and 1 that rise at a rate of the patient's own, which depends on the level. */
export const leaspyDynamics = (disease: keyof typeof LEASPY_TABLES): PersonalSpec => ({
  timeUnitDays: DAYS_PER_YEAR,
  variables: LEASPY_TABLES[disease].variables.map(({ key }) => ({
    key,
    change: 'absolute',
    scale: 0.1,
    floor: 0,
    plausible: [0, 1],
    measurementSd: 'learned',
    features: [{ kind: 'intercept' }, { kind: 'state', variable: key, reference: 0.4, scale: 0.2 }],
  })),
  treatments: [],
  statics: [{ key: 'age', kind: 'number', centre: 70, scale: 8 }],
  components: 1,
});
