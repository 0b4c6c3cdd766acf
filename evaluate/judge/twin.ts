import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { HeldOutForecast } from '../../src/ml/forecasting/held-out-forecasts.ts';
import type { LearnedPopulation } from '../../src/ml/forecasting/learned-population.ts';
import { chooseDynamics, type DynamicsChoice } from '../../src/ml/forecasting/learned/choose-dynamics.ts';
import {
  type DynamicsCandidate,
  personalCandidate,
  recurrentCandidate,
} from '../../src/ml/forecasting/learned/dynamics-candidate.ts';
import { trainFeatures } from '../../src/ml/forecasting/learned/train-features.ts';
import { trainRecurrent } from '../../src/ml/forecasting/learned/train-recurrent.ts';
import { judgedValue } from '../../src/ml/forecasting/personal-values.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { mixtureMean } from '../../src/ml/forecasting/personal/predictive-mixture.ts';
import { validationOf } from '../../src/ml/forecasting/validation-table.ts';
import { knownLevels } from './judged-history.ts';
import { fromLevel, type JudgedCohort, type JudgedForecast, questionsOf, type ValueForecaster } from './question.ts';

/** How much is spent on the learned candidates. */
export interface TwinEffort {
  /** Updates of learned features, and passes of the recurrent network. */
  readonly steps: number;
  readonly epochs: number;
  readonly hidden: number;
  readonly features: number;
}

export interface JudgedTwin {
  /** The chosen candidate first, as `twin`, then every candidate under its own name. */
  readonly forecasters: readonly ValueForecaster[];
  readonly choice: DynamicsChoice;
}

/**
 * A twin as the server has it: candidates are fitted on training patients, validation patients choose one of them and tell intervals, how
 * far a change is trusted, and where nothing is shown and the twin declines.
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
  const candidates = [
    personalCandidate('declared features', model),
    personalCandidate('learned features', fitPopulation(shown, learned.spec, { seed }).model, learned.numbers),
    recurrentCandidate('recurrent network', recurrent),
  ];
  const choice = chooseDynamics(candidates, held);
  const forecasters = candidates.map((candidate) =>
    judged(cohort, candidate, {
      model,
      validation: validated(cohort, candidate, validation, model.stepDays),
      meanPerDay: {},
    }),
  );
  const chosen = forecasters.find(({ subject }) => subject === choice.chosen)!;
  return { forecasters: [{ ...chosen, subject: 'twin' }, ...forecasters], choice };
}

/** What a candidate showed on validation patients, which it was not fitted on, by variable. */
function validated(
  cohort: JudgedCohort,
  candidate: DynamicsCandidate,
  validation: readonly CohortPatient[],
  stepDays: number,
): LearnedPopulation['validation'] {
  const { variables } = candidate.spec;
  const forecasts: HeldOutForecast[][] = variables.map(() => []);
  validation.forEach((one, patient) => {
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
        const forecast = distribution === null ? null : { mean: mixtureMean(distribution), distribution };
        const origin = { value: fromLevel(variable, level), intervalDays };
        const { value, intervals, declineReason } = judgedValue(
          candidate.spec.variables[own]!,
          origin,
          forecast,
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
