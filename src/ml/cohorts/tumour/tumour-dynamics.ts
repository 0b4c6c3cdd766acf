import { volumeOfDiameter } from './tumour-geometry.ts';
import type { TumourParameters } from './tumour-parameters.ts';

/** The patient dies when the tumour reaches this volume in cm3 (a sphere of 13 cm). */
export const DEATH_VOLUME_CM3 = volumeOfDiameter(13);
/** Gompertz carrying capacity in cm3 (a sphere of 30 cm). */
export const CARRYING_CAPACITY_CM3 = volumeOfDiameter(30);
/** Standard deviation of the relative daily noise. */
export const DAILY_NOISE_SD = 0.01;
const CELLS_PER_CM3 = 5.8e8;
const CHEMO_KEPT_PER_DAY = 0.5;

/** What was given on one day: drug in the simulator's units (published: 5 per application), radiation in Gy. */
export interface DailyDoses {
  readonly chemoUnits: number;
  readonly radioGy: number;
}

/** Drug concentration after today's application; half of yesterday's is left (half-life one day). */
export const chemoConcentration = (yesterday: number, appliedToday: number): number =>
  CHEMO_KEPT_PER_DAY * yesterday + appliedToday;

/** Of a patient, see `TumourParameters`. */
export type TumourLaw = Pick<TumourParameters, 'rho' | 'alpha' | 'beta' | 'betaChemo'>;

/**
 * Change of the volume over a day, relative to it: rho ln(K/V) - betaChemo C - (alpha d + beta d^2), without noise.
 *
 * Gompertz growth, log-linear drug effect and linear-quadratic radiation effect (Geng et al. 2017, equation 4, in the
 * discrete form of the counterfactual benchmark).
 * @param volumeCm3 above 0. @param concentration drug concentration of the day, see {@link chemoConcentration}.
 * @param radioGy radiation of the day.
 */
export const relativeDailyChange = (
  volumeCm3: number,
  { rho, alpha, beta, betaChemo }: TumourLaw,
  concentration: number,
  radioGy: number,
): number =>
  rho * Math.log(CARRYING_CAPACITY_CM3 / volumeCm3) -
  betaChemo * concentration -
  (alpha * radioGy + beta * radioGy * radioGy);

/**
 * Volume in cm3 one day later, never below 0, see {@link relativeDailyChange}.
 * @param noise of the day, already scaled ({@link DAILY_NOISE_SD}).
 */
export const nextVolume = (
  volumeCm3: number,
  law: TumourLaw,
  concentration: number,
  radioGy: number,
  noise: number,
): number =>
  volumeCm3 <= 0
    ? 0
    : Math.max(0, volumeCm3 * (1 + (relativeDailyChange(volumeCm3, law, concentration, radioGy) + noise)));

/** Probability that a tumour of this volume in cm3 has no living cell left. */
export const recoveryProbability = (volumeCm3: number): number => Math.exp(-volumeCm3 * CELLS_PER_CM3);
