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

/** Volumes after each day of a plan that begins on the day of the question: (drug, radiation) of each day. */
type Play = (doses: readonly (readonly [chemoUnits: number, radioGy: number])[]) => readonly number[];

/** A predictor that plays any doses. */
export interface DailyPlayer extends TumourPredictor {
  /** Calls for every patient and day before the last one. @param ask.at where the day lies in the courses. */
  play(courses: BenchmarkCourses, ask: (play: Play, question: number, at: number) => void): void;
}

/** Plays plans on a daily model: tomorrow's volume is kept within the range, later ones at or above its lower end until the last. */
export function dailyPredictor<State>(model: DailyModel<State>, [low, high]: readonly [number, number]): DailyPlayer {
  const play: DailyPlayer['play'] = (courses, ask) => {
    const { population, days, volumesCm3 } = courses;
    for (let patient = 0; patient < population.patients; patient += 1) {
      model.states(courses, patient).forEach((state, day) => {
        const at = patient * days + day;
        const fromToday: Play = (doses) => {
          let [volume, drug] = [volumesCm3[at]!, model.drugBefore(state)];
          return doses.map(([chemoUnits, radioGy], h) => {
            drug = model.drug(state, drug, chemoUnits);
            const next = model.advance(state, volume, drug, radioGy);
            volume = Math.max(h === 0 ? Math.min(next, high) : next, low);
            return next;
          });
        };
        ask(fromToday, patient * (days - 1) + day, at);
      });
    }
  };
  return {
    subject: model.subject,
    numbers: model.numbers,
    play,
    oneStep(courses) {
      const options = ONE_STEP_OPTIONS.length;
      const predicted = new Float64Array(courses.population.patients * (courses.days - 1) * options);
      play(courses, (from, question) =>
        ONE_STEP_OPTIONS.forEach(({ chemoUnits, radioGy }, k) => {
          predicted[question * options + k] = from([[chemoUnits, radioGy]])[0]!;
        }),
      );
      return predicted;
    },
    sequences({ courses, plans }) {
      const { population, days, chemoUnits, radioGy } = courses;
      const predicted = new Float64Array(population.patients * (days - 1) * SEQUENCE_OPTIONS * OPTION_DAYS);
      play(courses, (from, question, at) => {
        for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
          const place = (question * SEQUENCE_OPTIONS + option) * OPTION_DAYS;
          const later = Array.from(
            { length: OPTION_DAYS },
            (_, h) => [5 * plans[2 * (place + h)]!, 2 * plans[2 * (place + h) + 1]!] as const,
          );
          const volumes = from([[chemoUnits[at]!, radioGy[at]!], ...later]);
          predicted.set(volumes.slice(1), place);
        }
      });
      return predicted;
    },
  };
}
