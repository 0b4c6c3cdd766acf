import { DomainError } from '../../../errors.ts';
import { checkSeries, type PatientSeries } from '../personal/patient-series.ts';
import type { PredictiveMixture } from '../personal/predictive-mixture.ts';
import type { DynamicsCandidate } from './dynamics-candidate.ts';

/** How likely what came was under a candidate, on patients that it was not fitted on. */
export interface ValidationLikelihood {
  readonly candidate: string;
  /** Free numbers of the candidate. */
  readonly numbers: number;
  /** Mean over values of the natural logarithm of their predictive density before they were measured. */
  readonly logLikelihoodPerValue: number;
  readonly patients: number;
  readonly values: number;
}

/** Which candidate is used, and why: for the model card. */
export interface DynamicsChoice {
  readonly chosen: string;
  /** In the order of the candidates. */
  readonly likelihoods: readonly ValidationLikelihood[];
  readonly reason: string;
}

/**
 * Chooses between candidates by the likelihood of validation patients' next visits. The first candidate, the simplest, keeps its place
 * unless another is better by more than the standard error of the difference over patients (the one-standard-error rule of Breiman
 * et al., Classification and Regression Trees, 1984, 3.4.3).
 * @param candidates at least one, of the same declaration, simplest first.
 * @throws {DomainError} INSUFFICIENT_HISTORY where no validation patient has two visits.
 */
export function chooseDynamics(
  candidates: readonly DynamicsCandidate[],
  validation: readonly PatientSeries[],
): DynamicsChoice {
  const scored = candidates.map((candidate) => ({
    candidate,
    patients: validation.map((series) => likelihoodOf(candidate, series)),
  }));
  // A value counts where every candidate has a distribution for it.
  const told = validation.map((_, patient) =>
    scored[0]!.patients[patient]!.map((_one, value) =>
      scored.every(({ patients }) => !Number.isNaN(patients[patient]![value]!)),
    ),
  );
  const values = told.flat().filter(Boolean).length;
  if (values === 0) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      'No validation patient has a value measured twice: nothing can be chosen by.',
      {
        field: 'validation',
      },
    );
  }
  const sums = scored.map(({ patients }) =>
    patients.map((own, patient) => own.reduce((sum, log, value) => sum + (told[patient]![value]! ? log : 0), 0)),
  );
  const perValue = sums.map((own) => own.reduce((sum, one) => sum + one, 0) / values);
  const counted = told.filter((own) => own.some(Boolean)).length;
  let chosen = 0;
  for (let other = 1; other < candidates.length; other += 1) {
    const differences = sums[other]!.map((sum, patient) => sum - sums[chosen]![patient]!);
    const gain = differences.reduce((sum, one) => sum + one, 0);
    if (gain > standardErrorOfSum(differences)) chosen = other;
  }
  const name = candidates[chosen]!.name;
  const others = candidates.flatMap(({ name: rival }, index) =>
    index === chosen ? [] : [`${(perValue[index]! - perValue[chosen]!).toFixed(3)} for ${rival}`],
  );
  return {
    chosen: name,
    likelihoods: scored.map(({ candidate }, index) => ({
      candidate: candidate.name,
      numbers: candidate.numbers,
      logLikelihoodPerValue: perValue[index]!,
      patients: counted,
      values,
    })),
    reason:
      others.length === 0
        ? `${name} is the only candidate.`
        : `On ${counted} validation patients ${name} made the next visits' ${values} values most likely, or no other candidate was better by more than a standard error; difference per value: ${others.join(', ')}.`,
  };
}

/** Log densities of the values of every visit but the first, visit by visit, variable by variable; NaN where there is none. */
function likelihoodOf(candidate: DynamicsCandidate, series: PatientSeries): number[] {
  const { visits } = checkSeries(candidate.spec, series);
  return candidate.nextVisits(series).flatMap((predictive, index) =>
    candidate.spec.variables.map((_, v) => {
      const value = visits[index + 1]!.values[v]!;
      const distribution = predictive[v]!;
      return distribution === null || Number.isNaN(value) ? NaN : logDensity(distribution, value);
    }),
  );
}

/** Less probable than this (natural logarithm of a density) no value counts as: one outlier is not to decide. */
const LEAST_LOG_DENSITY = -30;
const LEAST_SD = 1e-12;

/** Natural logarithm of the density of a value, in the unit of the value; bounded below. */
export function logDensity({ isLogarithm, weights, means, sds }: PredictiveMixture, value: number): number {
  if (isLogarithm && !(value > 0)) return LEAST_LOG_DENSITY;
  const at = isLogarithm ? Math.log(value) : value;
  const logs = Array.from(weights, (weight, k) => {
    const sd = Math.max(sds[k]!, LEAST_SD);
    return Math.log(weight) - Math.log(sd * Math.sqrt(2 * Math.PI)) - ((at - means[k]!) / sd) ** 2 / 2;
  });
  const highest = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - highest), 0);
  return Math.max(LEAST_LOG_DENSITY, highest + Math.log(sum) - (isLogarithm ? at : 0));
}

function standardErrorOfSum(differences: readonly number[]): number {
  const mean = differences.reduce((sum, one) => sum + one / differences.length, 0);
  return Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0));
}
