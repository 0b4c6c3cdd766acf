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
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { PopulationModel } from '../../src/ml/forecasting/personal/population-model.ts';
import { type Rollout, rollOut } from '../../src/ml/forecasting/personal/roll-out.ts';
import { sigmaPoints } from '../../src/ml/forecasting/personal/sigma-points.ts';
import { updatePosterior } from '../../src/ml/forecasting/personal/update-posterior.ts';

/** Told of every distribution behind a one-step prediction, e.g. to count coverage. */
export type OnRollout = (rollout: Rollout, place: number) => void;

/** Asks the personal layer, as the server does: a posterior per patient, one visit after the other, and a roll-out per plan. */
export function personalPredictor(subject: string, model: PopulationModel, onOneStep?: OnRollout): TumourPredictor {
  const compiled = compileModel(model);
  return {
    subject,
    numbers: model.evidence.numbers,
    oneStep(courses) {
      const { population, days } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * ONE_STEP_OPTIONS.length);
      forEachQuestion(model, courses, (posterior, question, _at, day) => {
        const sigma = sigmaPoints(compiled, posterior);
        ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
          const treatments = [givenDaily([chemoUnits], day), givenDaily([radioGy], day)];
          const rollout = rollOut(compiled, posterior, { horizonsDays: [1], treatments }, sigma);
          const place = question * ONE_STEP_OPTIONS.length + k;
          predicted[place] = expectedVolume(rollout, 0);
          onOneStep?.(rollout, place);
        });
      });
      return predicted;
    },
    sequences({ courses, plans }) {
      const { population, days, chemoUnits, radioGy } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * SEQUENCE_OPTIONS * OPTION_DAYS);
      const horizonsDays = Array.from({ length: OPTION_DAYS }, (_, h) => h + 2);
      forEachQuestion(model, courses, (posterior, question, at, day) => {
        const sigma = sigmaPoints(compiled, posterior);
        for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
          const place = (question * SEQUENCE_OPTIONS + option) * OPTION_DAYS;
          const given = (today: number, which: 0 | 1, amount: number) =>
            givenDaily(
              [today, ...Array.from({ length: OPTION_DAYS }, (_, h) => amount * plans[2 * (place + h) + which]!)],
              day,
            );
          const treatments = [given(chemoUnits[at]!, 0, 5), given(radioGy[at]!, 1, 2)];
          const rollout = rollOut(compiled, posterior, { horizonsDays, treatments, isPointsOnly: true }, sigma);
          for (let h = 0; h < OPTION_DAYS; h += 1) predicted[place + h] = expectedVolume(rollout, h);
        }
      });
      return predicted;
    },
  };
}

/** How a model is told of a patient; by default of the true volumes and of drug and radiation as they were given. */
interface Telling {
  readonly treatments?: (courses: BenchmarkCourses, patient: number) => PatientSeries['treatments'];
  readonly measured?: (volumeCm3: number, patient: number, day: number) => number;
}

/**
 * Calls with the posterior of every patient on every day before the last one, treatments of that day not yet counted.
 * @param ask.at where the day lies in the courses. @param ask.question counts days of all patients but their last possible one.
 */
export function forEachQuestion(
  model: PopulationModel,
  courses: BenchmarkCourses,
  ask: (posterior: PersonalPosterior, question: number, at: number, day: number) => void,
  { treatments: told = treatmentsOf, measured = (volume) => volume }: Telling = {},
): void {
  const { volumesCm3, days, lastDays, population } = courses;
  for (let patient = 0; patient < population.patients; patient += 1) {
    const treatments = told(courses, patient);
    let posterior = startPosterior(model, { type: population.types[patient]! });
    for (let day = 0; day < lastDays[patient]!; day += 1) {
      const at = patient * days + day;
      const volume = measured(volumesCm3[at]!, patient, day);
      ({ posterior } = updatePosterior(model, posterior, { day, values: { volume } }, treatments));
      ask(posterior, patient * (days - 1) + day, at, day);
    }
  }
}

/** Expected value of the only variable on the d-th asked day. */
export function expectedVolume({ points, pointWeights }: Rollout, d: number): number {
  let sum = 0;
  for (let point = 0; point < pointWeights.length; point += 1) {
    sum += pointWeights[point]! * points[d * pointWeights.length + point]!;
  }
  return sum;
}
