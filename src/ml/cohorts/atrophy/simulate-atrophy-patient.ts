import type { ClinicalCourse } from '../../../twins/clinical-course.ts';
import { randomStream } from '../random-stream.ts';
import { clinicPolicy, type DosingPolicy, prescribedDose } from './dosing-policy.ts';
import {
  cognitiveScore,
  cortexMm,
  type DoseInterval,
  neurofilament,
  phosphorylatedTau,
  type ProgressionState,
  startProgression,
  ventricleMl,
} from './progression.ts';
import { drawProgressionParameters, type ProgressionParameters } from './progression-parameters.ts';

/** Variables that are measured, with unit, plausible range and the noise of one measurement. */
export const ATROPHY_VARIABLES = {
  cognitiveScore: { unit: '{score}', plausible: [0, 100], noise: { kind: 'absolute', sd: 1.8 }, of: cognitiveScore },
  ventricleVolume: { unit: 'mL', plausible: [1, 400], noise: { kind: 'relative', sd: 0.015 }, of: ventricleMl },
  corticalThickness: { unit: 'mm', plausible: [1, 5], noise: { kind: 'relative', sd: 0.012 }, of: cortexMm },
  phosphorylatedTau: {
    unit: 'pg/mL',
    plausible: [0, 100],
    noise: { kind: 'relative', sd: 0.08 },
    of: phosphorylatedTau,
  },
  neurofilament: { unit: 'pg/mL', plausible: [0, 1000], noise: { kind: 'relative', sd: 0.1 }, of: neurofilament },
} as const;
export type AtrophyVariable = keyof typeof ATROPHY_VARIABLES;
const VARIABLES = Object.keys(ATROPHY_VARIABLES) as AtrophyVariable[];

/** The key of the treatment, a daily dose in mg. */
export const ATROPHY_TREATMENT = 'diseaseModifyingDrug';

const SHARE_MISSING = 0.1;
const DAY_MS = 86_400_000;

export interface AtrophyVisit {
  readonly day: number;
  readonly state: ProgressionState;
  /** Without noise. */
  readonly truth: Readonly<Record<AtrophyVariable, number>>;
  /** As measured; a missing one is absent. */
  readonly values: Readonly<Partial<Record<AtrophyVariable, number>>>;
}

/** A simulated person with everything that is true of them, hidden parameters included. */
export interface AtrophyPatient {
  readonly seed: number;
  readonly index: number;
  readonly parameters: ProgressionParameters;
  readonly visits: readonly AtrophyVisit[];
  /** What was given from the first to the last visit, without gaps. */
  readonly doses: readonly DoseInterval[];
}

/**
 * Simulates person `index` from visit to visit. Pure: seed, index and policy fix every number. 4 to 9 visits, 6 to 18 months
 * apart; each value but the first visit's is missing with probability 0.1.
 *
 * Visit days, missing values, measurement noise and the noise of the stage have streams of their own: the same person
 * under another policy meets the same of each, so that the difference of two courses is the exact effect of the doses.
 */
export function simulateAtrophyPatient(
  seed: number,
  index: number,
  policy: DosingPolicy = clinicPolicy(1),
): AtrophyPatient {
  const draws = randomStream(seed, index, 'dosing');
  const doses: DoseInterval[] = [];
  const days = visitDays(seed, index);
  return follow(seed, index, days, (visit, score) => {
    const day = days[visit]!;
    const mgPerDay = policy({
      visit,
      day,
      measuredScore: score,
      mgPerDayBefore: doses.at(-1)?.mgPerDay ?? 0,
      startDraw: draws.uniform(),
      doseDraw: draws.uniform(),
    });
    const toDay = days[visit + 1];
    if (toDay !== undefined) doses.push({ fromDay: day, toDay, mgPerDay });
    return { doses, doseOn: () => mgPerDay };
  });
}

/** The same person, with the same noise, under these doses instead: the exact counterfactual. Nothing is given outside of them. */
export function counterfactualOf(patient: AtrophyPatient, doses: readonly DoseInterval[]): AtrophyPatient {
  const doseOn = prescribedDose(doses);
  const days = patient.visits.map(({ day }) => day);
  return follow(patient.seed, patient.index, days, () => ({ doses, doseOn }));
}

/** Simulated people one at a time, so that a cohort of any size needs the memory of one. */
export function* simulateAtrophyCohort(options: {
  readonly seed: number;
  readonly patients: number;
  readonly policy?: DosingPolicy;
}): Generator<AtrophyPatient> {
  for (let index = 0; index < options.patients; index++) {
    yield simulateAtrophyPatient(options.seed, index, options.policy);
  }
}

/** What a model may see of a person: measurements, doses in mg, sex, age at day 0 and risk alleles; known on the day. */
export function atrophyCourse({ parameters, visits, doses }: AtrophyPatient): ClinicalCourse {
  const { sex, ageYears, riskAlleles } = parameters;
  return {
    measurements: visits.flatMap(({ day, values }) =>
      VARIABLES.toSorted().flatMap((variable) => {
        const value = values[variable];
        return value === undefined ? [] : [{ variable, day, value, knownAtMs: day * DAY_MS }];
      }),
    ),
    doses: doses
      .filter(({ mgPerDay }) => mgPerDay > 0)
      .map(({ fromDay, toDay, mgPerDay }) => ({
        treatment: ATROPHY_TREATMENT,
        fromDay,
        toDay,
        amount: mgPerDay * (toDay - fromDay),
        knownAtMs: fromDay * DAY_MS,
      })),
    statics: { sex, age: ageYears, riskAlleles },
  };
}

function follow(
  seed: number,
  index: number,
  days: readonly number[],
  prescribe: (
    visit: number,
    measuredScore: number,
  ) => { readonly doses: readonly DoseInterval[]; readonly doseOn: (day: number) => number },
): AtrophyPatient {
  const parameters = drawProgressionParameters(seed, index);
  const progression = startProgression(seed, index, parameters);
  const assay = randomStream(seed, index, 'assay');
  const absence = randomStream(seed, index, 'absence');
  const visits: AtrophyVisit[] = [];
  let given: readonly DoseInterval[] = [];
  for (const [visit, day] of days.entries()) {
    const state = progression.state();
    const truth = Object.fromEntries(
      VARIABLES.map((variable) => [variable, ATROPHY_VARIABLES[variable].of(parameters, state)]),
    ) as Record<AtrophyVariable, number>;
    const measured = Object.fromEntries(
      VARIABLES.map((variable) => [variable, measure(variable, truth[variable], assay.normal())]),
    ) as Record<AtrophyVariable, number>;
    const values = Object.fromEntries(
      VARIABLES.filter(() => absence.uniform() >= SHARE_MISSING || visit === 0).map((key) => [key, measured[key]]),
    );
    visits.push({ day, state, truth, values });
    const { doses, doseOn } = prescribe(visit, measured.cognitiveScore);
    given = doses;
    const next = days[visit + 1] ?? day;
    for (let on = day; on < next; on++) progression.advance(doseOn(on));
  }
  return { seed, index, parameters, visits, doses: given };
}

function measure(variable: AtrophyVariable, truth: number, noise: number): number {
  const { kind, sd } = ATROPHY_VARIABLES[variable].noise;
  return Math.max(0, kind === 'relative' ? truth * Math.exp(sd * noise) : truth + sd * noise);
}

function visitDays(seed: number, index: number): number[] {
  const calendar = randomStream(seed, index, 'visits');
  const days = [0];
  for (let left = 3 + calendar.index(6); left > 0; left--)
    days.push(days.at(-1)! + Math.round(calendar.between(183, 548)));
  return days;
}
