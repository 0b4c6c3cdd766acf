import type { BenchmarkPopulation } from './benchmark-population.ts';
import type { LegacyRandom } from '../mersenne-twister.ts';
import {
  chemoConcentration,
  DAILY_NOISE_SD,
  DEATH_VOLUME_CM3,
  nextVolume,
  recoveryProbability,
} from '../tumour/tumour-dynamics.ts';
import { diameterOfVolume } from '../tumour/tumour-geometry.ts';
import {
  CHEMO_UNITS_PER_APPLICATION,
  RADIO_GY_PER_FRACTION,
  treatmentProbability,
  WINDOW_DAYS,
} from '../tumour/treatment-policy.ts';

/** Days 0..59 of every patient. */
export const BENCHMARK_DAYS = 60;

/** Courses of a population day by day: [patients, days], 0 after a patient's last day. */
export interface BenchmarkCourses {
  readonly population: BenchmarkPopulation;
  readonly days: number;
  readonly volumesCm3: Float64Array;
  /** Given on the day; act on the next day's volume. */
  readonly chemoUnits: Float64Array;
  readonly radioGy: Float64Array;
  /** Drug at work after the day's application. */
  readonly concentrations: Float64Array;
  /** Of the last volume: 59, or the day of death or recovery. */
  readonly lastDays: Int32Array;
}

/** Courses in which nothing has happened yet. */
export const emptyCourses = (population: BenchmarkPopulation, days: number): BenchmarkCourses => ({
  population,
  days,
  volumesCm3: new Float64Array(population.patients * days),
  chemoUnits: new Float64Array(population.patients * days),
  radioGy: new Float64Array(population.patients * days),
  concentrations: new Float64Array(population.patients * days),
  lastDays: new Int32Array(population.patients).fill(days - 1),
});

/**
 * Courses for training and validation. The policy looks at the mean diameter of the 15 days before today; nobody is treated
 * on day 0. A volume above that of 13 cm is death and is cut there; a recovery is volume 0.
 * @param gamma time-dependent confounding, 0..4 in the benchmark.
 */
export function factualCourses(random: LegacyRandom, population: BenchmarkPopulation, gamma: number): BenchmarkCourses {
  const days = BENCHMARK_DAYS;
  const size = population.patients * days;
  const noise = Float64Array.from({ length: size }, () => DAILY_NOISE_SD * random.normal());
  const recovery = Float64Array.from({ length: size }, () => random.uniform());
  const chemoCoins = Float64Array.from({ length: size }, () => random.uniform());
  const radioCoins = Float64Array.from({ length: size }, () => random.uniform());
  const courses = emptyCourses(population, days);
  const { volumesCm3, chemoUnits, radioGy, concentrations, lastDays } = courses;
  for (let i = 0; i < population.patients; i += 1) {
    const at = i * days;
    volumesCm3[at] = population.startVolumesCm3[i]!;
    for (let t = 1; t < days; t += 1) {
      const p = treatmentProbability(meanDiameter(volumesCm3, at + Math.max(t - WINDOW_DAYS, 0), at + t), gamma);
      radioGy[at + t] = radioCoins[at + t]! < p ? RADIO_GY_PER_FRACTION : 0;
      chemoUnits[at + t] = chemoCoins[at + t]! < p ? CHEMO_UNITS_PER_APPLICATION : 0;
      concentrations[at + t] = chemoConcentration(concentrations[at + t - 1]!, chemoUnits[at + t]!);
      const volume = nextVolume(
        volumesCm3[at + t - 1]!,
        population.laws[i]!,
        concentrations[at + t - 1]!,
        radioGy[at + t - 1]!,
        noise[at + t]!,
      );
      const isDead = volume > DEATH_VOLUME_CM3;
      const isRecovered = !isDead && recovery[at + t]! < recoveryProbability(volume);
      volumesCm3[at + t] = isDead ? DEATH_VOLUME_CM3 : isRecovered ? 0 : volume;
      if (isDead || isRecovered) {
        lastDays[i] = t;
        break;
      }
    }
  }
  return courses;
}

/** Of the spheres of volumes [from, until). */
export function meanDiameter(volumesCm3: Float64Array, from: number, until: number): number {
  let sum = 0;
  for (let t = from; t < until; t += 1) sum += diameterOfVolume(volumesCm3[t]!);
  return sum / (until - from);
}
