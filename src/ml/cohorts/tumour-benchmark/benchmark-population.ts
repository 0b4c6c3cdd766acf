import { normalCdf, normalQuantile } from '../../normal-distribution.ts';
import type { LegacyRandom } from '../mersenne-twister.ts';
import type { TumourLaw } from '../tumour/tumour-dynamics.ts';
import { volumeOfDiameter } from '../tumour/tumour-geometry.ts';
import {
  ALPHA,
  ALPHA_RHO_CORRELATION,
  BETA_CHEMO,
  RHO,
  sensitivities,
  STAGES,
  type TumourParameters,
} from '../tumour/tumour-parameters.ts';

/** Patients of the benchmark before their first day. What they are made of is hidden from every model but the type. */
export interface BenchmarkPopulation {
  readonly patients: number;
  readonly types: readonly TumourParameters['type'][];
  readonly startVolumesCm3: Float64Array;
  readonly laws: readonly TumourLaw[];
}

/**
 * Draws patients in the order of the public reference (Causal Transformer, `cancer_sim`): all stages, the start diameters
 * stage by stage, (alpha, rho) by rejection in batches as large as the population, types, chemosensitivities; then
 * one shuffle. Stages are not kept: they set the start and nothing else.
 */
export function drawPopulation(random: LegacyRandom, patients: number): BenchmarkPopulation {
  const diametersCm = drawDiameters(random, patients);
  const pairs = drawSensitivityAndGrowth(random, patients);
  const types = Array.from({ length: patients }, () => ([1, 2, 3] as const)[random.integer(3)]!);
  const chemo = Array.from({ length: patients }, () =>
    truncatedNormal(random.uniform(), BETA_CHEMO.mean, BETA_CHEMO.sd, 0, Infinity),
  );
  const order = Array.from({ length: patients }, (_, i) => i);
  for (let i = patients - 1; i > 0; i -= 1) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return {
    patients,
    types: order.map((i) => types[i]!),
    startVolumesCm3: Float64Array.from(order, (i) => volumeOfDiameter(diametersCm[i]!)),
    laws: order.map((i) => Object.assign(sensitivities(types[i]!, pairs[i]!.alpha, chemo[i]!), { rho: pairs[i]!.rho })),
  };
}

function drawDiameters(random: LegacyRandom, patients: number): readonly number[] {
  const total = STAGES.reduce((sum, { weight }) => sum + weight, 0);
  const counts = STAGES.map(() => 0);
  for (let i = 0; i < patients; i += 1) {
    const uniform = random.uniform();
    let [stage, below] = [0, STAGES[0].weight / total];
    while (uniform >= below && stage < STAGES.length - 1) {
      stage += 1;
      below += STAGES[stage]!.weight / total;
    }
    counts[stage]! += 1;
  }
  return STAGES.flatMap(({ logMean, logSd, lowCm, highCm }, stage) =>
    Array.from({ length: counts[stage]! }, () =>
      Math.exp(truncatedNormal(random.uniform(), logMean, logSd, Math.log(lowCm), Math.log(highCm))),
    ),
  );
}

/** By inversion. @param uniform in [0, 1). */
function truncatedNormal(uniform: number, mean: number, sd: number, low: number, high: number): number {
  const below = normalCdf((low - mean) / sd);
  return mean + sd * normalQuantile(below + uniform * (normalCdf((high - mean) / sd) - below));
}

function drawSensitivityAndGrowth(random: LegacyRandom, patients: number): readonly { alpha: number; rho: number }[] {
  const rows = scaledEigenvectors(ALPHA.sd, RHO.sd, ALPHA_RHO_CORRELATION);
  const pairs: { alpha: number; rho: number }[] = [];
  while (pairs.length < patients) {
    for (let i = 0; i < patients; i += 1) {
      const [first, second] = [random.normal(), random.normal()];
      const alpha = ALPHA.mean + first * rows[0].alpha + second * rows[1].alpha;
      const rho = RHO.mean + first * rows[0].rho + second * rows[1].rho;
      if (alpha > 0 && rho > 0) pairs.push({ alpha, rho });
    }
  }
  return pairs;
}

/**
 * Right singular vectors of the covariance times the roots of its singular values, greatest first: what numpy's
 * `multivariate_normal` multiplies standard normal numbers by. The first element is negative in LAPACK's answer.
 */
function scaledEigenvectors(sdAlpha: number, sdRho: number, correlation: number) {
  const [a, b, d] = [sdAlpha ** 2, correlation * sdAlpha * sdRho, sdRho ** 2];
  const root = Math.hypot((a - d) / 2, b);
  const greatest = (a + d) / 2 + root;
  const least = (a * d - b * b) / greatest;
  const length = Math.hypot(greatest - d, b);
  const [x, y] = [(greatest - d) / length, b / length];
  return [
    { alpha: -x * Math.sqrt(greatest), rho: -y * Math.sqrt(greatest) },
    { alpha: -y * Math.sqrt(least), rho: x * Math.sqrt(least) },
  ] as const;
}
