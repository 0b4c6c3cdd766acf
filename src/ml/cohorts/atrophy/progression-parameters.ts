import { randomStream } from '../random-stream.ts';

/** What makes one simulated person's atrophy behave as it does. `sex`, `ageYears` and `riskAlleles` are known to models, the rest is hidden. */
export interface ProgressionParameters {
  readonly sex: 'female' | 'male';
  /** At day 0. */
  readonly ageYears: number;
  /** Copies of the risk allele: 0, 1 or 2. */
  readonly riskAlleles: 0 | 1 | 2;
  /** Logit of the latent stage at day 0. */
  readonly startLogit: number;
  /** Untreated speed of the logit per year. */
  readonly logitPerYear: number;
  /** Largest share of that speed that the drug can take away. */
  readonly largestSlowing: number;
  /** Lateral ventricles in mL at stage 0 and the age of 70. */
  readonly ventricleBaseMl: number;
  /** Relative growth of the ventricles from stage 0 to stage 1. */
  readonly ventricleGrowth: number;
  /** Mean thickness of the cortex in mm at stage 0 and the age of 70. */
  readonly cortexBaseMm: number;
  /** Share of the cortex lost from stage 0 to stage 1. */
  readonly cortexLoss: number;
  /** Points of the cognitive score at stage 0, and those added up to stage 1. */
  readonly scoreBase: number;
  readonly scoreRange: number;
  readonly ptauBasePgPerMl: number;
  readonly ptauLogRise: number;
  readonly neurofilamentBasePgPerMl: number;
  readonly neurofilamentLogRise: number;
}

/** Shares of 0, 1 and 2 risk alleles, as in memory clinics. */
const ALLELE_SHARES = [0.5, 0.38, 0.12] as const;

/**
 * Draws the parameters of person `index`, the same for the same seed and index.
 *
 * The law is ours; magnitudes are those of memory clinics: ventricles of 20 to 60 mL that grow some per cent a year, a
 * cortex of 2.2 to 2.7 mm, a stage that passes from 0.2 to 0.8 in about 8 years untreated. The risk allele and age at
 * entry speed the disease up.
 */
export function drawProgressionParameters(seed: number, index: number): ProgressionParameters {
  const person = randomStream(seed, index, 'progression-parameters');
  const sex = person.uniform() < 0.54 ? 'female' : 'male';
  const ageYears = Math.round(10 * Math.min(88, Math.max(56, 72 + 6.5 * person.normal()))) / 10;
  const draw = person.uniform();
  const riskAlleles = draw < ALLELE_SHARES[0] ? 0 : draw < ALLELE_SHARES[0] + ALLELE_SHARES[1] ? 1 : 2;
  const logNormal = (median: number, spread: number): number => median * Math.exp(spread * person.normal());
  return {
    sex,
    ageYears,
    riskAlleles,
    startLogit: -1.6 + 0.25 * riskAlleles + 1.1 * person.normal(),
    logitPerYear: logNormal(0.3, 0.4) * (1 + 0.25 * riskAlleles) * Math.exp(0.012 * (ageYears - 72)),
    largestSlowing: person.between(0.35, 0.85),
    ventricleBaseMl: logNormal(sex === 'female' ? 24 : 28, 0.22),
    ventricleGrowth: logNormal(1, 0.2),
    cortexBaseMm: 2.6 + 0.07 * person.normal(),
    cortexLoss: person.between(0.17, 0.27),
    scoreBase: Math.max(1, 6 + 2 * person.normal()),
    scoreRange: Math.max(20, 44 + 6 * person.normal()),
    ptauBasePgPerMl: logNormal(0.32, 0.22),
    ptauLogRise: Math.max(0.4, 1.35 + 0.2 * person.normal()),
    neurofilamentBasePgPerMl: logNormal(15, 0.25),
    neurofilamentLogRise: Math.max(0.2, 0.9 + 0.2 * person.normal()),
  };
}
