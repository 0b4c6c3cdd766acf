import { givenDaily, treatmentsOf } from './course-series.ts';
import type { TumourPredictor } from './tumour-predictor.ts';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import { ONE_STEP_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { OPTION_DAYS, SEQUENCE_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/sequence-test.ts';
import {
  compileModel,
  type PersonalPosterior,
  startPosterior,
} from '../../src/ml/forecasting/personal/personal-posterior.ts';
import type { PopulationModel } from '../../src/ml/forecasting/personal/population-model.ts';
import { type Rollout, rollOut } from '../../src/ml/forecasting/personal/roll-out.ts';
import { sigmaPoints } from '../../src/ml/forecasting/personal/sigma-points.ts';
import { updatePosterior } from '../../src/ml/forecasting/personal/update-posterior.ts';

/** Told of every distribution behind a prediction, e.g. to count coverage. */
export type OnRollout = (rollout: Rollout, place: number) => void;

/** Asks the personal layer, as the server does: a posterior per patient, one visit after the other, and a roll-out per plan. */
export function personalPredictor(
  subject: string,
  model: PopulationModel,
  onRollout: { readonly oneStep?: OnRollout; readonly sequences?: OnRollout } = {},
): TumourPredictor {
  const compiled = compileModel(model);
  return {
    subject,
    numbers: model.evidence.numbers,
    oneStep(courses) {
      const { population, days } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * ONE_STEP_OPTIONS.length);
      forEachQuestion(model, courses, (posterior, patient, day) => {
        const sigma = sigmaPoints(compiled, posterior);
        ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
          const treatments = [givenDaily([chemoUnits], day), givenDaily([radioGy], day)];
          const rollout = rollOut(compiled, posterior, { horizonsDays: [1], treatments }, sigma);
          const place = (patient * (days - 1) + day) * ONE_STEP_OPTIONS.length + k;
          predicted[place] = meanOf(rollout, 0);
          onRollout.oneStep?.(rollout, place);
        });
      });
      return predicted;
    },
    sequences({ courses, plans }) {
      const { population, days, chemoUnits, radioGy } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * SEQUENCE_OPTIONS * OPTION_DAYS);
      const horizonsDays = Array.from({ length: OPTION_DAYS }, (_, h) => h + 2);
      forEachQuestion(model, courses, (posterior, patient, day) => {
        const sigma = sigmaPoints(compiled, posterior);
        for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
          const place = ((patient * (days - 1) + day) * SEQUENCE_OPTIONS + option) * OPTION_DAYS;
          const given = (today: number, which: 0 | 1, amount: number) =>
            givenDaily(
              [today, ...Array.from({ length: OPTION_DAYS }, (_, h) => amount * plans[2 * (place + h) + which]!)],
              day,
            );
          const at = patient * days + day;
          const treatments = [given(chemoUnits[at]!, 0, 5), given(radioGy[at]!, 1, 2)];
          const rollout = rollOut(compiled, posterior, { horizonsDays, treatments }, sigma);
          for (let h = 0; h < OPTION_DAYS; h += 1) predicted[place + h] = meanOf(rollout, h);
          onRollout.sequences?.(rollout, place);
        }
      });
      return predicted;
    },
  };
}

/** Calls with the posterior of every patient on every day before the last one, treatments of that day not yet counted. */
export function forEachQuestion(
  model: PopulationModel,
  courses: BenchmarkCourses,
  ask: (posterior: PersonalPosterior, patient: number, day: number) => void,
  measured: (volumeCm3: number, patient: number, day: number) => number = (volume) => volume,
): void {
  const { volumesCm3, days, lastDays, population } = courses;
  for (let patient = 0; patient < population.patients; patient += 1) {
    const treatments = treatmentsOf(courses, patient);
    let posterior = startPosterior(model, { type: population.types[patient]! });
    for (let day = 0; day < lastDays[patient]!; day += 1) {
      const volume = measured(volumesCm3[patient * days + day]!, patient, day);
      ({ posterior } = updatePosterior(model, posterior, { day, values: { volume } }, treatments));
      ask(posterior, patient, day);
    }
  }
}

/** Expected value of the only variable on the d-th asked day. */
function meanOf({ points, pointWeights }: Rollout, d: number): number {
  let sum = 0;
  for (let point = 0; point < pointWeights.length; point += 1) {
    sum += pointWeights[point]! * points[d * pointWeights.length + point]!;
  }
  return sum;
}
