import { randomStream } from '../random-stream.ts';
import type { TreatmentPolicy } from './treatment-policy.ts';
import {
  chemoConcentration,
  type DailyDoses,
  DAILY_NOISE_SD,
  DEATH_VOLUME_CM3,
  nextVolume,
  recoveryProbability,
} from './tumour-dynamics.ts';
import { diameterOfVolume } from './tumour-geometry.ts';
import { drawTumourParameters, type TumourParameters } from './tumour-parameters.ts';

/** One day: the tumour in the morning and what is given during the day, which acts on the next morning's volume. */
export interface TumourDay extends DailyDoses {
  readonly day: number;
  readonly volumeCm3: number;
  /** Of the sphere of that volume. */
  readonly diameterCm: number;
  /** Drug at work during the day, after today's application. */
  readonly chemoConcentration: number;
}

/** A simulated patient with everything that is true of them, hidden parameters included. */
export interface TumourCourse {
  readonly seed: number;
  readonly index: number;
  readonly parameters: TumourParameters;
  /** Shorter than asked for when the patient died or recovered; that day is the last one. */
  readonly days: readonly TumourDay[];
  readonly outcome: 'followed' | 'died' | 'recovered';
}

/**
 * Simulates patient `index` day by day. Pure: seed, index and policy fix every number.
 *
 * Noise, recovery and the policy's coins have streams of their own with one draw per day, so that the same patient under
 * another policy meets the same noise: with `prescribedDoses` the difference of two courses is the exact effect of the
 * doses.
 * @param options.days length of the course, counted from day 0.
 */
export function simulateTumourPatient(
  seed: number,
  index: number,
  options: { readonly days: number; readonly policy: TreatmentPolicy },
): TumourCourse {
  const parameters = drawTumourParameters(seed, index);
  const noise = randomStream(seed, index, 'daily-noise');
  const recovery = randomStream(seed, index, 'recovery');
  const coins = randomStream(seed, index, 'treatment');

  const days: TumourDay[] = [];
  const volumesCm3: number[] = [];
  let volumeCm3 = parameters.startVolumeCm3;
  let concentration = 0;
  let outcome: TumourCourse['outcome'] = 'followed';
  for (let day = 0; day < options.days; day++) {
    volumesCm3.push(volumeCm3);
    const chemoDraw = coins.uniform();
    const radioDraw = coins.uniform();
    const hasEnded = outcome !== 'followed';
    const doses = hasEnded ? { chemoUnits: 0, radioGy: 0 } : options.policy({ day, volumesCm3, chemoDraw, radioDraw });
    concentration = chemoConcentration(concentration, doses.chemoUnits);
    days.push({ day, volumeCm3, diameterCm: diameterOfVolume(volumeCm3), chemoConcentration: concentration, ...doses });
    if (hasEnded || day === options.days - 1) {
      break;
    }
    volumeCm3 = nextVolume(volumeCm3, parameters, concentration, doses.radioGy, DAILY_NOISE_SD * noise.normal());
    if (volumeCm3 > DEATH_VOLUME_CM3) {
      volumeCm3 = DEATH_VOLUME_CM3;
      outcome = 'died';
    } else if (recovery.uniform() < recoveryProbability(volumeCm3)) {
      volumeCm3 = 0;
      outcome = 'recovered';
    }
  }
  return { seed, index, parameters, days, outcome };
}
