import {
  ATROPHY_TREATMENT,
  ATROPHY_VARIABLES,
  atrophyCourse,
  type AtrophyVariable,
  simulateAtrophyCohort,
} from '../../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import type { FeatureSpec } from '../../src/ml/forecasting/personal/feature-spec.ts';
import type { PersonalSpec, VariableSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import type { JudgedCohort } from '../judge/question.ts';

const DAYS_PER_YEAR = 365.25;
const KEYS = Object.keys(ATROPHY_VARIABLES) as AtrophyVariable[];
const SEXES = ['female', 'male'];

/** Simulated people with atrophy, as models see them: measured values, doses, sex, age and risk alleles. */
export function atrophyCohort(seed: number, patients: number): JudgedCohort {
  return {
    name: 'atrophy-values',
    patients: Array.from(simulateAtrophyCohort({ seed, patients }), (one) => {
      const { doses, statics } = atrophyCourse(one);
      return {
        patient: `${seed}/${one.index}`,
        series: {
          statics: { ...(statics as Record<string, number>), sex: SEXES.indexOf(String(statics['sex'])) },
          visits: one.visits.map(({ day, values }) => ({ day, values: values as Record<string, number> })),
          treatments: { [ATROPHY_TREATMENT]: doses },
        },
      };
    }),
    variables: KEYS.map((key) => ({ key, unit: ATROPHY_VARIABLES[key].unit, isLogarithmic: key !== 'cognitiveScore' })),
    statics: ['sex', 'age', 'riskAlleles'],
    treatments: [ATROPHY_TREATMENT],
    longestDays: 2 * DAYS_PER_YEAR,
    horizonBins: [1, 2].map((years) => years * DAYS_PER_YEAR),
    subgroupsOf: ({ series: { statics, treatments } }) => [
      statics['sex'] === 0 ? 'female' : 'male',
      statics['age']! < 72 ? 'younger than 72' : '72 or older',
      statics['riskAlleles'] === 0 ? 'no risk allele' : 'risk alleles',
      treatments[ATROPHY_TREATMENT]!.length === 0 ? 'never treated' : 'treated',
    ],
  };
}

const ptau: FeatureSpec = { kind: 'log-state', variable: 'phosphorylatedTau', reference: 0.6, scale: 0.5 };

const logarithmic = (key: AtrophyVariable): VariableSpec => {
  const [low, high] = ATROPHY_VARIABLES[key].plausible;
  return {
    key,
    change: 'log',
    scale: 1,
    floor: Math.max(low / 2, 1e-3),
    plausible: [low, high],
    measurementSd: 'learned',
    features: [
      { kind: 'intercept' },
      ...(key === 'ventricleVolume' ? [ptau] : []),
      { kind: 'carry-over', treatment: ATROPHY_TREATMENT },
    ],
  };
};

/** What a definition would declare: a rate of the person's own, and what of the drug acts; ventricles follow the marker that runs ahead. */
export const ATROPHY_DYNAMICS: PersonalSpec = {
  timeUnitDays: DAYS_PER_YEAR,
  variables: [
    {
      key: 'cognitiveScore',
      change: 'absolute',
      scale: 5,
      floor: 0,
      plausible: ATROPHY_VARIABLES.cognitiveScore.plausible,
      measurementSd: 'learned',
      features: [{ kind: 'intercept' }, { kind: 'carry-over', treatment: ATROPHY_TREATMENT }],
    },
    logarithmic('ventricleVolume'),
    logarithmic('corticalThickness'),
    logarithmic('phosphorylatedTau'),
    logarithmic('neurofilament'),
  ],
  treatments: [{ key: ATROPHY_TREATMENT, unit: 5 * DAYS_PER_YEAR, halfLifeDays: 'learned' }],
  statics: [
    { key: 'sex', kind: 'category', levels: [0, 1] },
    { key: 'age', kind: 'number', centre: 72, scale: 6.5 },
    { key: 'riskAlleles', kind: 'number', centre: 0.6, scale: 0.7 },
  ],
  components: 1,
};
