import { type DailyModel, type DailyPlayer, dailyPredictor } from './tumour-predictor.ts';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import {
  CARRYING_CAPACITY_CM3,
  chemoConcentration,
  DAILY_NOISE_SD,
  DEATH_VOLUME_CM3,
} from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import {
  ALPHA,
  ALPHA_RHO_CORRELATION,
  BETA_CHEMO,
  RHO,
  sensitivities,
} from '../../src/ml/cohorts/tumour/tumour-parameters.ts';
import { factorise, invertFactor } from '../../src/ml/forecasting/personal/cholesky.ts';
import { normalCdf, normalDensity } from '../../src/ml/normal-distribution.ts';

interface Expected {
  readonly rho: number;
  readonly alpha: number;
  readonly betaChemo: number;
  readonly drugBefore: number;
}

/**
 * The least one-step error that anything can have that does not know the patient: the true law, the true noise and the true
 * population, the hidden parameters integrated out given the patient's past. The posterior is a Gaussian of (alpha, rho,
 * betaChemo) cut at alpha > 0 and rho > 0; its mean is found by quadrature over alpha.
 *
 * Beyond one step the mean parameters are no floor, as the volume is not linear in them.
 */
export const bayesFloor = (): DailyPlayer => {
  const model: DailyModel<Expected> = {
    subject: 'Bayes floor (true prior, hidden parameters unknown)',
    numbers: 0,
    states: expectedParameters,
    advance: ({ rho, alpha, betaChemo }, volume, drug, radioGy) =>
      volume > 0
        ? volume *
          (1 + rho * Math.log(CARRYING_CAPACITY_CM3 / volume) - betaChemo * drug - alpha * radioEffect(radioGy))
        : 0,
    drug: (_, yesterday, chemoUnits) => chemoConcentration(yesterday, chemoUnits),
    drugBefore: ({ drugBefore }) => drugBefore,
  };
  return dailyPredictor(model, [0, DEATH_VOLUME_CM3]);
};

/** Of alpha, as beta is a tenth of it. */
const radioEffect = (radioGy: number): number => radioGy + (radioGy * radioGy) / 10;

function expectedParameters(courses: BenchmarkCourses, patient: number): readonly Expected[] {
  const { volumesCm3, concentrations, radioGy, lastDays, days, population } = courses;
  // What the type adds, apart from what is drawn: the cut is on the drawn alpha.
  const added = sensitivities(population.types[patient]!, 0, 0);
  const covariance = ALPHA_RHO_CORRELATION * ALPHA.sd * RHO.sd;
  const prior = Float64Array.of(ALPHA.sd ** 2, covariance, 0, covariance, RHO.sd ** 2, 0, 0, 0, BETA_CHEMO.sd ** 2);
  const precision = new Float64Array(9);
  factorise(prior, 3);
  invertFactor(prior, 3, precision);
  const means = [ALPHA.mean, RHO.mean, BETA_CHEMO.mean];
  const right = [0, 1, 2].map((a) => means.reduce((sum, mean, b) => sum + precision[3 * a + b]! * mean, 0));
  const expected: Expected[] = [];
  for (let day = 0; day < lastDays[patient]!; day += 1) {
    const at = patient * days + day;
    const [alpha, rho, betaChemo] = truncatedMean(precision, right);
    expected.push({
      alpha: alpha + added.alpha,
      rho,
      betaChemo: betaChemo + added.betaChemo,
      drugBefore: day === 0 ? 0 : concentrations[at - 1]!,
    });
    const volume = volumesCm3[at]!;
    if (!(volume > 0)) continue;
    const features = [-radioEffect(radioGy[at]!), Math.log(CARRYING_CAPACITY_CM3 / volume), -concentrations[at]!];
    const known = features[0]! * added.alpha + features[2]! * added.betaChemo;
    const change = volumesCm3[at + 1]! / volume - 1 - known;
    for (let a = 0; a < 3; a += 1) {
      right[a]! += (features[a]! * change) / DAILY_NOISE_SD ** 2;
      for (let b = 0; b < 3; b += 1) precision[3 * a + b]! += (features[a]! * features[b]!) / DAILY_NOISE_SD ** 2;
    }
  }
  return expected;
}

const POINTS = 200;

/** Mean of N(P^-1 r, P^-1) over (alpha, rho, betaChemo), cut at alpha > 0 and rho > 0. */
function truncatedMean(precision: Float64Array, right: readonly number[]): readonly [number, number, number] {
  const factor = precision.slice();
  const covariance = new Float64Array(9);
  factorise(factor, 3);
  invertFactor(factor, 3, covariance);
  const mean = [0, 1, 2].map((a) => right.reduce((sum, r, b) => sum + covariance[3 * a + b]! * r, 0));
  const sdAlpha = Math.sqrt(covariance[0]!);
  const slope = covariance[1]! / covariance[0]!;
  const sdRho = Math.sqrt(covariance[4]! - slope * covariance[1]!);
  // Where alpha's own mean is far below the cut, its density falls like an exponential of this rate.
  const low = Math.max(0, mean[0]! - 8 * sdAlpha);
  const fall = Math.max(0, (low - mean[0]!) / sdAlpha);
  const high = Math.max(low, mean[0]!) + (fall > 4 ? (30 / fall) * sdAlpha : 8 * sdAlpha);
  let [mass, alphas, rhos] = [0, 0, 0];
  for (let k = 0; k < POINTS; k += 1) {
    const alpha = low + ((k + 0.5) / POINTS) * (high - low);
    const z = (alpha - mean[0]!) / sdAlpha;
    const rho = mean[1]! + slope * (alpha - mean[0]!);
    const { probability, mean: rhoMean } = positivePart(rho, sdRho);
    // Relative to the density at the cut, so that nothing underflows.
    const weight = Math.exp((fall * fall - z * z) / 2) * probability;
    mass += weight;
    alphas += weight * alpha;
    rhos += weight * rhoMean;
  }
  if (!(mass > 0)) return [Math.max(mean[0]!, 0), Math.max(mean[1]!, 0), mean[2]!];
  const [alpha, rho] = [alphas / mass, rhos / mass];
  // betaChemo is not cut: it follows the two by regression.
  const determinant = covariance[0]! * covariance[4]! - covariance[1]! ** 2;
  const [da, dr] = [alpha - mean[0]!, rho - mean[1]!];
  const onAlpha = (covariance[4]! * da - covariance[1]! * dr) / determinant;
  const onRho = (covariance[0]! * dr - covariance[1]! * da) / determinant;
  return [alpha, rho, mean[2]! + covariance[6]! * onAlpha + covariance[7]! * onRho];
}

/** Probability that N(mean, sd) is above 0, and its mean there. */
function positivePart(mean: number, sd: number): { readonly probability: number; readonly mean: number } {
  const z = mean / sd;
  const probability = normalCdf(z);
  if (z < -30 || probability === 0) return { probability, mean: sd / Math.max(-z, 1) };
  return { probability, mean: mean + (sd * normalDensity(z)) / probability };
}
