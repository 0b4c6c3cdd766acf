import { normalDensity } from '../normal-distribution.ts';
import type { HeldOutForecast } from './held-out-forecasts.ts';
import { heldOutForecasts } from './held-out-forecasts.ts';
import { fitPopulation } from './personal/fit-population.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PersonalSpec } from './personal/personal-spec.ts';

/** One way to describe how values move: declared, or with features that are learned from the patients that it is given. */
export interface FeatureCandidate {
  readonly name: string;
  readonly specFor: (training: readonly PatientSeries[], seed: number) => PersonalSpec;
}

/** A candidate with what it showed on patients that it was not made from. */
export interface JudgedCandidate {
  readonly candidate: FeatureCandidate;
  /** Mean natural logarithm of the density of what was measured, over patients, variables and late intervals. */
  readonly validationLogDensity: number;
}

/**
 * Judges candidates on patients that none of them saw; the best comes first. Of equally good ones the earlier is preferred.
 * @param training, validation different patients. @param onProgress told after each, 0..1.
 */
export function judgeCandidates(
  candidates: readonly FeatureCandidate[],
  training: readonly PatientSeries[],
  validation: readonly PatientSeries[],
  seed: number,
  onProgress: (fraction: number) => void = () => undefined,
): readonly JudgedCandidate[] {
  return candidates
    .map((candidate, index) => {
      const { model } = fitPopulation(training, candidate.specFor(training, seed), { seed });
      const perPatient = validation.flatMap((series, patient) => {
        const densities = heldOutForecasts(model, series, patient).flat().map(logDensity);
        return densities.length === 0 ? [] : [meanOf(densities)];
      });
      onProgress((index + 1) / candidates.length);
      return { candidate, validationLogDensity: meanOf(perPatient) };
    })
    .toSorted((a, b) => b.validationLogDensity - a.validationLogDensity);
}

/** Of what was measured, in the variable's own unit. */
function logDensity({ distribution, truth }: HeldOutForecast): number {
  const { isLogarithm, weights, means, sds } = distribution;
  if (isLogarithm && truth <= 0) return LEAST;
  const at = isLogarithm ? Math.log(truth) : truth;
  const density = weights.reduce(
    (sum, weight, k) => sum + (weight * normalDensity((at - means[k]!) / sds[k]!)) / sds[k]!,
    0,
  );
  return Math.max(LEAST, Math.log(density) - (isLogarithm ? at : 0));
}

/** A measurement that a model thought impossible counts as this unlikely, so that one does not decide alone. */
const LEAST = -20;

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one / numbers.length, 0);
