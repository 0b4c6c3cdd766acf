import { BENCHMARK_DAYS, type BenchmarkCourses, emptyCourses, meanDiameter } from './benchmark-courses.ts';
import type { BenchmarkPopulation } from './benchmark-population.ts';
import type { LegacyRandom } from '../mersenne-twister.ts';
import {
  chemoConcentration,
  DAILY_NOISE_SD,
  DEATH_VOLUME_CM3,
  recoveryProbability,
  relativeDailyChange,
} from '../tumour/tumour-dynamics.ts';
import {
  CHEMO_UNITS_PER_APPLICATION,
  RADIO_GY_PER_FRACTION,
  treatmentProbability,
  WINDOW_DAYS,
} from '../tumour/treatment-policy.ts';

/** What a test set adds on a day: called when the volume of the next day is known. */
export interface TestDay {
  readonly patient: number;
  /** The last day whose volume a model may see; what is given on it may be seen, too. */
  readonly day: number;
  /** Where the patient's days lie in the courses. */
  readonly at: number;
  /** Of the days of the patient, and beyond. */
  readonly noise: Float64Array;
  /** Drug left from yesterday. */
  readonly leftFromYesterday: number;
}

/**
 * The rows that a test set has written so far, as the policy sees them: the first so many of them, one per patient. This is
 * the quirk of the public reference: the policy of patient i reads row i of the array of rows written so far, of all patients,
 * rather than the patient's own days. Rows are 0 beyond their end.
 */
export interface WrittenRows {
  /** Writes one row and returns its place for the days, or -1 where nobody will ever read it. */
  next(): number;
  readonly volumesCm3: Float64Array;
  readonly length: number;
}

/**
 * Factual courses of a test set. The policy starts on day 0 and includes today; volumes are cut to 0..V(13 cm).
 * @param onDay adds the counterfactual rows of the day. @param beyond days of noise that are needed after the last one.
 */
export function testCourses(
  random: LegacyRandom,
  population: BenchmarkPopulation,
  gamma: number,
  beyond: number,
  onDay: (day: TestDay, courses: BenchmarkCourses, rows: WrittenRows) => void,
): BenchmarkCourses {
  const days = BENCHMARK_DAYS;
  const { patients } = population;
  const courses = emptyCourses(population, days);
  const { volumesCm3, chemoUnits, radioGy, concentrations, lastDays } = courses;
  const length = days + beyond;
  const read = new Float64Array(patients * length);
  let written = 0;
  const rows: WrittenRows = {
    volumesCm3: read,
    length,
    next() {
      written += 1;
      return written <= patients ? (written - 1) * length : -1;
    },
  };
  for (let i = 0; i < patients; i += 1) {
    const noise = Float64Array.from({ length }, () => DAILY_NOISE_SD * random.normal());
    const recovery = Float64Array.from({ length: days }, () => random.uniform());
    const chemoCoins = Float64Array.from({ length: days }, () => random.uniform());
    const radioCoins = Float64Array.from({ length: days }, () => random.uniform());
    const at = i * days;
    volumesCm3[at] = population.startVolumesCm3[i]!;
    for (let t = 0; t < days - 1; t += 1) {
      const window = i * length + Math.max(t - WINDOW_DAYS, 0);
      const p = treatmentProbability(meanDiameter(read, window, i * length + t + 1), gamma);
      radioGy[at + t] = radioCoins[t]! < p ? RADIO_GY_PER_FRACTION : 0;
      chemoUnits[at + t] = chemoCoins[t]! < p ? CHEMO_UNITS_PER_APPLICATION : 0;
      const before = t > 0 ? concentrations[at + t - 1]! : 0;
      concentrations[at + t] = chemoConcentration(before, chemoUnits[at + t]!);
      const change = relativeDailyChange(
        volumesCm3[at + t]!,
        population.laws[i]!,
        concentrations[at + t]!,
        radioGy[at + t]!,
      );
      const volume = volumesCm3[at + t]! * (1 + (change + noise[t + 1]!));
      volumesCm3[at + t + 1] = Math.min(Math.max(volume, 0), DEATH_VOLUME_CM3);
      onDay({ patient: i, day: t, at, noise, leftFromYesterday: chemoConcentration(before, 0) }, courses, rows);
      const next = volumesCm3[at + t + 1]!;
      if (next >= DEATH_VOLUME_CM3 || recovery[t]! <= recoveryProbability(next)) {
        lastDays[i] = t + 1;
        break;
      }
    }
  }
  return courses;
}
