import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import { ONE_STEP_OPTIONS } from '../../src/ml/cohorts/tumour-benchmark/one-step-test.ts';
import {
  OPTION_DAYS,
  SEQUENCE_OPTIONS,
  type SequenceTest,
} from '../../src/ml/cohorts/tumour-benchmark/sequence-test.ts';

/** A fitted model, as the benchmark asks it. It reads the days up to the question's and what is given on them, no more. */
export interface TumourPredictor {
  readonly subject: string;
  /** Free numbers that were learned; 0 for what learns nothing. */
  readonly numbers: number;
  /** Volumes of the next day under each option: [patients, 59, options]. */
  oneStep(courses: BenchmarkCourses): Float64Array;
  /** Volumes two to six days ahead under each plan: [patients, 59, plans, 5]. */
  sequences(test: Pick<SequenceTest, 'courses' | 'plans'>): Float64Array;
}

/** A model that goes on day by day from a state that it keeps per patient and day. */
export interface DailyModel<State> {
  readonly subject: string;
  readonly numbers: number;
  /** State after each of a patient's days before the last one, before anything is given on that day. */
  states(courses: BenchmarkCourses, patient: number): readonly State[];
  /** Volume one day later. */
  advance(state: State, volumeCm3: number, drug: number, radioGy: number): number;
  /** Drug at work in the units of the cohort, from what was at work the day before. */
  drug(state: State, yesterday: number, chemoUnits: number): number;
  /** At work on the day before the state's. */
  drugBefore(state: State): number;
}

/** Plays plans on a daily model: tomorrow's volume is kept within `range`, later ones at or above its lower end until the last. */
export const dailyPredictor = <State>(
  model: DailyModel<State>,
  [low, high]: readonly [number, number],
): TumourPredictor => ({
  subject: model.subject,
  numbers: model.numbers,
  oneStep(courses) {
    const { population, days, volumesCm3 } = courses;
    const predicted = new Float64Array(population.patients * (days - 1) * ONE_STEP_OPTIONS.length);
    for (let patient = 0; patient < population.patients; patient += 1) {
      model.states(courses, patient).forEach((state, day) => {
        ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
          const drug = model.drug(state, model.drugBefore(state), chemoUnits);
          predicted[(patient * (days - 1) + day) * ONE_STEP_OPTIONS.length + k] = model.advance(
            state,
            volumesCm3[patient * days + day]!,
            drug,
            radioGy,
          );
        });
      });
    }
    return predicted;
  },
  sequences({ courses, plans }) {
    const { population, days, volumesCm3, chemoUnits, radioGy } = courses;
    const block = SEQUENCE_OPTIONS * OPTION_DAYS;
    const predicted = new Float64Array(population.patients * (days - 1) * block);
    for (let patient = 0; patient < population.patients; patient += 1) {
      model.states(courses, patient).forEach((state, day) => {
        const at = patient * days + day;
        const drugToday = model.drug(state, model.drugBefore(state), chemoUnits[at]!);
        const tomorrow = model.advance(state, volumesCm3[at]!, drugToday, radioGy[at]!);
        for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
          const place = ((patient * (days - 1) + day) * SEQUENCE_OPTIONS + option) * OPTION_DAYS;
          let volume = Math.min(Math.max(tomorrow, low), high);
          let drug = drugToday;
          for (let h = 0; h < OPTION_DAYS; h += 1) {
            drug = model.drug(state, drug, 5 * plans[2 * (place + h)]!);
            const next = model.advance(state, volume, drug, 2 * plans[2 * (place + h) + 1]!);
            predicted[place + h] = next;
            volume = Math.max(next, low);
          }
        }
      });
    }
    return predicted;
  },
});
