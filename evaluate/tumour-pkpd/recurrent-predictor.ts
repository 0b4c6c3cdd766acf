import { givenDaily, seriesUntil } from './course-series.ts';
import type { TumourPredictor } from './tumour-predictor.ts';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import { ONE_STEP_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import { OPTION_DAYS, SEQUENCE_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/sequence-test.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import {
  advanceState,
  exposureBetween,
  forecastChange,
  type RecurrentModel,
  type RecurrentState,
  recurrentStates,
} from '../../src/ml/forecasting/learned/recurrent-model.ts';

/** Asks the gated recurrent unit: its memory after every day, fed with its own forecasts beyond. */
export function recurrentPredictor(subject: string, model: RecurrentModel): TumourPredictor {
  const next = (state: RecurrentState, chemoUnits: number, radioGy: number) => {
    const { day } = state;
    const given = [givenDaily([chemoUnits], day), givenDaily([radioGy], day)];
    const exposure = exposureBetween(model, state, given, day + 1);
    const volume = state.known.values[0]! * (1 + forecastChange(model, state, day + 1, exposure).mean[0]!);
    return { volume, exposure };
  };
  const go = (state: RecurrentState, chemoUnits: number, radioGy: number) => {
    const { volume, exposure } = next(state, chemoUnits, radioGy);
    const kept = Math.min(Math.max(volume, 0), DEATH_VOLUME_CM3);
    return { volume, state: advanceState(model, state, Float64Array.of(kept), state.day + 1, exposure) };
  };
  const forEachState = (
    courses: BenchmarkCourses,
    ask: (state: RecurrentState, question: number, at: number) => void,
  ): void => {
    const { population, days, lastDays } = courses;
    for (let patient = 0; patient < population.patients; patient += 1) {
      recurrentStates(model, seriesUntil(courses, patient, lastDays[patient]! - 1)).forEach((state, day) =>
        ask(state, patient * (days - 1) + day, patient * days + day),
      );
    }
  };
  return {
    subject,
    numbers: model.numbers,
    oneStep(courses) {
      const options = ONE_STEP_OPTIONS.length;
      const predicted = new Float64Array(courses.population.patients * (courses.days - 1) * options);
      forEachState(courses, (state, question) =>
        ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
          predicted[question * options + k] = next(state, chemoUnits, radioGy).volume;
        }),
      );
      return predicted;
    },
    sequences({ courses, plans }) {
      const { population, days, chemoUnits, radioGy } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * SEQUENCE_OPTIONS * OPTION_DAYS);
      forEachState(courses, (today, question, at) => {
        const tomorrow = go(today, chemoUnits[at]!, radioGy[at]!).state;
        for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
          let state = tomorrow;
          for (let h = 0; h < OPTION_DAYS; h += 1) {
            const place = (question * SEQUENCE_OPTIONS + option) * OPTION_DAYS + h;
            const [chemo, radio] = [5 * plans[2 * place]!, 2 * plans[2 * place + 1]!];
            if (h === OPTION_DAYS - 1) predicted[place] = next(state, chemo, radio).volume;
            else ({ volume: predicted[place], state } = go(state, chemo, radio));
          }
        }
      });
      return predicted;
    },
  };
}
