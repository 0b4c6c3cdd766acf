import { BENCHMARK_DAYS, type BenchmarkCourses } from './benchmark-courses.ts';
import type { BenchmarkPopulation } from './benchmark-population.ts';
import { testCourses } from './test-courses.ts';
import type { LegacyRandom } from '../mersenne-twister.ts';
import { CARRYING_CAPACITY_CM3, chemoConcentration } from '../tumour/tumour-dynamics.ts';
import { CHEMO_UNITS_PER_APPLICATION, RADIO_GY_PER_FRACTION } from '../tumour/treatment-policy.ts';

/** Days after tomorrow that an option decides on; the last of them is six steps from the day of the question. */
export const OPTION_DAYS = 5;
/** Options per patient and day. */
export const SEQUENCE_OPTIONS = 2 * OPTION_DAYS;

/** `sliding`: one drug or one fraction on one of the five days; `random`: fresh coins for every patient and day. */
export type SequenceKind = 'sliding' | 'random';

/** Volumes two to six days ahead. Tomorrow's follows from what is really given today and is not told. */
export interface SequenceTest {
  readonly courses: BenchmarkCourses;
  /** Whether drug, and radiation, is given on the days t + 1 to t + 5 after day t: [patients, 59, options, 5, 2]. */
  readonly plans: Uint8Array;
  /** On days t + 2 to t + 6: [patients, 59, options, 5], of days before the patient's last one; NaN: no row of the set. */
  readonly laterVolumesCm3: Float64Array;
}

/** Draws the test set of treatment sequences. Volumes are not cut; a row whose volume turned negative before its end is none. */
export function sequenceTest(
  random: LegacyRandom,
  population: BenchmarkPopulation,
  gamma: number,
  kind: SequenceKind,
): SequenceTest {
  const size = population.patients * (BENCHMARK_DAYS - 1) * SEQUENCE_OPTIONS * OPTION_DAYS;
  const plans = new Uint8Array(2 * size);
  const laterVolumesCm3 = new Float64Array(size).fill(NaN);
  const block = SEQUENCE_OPTIONS * OPTION_DAYS;
  const drawPlan = (plan: Uint8Array): void => {
    for (let k = 0; k < plan.length; k += 1) plan[k] = random.integer(2);
  };
  if (kind === 'random') drawPlan(new Uint8Array(2 * block));
  const courses = testCourses(random, population, gamma, OPTION_DAYS, (today, { volumesCm3, concentrations }, rows) => {
    const { patient, day, at: start, noise } = today;
    const first = (patient * (BENCHMARK_DAYS - 1) + day) * block;
    const plan = plans.subarray(2 * first, 2 * (first + block));
    if (kind === 'random') drawPlan(plan);
    else for (let k = 0; k < SEQUENCE_OPTIONS; k += 1) plan[slidingPlace(k)] = 1;
    const { rho, alpha, beta, betaChemo } = population.laws[patient]!;
    for (let option = 0; option < SEQUENCE_OPTIONS; option += 1) {
      let volume = volumesCm3[start + day + 1]!;
      let concentration = concentrations[start + day]!;
      const own = laterVolumesCm3.subarray(first + option * OPTION_DAYS, first + (option + 1) * OPTION_DAYS);
      for (let h = 0; h < OPTION_DAYS; h += 1) {
        const at = 2 * (option * OPTION_DAYS + h);
        concentration = chemoConcentration(concentration, plan[at]! * CHEMO_UNITS_PER_APPLICATION);
        const radioGy = plan[at + 1]! * RADIO_GY_PER_FRACTION;
        // The two small numbers are the reference's.
        const growth = rho * Math.log(CARRYING_CAPACITY_CM3 / (volume + 1e-7) + 1e-7);
        const kill = betaChemo * concentration + (alpha * radioGy + beta * radioGy * radioGy);
        volume *= 1 + growth - kill + noise[day + 2 + h]!;
        own[h] = volume;
      }
      if (own.some(Number.isNaN)) {
        own.fill(NaN);
        continue;
      }
      const row = rows.next();
      if (row < 0) continue;
      rows.volumesCm3.set(volumesCm3.subarray(start, start + day + 2), row);
      rows.volumesCm3.set(own, row + day + 2);
    }
  });
  return { courses, plans, laterVolumesCm3 };
}

/** Of the one application of a sliding option: the drug on each day, then radiation on each day. */
const slidingPlace = (option: number): number =>
  2 * (option * OPTION_DAYS + (option % OPTION_DAYS)) + (option < OPTION_DAYS ? 0 : 1);
