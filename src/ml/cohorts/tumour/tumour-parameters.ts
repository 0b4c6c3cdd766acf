import { randomStream, type RandomStream } from '../random-stream.ts';
import { volumeOfDiameter } from './tumour-geometry.ts';

/** Stage at diagnosis: log-normal start diameter (mean and sd of the logarithm of cm), kept within bounds in cm. */
export const STAGES = [
  { stage: 'I', weight: 1432, logMean: 1.72, logSd: 4.7, lowCm: 0.3, highCm: 5 },
  { stage: 'II', weight: 128, logMean: 1.96, logSd: 1.63, lowCm: 0.3, highCm: 13 },
  { stage: 'IIIA', weight: 1306, logMean: 1.91, logSd: 9.4, lowCm: 0.3, highCm: 13 },
  { stage: 'IIIB', weight: 7248, logMean: 2.76, logSd: 6.87, lowCm: 0.3, highCm: 13 },
  { stage: 'IV', weight: 12840, logMean: 3.86, logSd: 8.82, lowCm: 0.3, highCm: 13 },
] as const;

export const ALPHA = { mean: 0.0398, sd: 0.168 };
export const RHO = { mean: 7e-5, sd: 7.23e-3 };
export const ALPHA_RHO_CORRELATION = 0.87;
export const BETA_CHEMO = { mean: 0.028, sd: 0.0007 };

/** The stage at diagnosis, which sets where the tumour starts and nothing else. */
export type TumourStage = (typeof STAGES)[number]['stage'];

/** What makes one simulated patient's tumour behave as it does. Hidden from every model. */
export interface TumourParameters {
  readonly stage: TumourStage;
  /** 1: more sensitive to radiotherapy, 2: plain, 3: more sensitive to chemotherapy. */
  readonly type: 1 | 2 | 3;
  readonly startVolumeCm3: number;
  /** Growth rate per day and natural logarithm of (carrying capacity / volume). */
  readonly rho: number;
  /** Linear radiosensitivity per Gy. */
  readonly alpha: number;
  /** Quadratic radiosensitivity per Gy^2: alpha / 10. */
  readonly beta: number;
  /** Chemosensitivity per unit of concentration and day. */
  readonly betaChemo: number;
}

/**
 * Draws the hidden parameters of patient `index`, the same for the same seed and index.
 *
 * Population: Geng, Paganetti and Grassberger, "Prediction of treatment response for combined chemo- and radiation
 * therapy for non-small cell lung cancer patients using a bio-mathematical model", Scientific Reports 7, 2017, with the
 * constants of the counterfactual benchmark that RMSN, CRN, G-Net and Causal Transformer share.
 */
export function drawTumourParameters(seed: number, index: number): TumourParameters {
  const random = randomStream(seed, index, 'tumour-parameters');
  const stage = drawStage(random);
  const logDiameter = normalWithin(random, stage.logMean, stage.logSd, Math.log(stage.lowCm), Math.log(stage.highCm));
  const { alpha, rho } = drawSensitivityAndGrowth(random);
  const type = ([1, 2, 3] as const)[random.index(3)]!;
  const betaChemo = normalWithin(random, BETA_CHEMO.mean, BETA_CHEMO.sd, 0, Infinity);
  return {
    stage: stage.stage,
    type,
    startVolumeCm3: volumeOfDiameter(Math.exp(logDiameter)),
    rho,
    ...sensitivities(type, alpha, betaChemo),
  };
}

/** What a patient's type adds to the sensitivities that were drawn. */
export function sensitivities(
  type: TumourParameters['type'],
  alpha: number,
  betaChemo: number,
): Pick<TumourParameters, 'alpha' | 'beta' | 'betaChemo'> {
  const typed = alpha + (type === 1 ? 0.1 * ALPHA.mean : 0);
  return { alpha: typed, beta: typed / 10, betaChemo: betaChemo + (type === 3 ? 0.1 * BETA_CHEMO.mean : 0) };
}

function drawStage(random: RandomStream): (typeof STAGES)[number] {
  let left = random.uniform() * STAGES.reduce((sum, { weight }) => sum + weight, 0);
  return STAGES.find(({ weight }) => (left -= weight) < 0) ?? STAGES[4];
}

function drawSensitivityAndGrowth(random: RandomStream): { alpha: number; rho: number } {
  for (;;) {
    const first = random.normal();
    const second = random.normal();
    const alpha = ALPHA.mean + ALPHA.sd * first;
    const rho =
      RHO.mean + RHO.sd * (ALPHA_RHO_CORRELATION * first + Math.sqrt(1 - ALPHA_RHO_CORRELATION ** 2) * second);
    if (alpha > 0 && rho > 0) {
      return { alpha, rho };
    }
  }
}

/** By rejection: every interval asked for here holds at least a tenth of its normal distribution. */
function normalWithin(random: RandomStream, mean: number, sd: number, low: number, high: number): number {
  for (;;) {
    const value = mean + sd * random.normal();
    if (value >= low && value <= high) {
      return value;
    }
  }
}
