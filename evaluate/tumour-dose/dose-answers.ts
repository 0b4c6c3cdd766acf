import { type DoseForm, doseTreatments } from './dose-series.ts';
import { expectedVolume, forEachQuestion } from '../tumour-pkpd/personal-predictor.ts';
import {
  CHEMO_GRID,
  type DoseCohort,
  PLAN_DAYS,
  PLANS,
  RADIO_GRID,
} from '../../src/ml/cohorts/tumour-benchmark/continuous-doses.ts';
import { compileModel, type PersonalPosterior } from '../../src/ml/forecasting/personal/personal-posterior.ts';
import type { PopulationModel } from '../../src/ml/forecasting/personal/population-model.ts';
import { rollOut } from '../../src/ml/forecasting/personal/roll-out.ts';
import { sigmaPoints } from '../../src/ml/forecasting/personal/sigma-points.ts';

/** What a model answers to everything that a cohort asks, in the cohort's order. */
export interface DoseAnswers {
  readonly grid: Float64Array;
  readonly plans: Float64Array;
  /** Answers under amounts of 0 that differ from those without any treatment, in any bit. */
  readonly nullDifferences: number;
}

export function doseAnswers(model: PopulationModel, form: DoseForm, cohort: DoseCohort): DoseAnswers {
  const compiled = compileModel(model);
  const { courses } = cohort;
  const grid = new Float64Array(cohort.gridVolumesCm3.length).fill(NaN);
  const plans = new Float64Array(cohort.planVolumesCm3.length).fill(NaN);
  const horizonsDays = Array.from({ length: PLAN_DAYS }, (_, h) => h + 1);
  let nullDifferences = 0;
  const treatments = (_: unknown, patient: number) => doseTreatments(courses, patient, form);
  const ask = (posterior: PersonalPosterior, question: number, _at: number, day: number): void => {
    const sigma = sigmaPoints(compiled, posterior);
    const next = (chemo: number, radio: number): number => {
      const given = form.given([chemo], [radio], day);
      return expectedVolume(
        rollOut(compiled, posterior, { horizonsDays: [1], treatments: given, isPointsOnly: true }, sigma),
        0,
      );
    };
    CHEMO_GRID.forEach((chemo, c) =>
      RADIO_GRID.forEach((radio, r) => {
        grid[(question * CHEMO_GRID.length + c) * RADIO_GRID.length + r] = next(chemo, radio);
      }),
    );
    const zero = compiled.model.spec.treatments.map(() => [{ fromDay: day, toDay: day, amount: 0 }]);
    const nothing = expectedVolume(
      rollOut(compiled, posterior, { horizonsDays: [1], treatments: zero, isPointsOnly: true }, sigma),
      0,
    );
    nullDifferences += Number(!Object.is(nothing, grid[question * CHEMO_GRID.length * RADIO_GRID.length]));
    for (let plan = 0; plan < PLANS; plan += 1) {
      const place = (question * PLANS + plan) * PLAN_DAYS;
      const doses = (which: 0 | 1) => horizonsDays.map((_, h) => cohort.plans[2 * (place + h) + which]!);
      const given = form.given(doses(0), doses(1), day);
      const rollout = rollOut(compiled, posterior, { horizonsDays, treatments: given, isPointsOnly: true }, sigma);
      for (let h = 0; h < PLAN_DAYS; h += 1) plans[place + h] = expectedVolume(rollout, h);
    }
  };
  forEachQuestion(model, courses, ask, { treatments });
  return { grid, plans, nullDifferences };
}
