import { BENCHMARK_DAYS, type BenchmarkCourses } from './benchmark-courses.ts';
import type { BenchmarkPopulation } from './benchmark-population.ts';
import { testCourses } from './test-courses.ts';
import type { LegacyRandom } from '../mersenne-twister.ts';
import { relativeDailyChange } from '../tumour/tumour-dynamics.ts';
import { CHEMO_UNITS_PER_APPLICATION, RADIO_GY_PER_FRACTION } from '../tumour/treatment-policy.ts';

/** The options of a day: nothing, radiation, drug, both. */
export const ONE_STEP_OPTIONS = [
  { chemoUnits: 0, radioGy: 0 },
  { chemoUnits: 0, radioGy: RADIO_GY_PER_FRACTION },
  { chemoUnits: CHEMO_UNITS_PER_APPLICATION, radioGy: 0 },
  { chemoUnits: CHEMO_UNITS_PER_APPLICATION, radioGy: RADIO_GY_PER_FRACTION },
] as const;

/** Every patient, day and option. */
export interface OneStepTest {
  readonly courses: BenchmarkCourses;
  /**
   * Volume of the next day: [patients, 59, options], of days before the patient's last one. That of the option really taken
   * is cut to 0..V(13 cm); the others, with the same noise, are not.
   */
  readonly nextVolumesCm3: Float64Array;
}

/** Draws the test set of one-step counterfactuals. */
export function oneStepTest(random: LegacyRandom, population: BenchmarkPopulation, gamma: number): OneStepTest {
  const options = ONE_STEP_OPTIONS.length;
  const nextVolumesCm3 = new Float64Array(population.patients * (BENCHMARK_DAYS - 1) * options);
  const courses = testCourses(random, population, gamma, 0, (today, { volumesCm3, chemoUnits, radioGy }, rows) => {
    const { patient, day, at, noise, leftFromYesterday } = today;
    const factualRow = rows.next();
    if (factualRow >= 0) rows.volumesCm3.set(volumesCm3.subarray(at, at + BENCHMARK_DAYS), factualRow);
    ONE_STEP_OPTIONS.forEach((option, k) => {
      const place = (patient * (BENCHMARK_DAYS - 1) + day) * options + k;
      if (option.chemoUnits === chemoUnits[at + day] && option.radioGy === radioGy[at + day]) {
        nextVolumesCm3[place] = volumesCm3[at + day + 1]!;
        return;
      }
      const volume = volumesCm3[at + day]!;
      const concentration = leftFromYesterday + option.chemoUnits;
      const change = relativeDailyChange(volume, population.laws[patient]!, concentration, option.radioGy);
      nextVolumesCm3[place] = volume * (1 + (change + noise[day + 1]!));
      const row = rows.next();
      if (row < 0) return;
      rows.volumesCm3.set(volumesCm3.subarray(at, at + day + 1), row);
      rows.volumesCm3[row + day + 1] = nextVolumesCm3[place]!;
    });
  });
  return { courses, nextVolumesCm3 };
}
