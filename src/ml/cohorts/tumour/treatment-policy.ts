import type { DailyDoses } from './tumour-dynamics.ts';
import { diameterOfVolume } from './tumour-geometry.ts';

/** What a policy may look at: the past of one patient and that day's own random numbers. */
interface TreatmentDecision {
  readonly day: number;
  /** Volume in cm3 of every day up to and including this one. */
  readonly volumesCm3: readonly number[];
  /** Drawn for every day whether or not they are used, so that all policies of one patient share them. In (0, 1). */
  readonly chemoDraw: number;
  readonly radioDraw: number;
}

/** Decides what is given on a day. */
export type TreatmentPolicy = (decision: TreatmentDecision) => DailyDoses;

/** Drug units per application and Gy per fraction of the published benchmark. */
export const CHEMO_UNITS_PER_APPLICATION = 5;
export const RADIO_GY_PER_FRACTION = 2;

const MAXIMUM_DIAMETER_CM = 13;
export const WINDOW_DAYS = 15;
const NOTHING: DailyDoses = { chemoUnits: 0, radioGy: 0 };

/**
 * Probability of treating a tumour of this mean diameter: sigmoid(gamma / 13 * (D - 6.5)), D in cm.
 * @param gamma time-dependent confounding; 0: a coin, 4: the most that the benchmark tests.
 */
export const treatmentProbability = (meanDiameterCm: number, gamma: number): number =>
  1 / (1 + Math.exp(-(gamma / MAXIMUM_DIAMETER_CM) * (meanDiameterCm - MAXIMUM_DIAMETER_CM / 2)));

/**
 * The published training policy: each drug decided every day on the mean diameter of the 15 days before it, nobody
 * treated on day 0.
 */
export const benchmarkPolicy =
  (gamma: number): TreatmentPolicy =>
  ({ day, volumesCm3, chemoDraw, radioDraw }) => {
    if (day === 0) {
      return NOTHING;
    }
    const probability = treatmentProbability(
      meanDiameter(volumesCm3.slice(Math.max(day - WINDOW_DAYS, 0), day)),
      gamma,
    );
    return {
      chemoUnits: chemoDraw < probability ? CHEMO_UNITS_PER_APPLICATION : 0,
      radioGy: radioDraw < probability ? RADIO_GY_PER_FRACTION : 0,
    };
  };

/**
 * A calendar that a clinic could keep, for cohorts that stay imageable: once a week, drug with the benchmark's
 * probability, and radiation with the same probability on the first and fourth day of the week. Daily coins, as the benchmark throws
 * them, would melt almost every tumour within the follow-up.
 */
export const weeklyPolicy =
  (gamma: number): TreatmentPolicy =>
  ({ day, volumesCm3, chemoDraw, radioDraw }) => {
    const dayOfWeek = day % 7;
    if (dayOfWeek !== 1 && dayOfWeek !== 4) {
      return NOTHING;
    }
    const probability = treatmentProbability(meanDiameter(volumesCm3.slice(-WINDOW_DAYS)), gamma);
    return {
      chemoUnits: dayOfWeek === 1 && chemoDraw < probability ? CHEMO_UNITS_PER_APPLICATION : 0,
      radioGy: radioDraw < probability ? RADIO_GY_PER_FRACTION : 0,
    };
  };

/** Gives exactly these doses, day by day, and nothing after their end: the what-if of a known patient. */
export const prescribedDoses =
  (doses: readonly DailyDoses[]): TreatmentPolicy =>
  ({ day }) =>
    doses[day] ?? NOTHING;

const meanDiameter = (volumesCm3: readonly number[]): number =>
  volumesCm3.reduce((sum, volume) => sum + diameterOfVolume(volume), 0) / volumesCm3.length;
