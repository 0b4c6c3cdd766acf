import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { HeldOutForecast } from '../../src/ml/forecasting/held-out-forecasts.ts';
import { learnFrom, type LearnedPopulation } from '../../src/ml/forecasting/learned-population.ts';
import { chooseDynamics, type DynamicsChoice } from '../../src/ml/forecasting/learned/choose-dynamics.ts';
import {
  correctedCandidate,
  type DynamicsCandidate,
  personalCandidate,
  recurrentCandidate,
} from '../../src/ml/forecasting/learned/dynamics-candidate.ts';
import { trainFeatures } from '../../src/ml/forecasting/learned/train-features.ts';
import { trainRecurrent } from '../../src/ml/forecasting/learned/train-recurrent.ts';
import { judgedValue } from '../../src/ml/forecasting/personal-values.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { validationOf } from '../../src/ml/forecasting/validation-table.ts';
import { knownLevels } from './judged-history.ts';
import {
  FEWEST_KNOWN,
  fromLevel,
  type JudgedCohort,
  type JudgedForecast,
  questionsOf,
  type ValueForecaster,
} from './question.ts';

/** How much is spent on the learned candidates. */
export interface TwinEffort {
  /** Updates of learned features, and passes of the recurrent network. */
  readonly steps: number;
  readonly epochs: number;
  readonly hidden: number;
  readonly features: number;
}

export interface JudgedTwin {
  /** The twin, then everything that it is made of or compared with under its own name. */
  readonly forecasters: readonly ValueForecaster[];
  /** Name of the features that the twin's model has. */
  readonly chosen: string;
  /** All of them by how likely the next visits of validation patients are. */
  readonly compared: DynamicsChoice;
}

/**
 * A twin as `npm run train` and the server make it: of the declared and the learned features those that validation patients find
 * likelier, on training patients, corrected by what training patients left out in turn showed. Patients that it was not fitted on tell
 * intervals, how far a change is trusted, and where nothing is shown and the twin declines. A recurrent network, which keeps no
 * posterior that a server could answer what-ifs from, is judged beside it as a rival.
 */
export async function fitTwin(
  cohort: JudgedCohort,
  declared: PersonalSpec,
  train: readonly CohortPatient[],
  validation: readonly CohortPatient[],
  seed: number,
  { steps, epochs, hidden, features }: TwinEffort,
): Promise<JudgedTwin> {
  const seriesOf = (all: readonly CohortPatient[]) => all.map(({ series }) => series);
  const [shown, held] = [seriesOf(train), seriesOf(validation)];
  const learned = await trainFeatures(shown, held, declared, { seed, steps, hidden, features });
  const recurrent = await trainRecurrent(shown, held, declared, { seed, epochs, hidden });
  const { model } = fitPopulation(shown, declared, { seed });
  const plain = [
    personalCandidate('declared features', model),
    personalCandidate('learned features', fitPopulation(shown, learned.spec, { seed }).model, learned.numbers),
  ];
  const choice = chooseDynamics(plain, held);
  const isDeclared = choice.chosen === plain[0]!.name;
  const base = plain[isDeclared ? 0 : 1]!;
  const learnt = learnFrom(base.spec, shown, {
    seed,
    isWithTrees: true,
    questions: { longestDays: cohort.longestDays, fewestVisits: FEWEST_KNOWN, isEveryOrigin: true },
  })!;
  const corrected = correctedCandidate(
    `${base.name}, corrected`,
    learnt.model,
    learnt.correction!,
    isDeclared ? 0 : learned.numbers,
  );
  const network = recurrentCandidate('recurrent network', recurrent);
  const candidates = [...plain, corrected, network];
  const forecasters = candidates.map((candidate) => {
    // Learned features have seen the training patients, so that only the others can say what they are worth.
    const isLeftOut = candidate === corrected && isDeclared;
    const before = isLeftOut ? learnt.heldOut : [];
    return judged(cohort, candidate, {
      model,
      correction: null,
      validation: validated(cohort, candidate, validation, model.stepDays, before),
      meanPerDay: {},
    });
  });
  const twin = forecasters.find(({ subject }) => subject === corrected.name)!;
  return {
    forecasters: [{ ...twin, subject: 'twin' }, ...forecasters],
    chosen: choice.chosen,
    compared: chooseDynamics(candidates, held),
  };
}

/**
 * What a candidate showed on patients that it was not fitted on, by variable: those of `validation`, and those that forecasts were tried on
 * before.
 */
function validated(
  cohort: JudgedCohort,
  candidate: DynamicsCandidate,
  validation: readonly CohortPatient[],
  stepDays: number,
  before: readonly (readonly HeldOutForecast[])[] = [],
): LearnedPopulation['validation'] {
  const { variables } = candidate.spec;
  const forecasts: HeldOutForecast[][] = variables.map(() => []);
  const first = 1 + before.flat().reduce((most, { patient }) => Math.max(most, patient), -1);
  before.forEach((own, v) => forecasts[v]!.push(...own));
  validation.forEach((one, index) => {
    const patient = first + index;
    for (const { series, originDay, targets } of questionsOf(one, cohort.longestDays)) {
      const horizons = targets.map(({ day }) => day - originDay);
      candidate.forecast(series, horizons, series.treatments).forEach((predictive, target) => {
        variables.forEach(({ key }, v) => {
          const [distribution, truth] = [predictive[v]!, targets[target]!.values[key]];
          const last = series.visits.findLast(({ values }) => Number.isFinite(values[key]))?.values[key];
          if (distribution === null || truth === undefined || last === undefined) return;
          forecasts[v]!.push({ patient, intervalDays: horizons[target]!, last, distribution, truth });
        });
      });
    }
  });
  return Object.fromEntries(
    variables.map(({ key, change }, v) => [
      key,
      validationOf(forecasts[v]!, stepDays, change === 'absolute' ? 'difference' : 'logarithm'),
    ]),
  );
}

/** A candidate as the server answers with it. */
const judged = (
  cohort: JudgedCohort,
  candidate: DynamicsCandidate,
  population: LearnedPopulation,
): ValueForecaster => ({
  subject: candidate.name,
  answer({ series, originDay }, days) {
    const horizons = days.map((day) => day - originDay);
    const predictive = candidate.forecast(series, horizons, series.treatments);
    const known = knownLevels(cohort, series);
    return horizons.map((intervalDays, target) =>
      cohort.variables.map((variable, v): JudgedForecast | null => {
        const level = known[v]!.levels.at(-1);
        if (level === undefined) return null;
        const own = candidate.spec.variables.findIndex(({ key }) => key === variable.key);
        const distribution = predictive[target]![own]!;
        const origin = { value: fromLevel(variable, level), intervalDays };
        const { value, intervals, declineReason } = judgedValue(
          candidate.spec.variables[own]!,
          origin,
          distribution,
          population,
          null,
        );
        return {
          value,
          intervals: intervals.length === 0 ? null : intervals.map(({ low, high }) => [low, high] as const),
          declineReason,
        };
      }),
    );
  },
});
