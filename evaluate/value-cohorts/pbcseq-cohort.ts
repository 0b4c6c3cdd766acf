import { PBCSEQ } from '../../src/ml/cohorts/readers/known-tables.ts';
import { readVisitTable } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { FeatureSpec } from '../../src/ml/forecasting/personal/feature-spec.ts';
import type { PersonalSpec, VariableSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import type { JudgedCohort } from '../judge/question.ts';

const DAYS_PER_YEAR = 365.25;
/** Unit, plausible range, and an ordinary value with its spread (of the logarithm). */
const ANALYTES = {
  bilirubin: { unit: 'mg/dL', plausible: [0.05, 80], reference: 1.5, scale: 1 },
  cholesterol: { unit: 'mg/dL', plausible: [50, 3000], reference: 300, scale: 0.4 },
  albumin: { unit: 'g/dL', plausible: [0.5, 8], reference: 3.4, scale: 0.15 },
  alkalinePhosphatase: { unit: 'U/L', plausible: [30, 20_000], reference: 1100, scale: 0.6 },
  aspartateAminotransferase: { unit: 'U/mL', plausible: [3, 1500], reference: 110, scale: 0.5 },
  platelets: { unit: '10*3/uL', plausible: [5, 1200], reference: 220, scale: 0.5 },
  prothrombinTime: { unit: 's', plausible: [6, 60], reference: 10.8, scale: 0.12 },
} as const;

/** The pbcseq table: laboratory values of 312 patients with primary biliary cholangitis at irregular visits over up to 14 years. */
export const pbcseqCohort = (table: string): JudgedCohort => ({
  name: 'pbcseq',
  patients: readVisitTable(table, PBCSEQ),
  variables: Object.entries(ANALYTES).map(([key, { unit }]) => ({ key, unit, isLogarithmic: true })),
  statics: ['age', 'sex', 'arm'],
  treatments: [],
  longestDays: 2 * DAYS_PER_YEAR,
  horizonBins: [1, 2].map((years) => years * DAYS_PER_YEAR),
  subgroupsOf: ({ series: { statics } }) => [
    statics['arm'] === 1 ? 'D-penicillamine' : 'placebo',
    statics['sex'] === 0 ? 'female' : 'male',
    statics['age']! < 50 ? 'younger than 50' : '50 or older',
  ],
});

/** Analytes whose changes follow their level and the bilirubin; the others drift at a rate of the patient's own, seen through noise. */
const DRIVEN = new Set(['cholesterol', 'albumin', 'prothrombinTime']);
const logOf = (key: keyof typeof ANALYTES): FeatureSpec => {
  const { reference, scale } = ANALYTES[key];
  return { kind: 'log-state', variable: key, reference, scale };
};

/** What a definition would declare; the arm, age and sex shift every effect. */
export const PBCSEQ_DYNAMICS: PersonalSpec = {
  timeUnitDays: DAYS_PER_YEAR,
  variables: (Object.keys(ANALYTES) as (keyof typeof ANALYTES)[]).map((key): VariableSpec => {
    const { plausible } = ANALYTES[key];
    const isDriven = DRIVEN.has(key);
    return {
      key,
      change: 'log',
      scale: 1,
      floor: plausible[0] / 2,
      plausible,
      measurementSd: isDriven ? 0 : 'learned',
      features: [{ kind: 'intercept' }, ...(isDriven ? [logOf(key), logOf('bilirubin')] : [])],
    };
  }),
  treatments: [],
  statics: [
    { key: 'arm', kind: 'category', levels: [0, 1] },
    { key: 'sex', kind: 'category', levels: [0, 1] },
    { key: 'age', kind: 'number', centre: 50, scale: 10 },
  ],
  components: 1,
};
