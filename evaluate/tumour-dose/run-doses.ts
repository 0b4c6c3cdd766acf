import { doseAnswers } from './dose-answers.ts';
import { type DoseErrors, doseErrors } from './dose-errors.ts';
import { type DoseForm, doseSeries, LINEAR, QUADRATIC, TRUE_FORM } from './dose-series.ts';
import { carryForward, oracle, pooledLinear } from '../tumour-pkpd/known-models.ts';
import type { DailyPlayer } from '../tumour-pkpd/tumour-predictor.ts';
import {
  CHEMO_GRID,
  type DoseCohort,
  doseCohort,
  FULL_DOSES,
  PLAN_DAYS,
  PLANS,
  RADIO_GRID,
} from '../../src/ml/cohorts/tumour-benchmark/continuous-doses.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';

export interface DoseScores extends DoseErrors {
  readonly subject: string;
  readonly fitSeconds: number;
  readonly nullDifferences: number;
}

/** Doses that a model learned from, of which larger ones are asked about. */
const LOW_DOSES = { chemoUnits: FULL_DOSES.chemoUnits, radioGy: 2 };

/** All models on the same cohort, learned from all doses or from at most 2 Gy. */
export function runDoses(
  seed: number,
  gamma: number,
  sizes: { readonly training: number; readonly test: number },
  learnedFrom: 'all doses' | 'at most 2 Gy',
): readonly DoseScores[] {
  const training = doseCohort(seed, sizes.training, gamma, learnedFrom === 'all doses' ? FULL_DOSES : LOW_DOSES);
  // Other patients, other noise, all doses.
  const test = doseCohort(seed + 1, sizes.test, gamma);
  const personal = (form: DoseForm): DoseScores => {
    const started = performance.now();
    const { model } = fitPopulation(doseSeries(training.courses, form), form.spec, { seed });
    const fitSeconds = (performance.now() - started) / 1000;
    const answers = doseAnswers(model, form, test);
    return {
      subject: form.subject,
      fitSeconds,
      nullDifferences: answers.nullDifferences,
      ...doseErrors(test, answers),
    };
  };
  const known = [oracle(), pooledLinear(training.courses), carryForward()].map((one) =>
    Object.assign(doseErrors(test, playedAnswers(one, test)), {
      subject: one.subject,
      fitSeconds: 0,
      nullDifferences: 0,
    }),
  );
  return [...[TRUE_FORM, QUADRATIC, LINEAR].map(personal), ...known];
}

/** What a daily model answers to a cohort. */
function playedAnswers(player: DailyPlayer, { courses, gridVolumesCm3, plans, planVolumesCm3 }: DoseCohort) {
  const answers = {
    grid: new Float64Array(gridVolumesCm3.length).fill(NaN),
    plans: new Float64Array(planVolumesCm3.length).fill(NaN),
  };
  player.play(courses, (start, question) => {
    CHEMO_GRID.forEach((chemo, c) =>
      RADIO_GRID.forEach((radio, r) => {
        answers.grid[(question * CHEMO_GRID.length + c) * RADIO_GRID.length + r] = start([[chemo, radio]])[0]!;
      }),
    );
    for (let plan = 0; plan < PLANS; plan += 1) {
      const place = (question * PLANS + plan) * PLAN_DAYS;
      const days = Array.from(
        { length: PLAN_DAYS },
        (_, h) => [plans[2 * (place + h)]!, plans[2 * (place + h) + 1]!] as const,
      );
      answers.plans.set(start(days), place);
    }
  });
  return answers;
}
