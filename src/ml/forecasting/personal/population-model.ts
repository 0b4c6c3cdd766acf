import type { EffectPrior } from './effect-prior.ts';
import type { PersonalSpec } from './personal-spec.ts';
import type { TrainingSupport } from './training-support.ts';

/** What was learned of a population: everything that an answer for one patient is computed from. Immutable. */
export interface PopulationModel {
  readonly spec: PersonalSpec;
  readonly prior: EffectPrior;
  /** By treatment. */
  readonly halfLivesDays: Float64Array;
  /** Median length of an interval, by variable: noise variances are those of such an interval. */
  readonly referenceDays: Float64Array;
  /** Part of the noise that does not grow with time, 0..1, by variable. */
  readonly measurementShares: Float64Array;
  /** As `VariableSpec.measurementSd`, learned ones included. */
  readonly measurementSds: Float64Array;
  /** Whether changes are far from what is expected much more often than normal ones, by variable; see `observeVisit`. */
  readonly hasHeavyTails: readonly boolean[];
  /** Mean static offsets of the population, which stand for a patient whose statics are unknown. */
  readonly averageDesign: Float64Array;
  /** Forecasts go on in steps of about this length. */
  readonly stepDays: number;
  /** By variable, for the overlap of a scenario; null where there is none. */
  readonly supports: readonly (TrainingSupport | null)[];
  readonly evidence: FitEvidence;
}

export interface FitEvidence {
  readonly patients: number;
  readonly intervals: number;
  /** Natural logarithm of the marginal likelihood of all changes, over the number of intervals. */
  readonly logLikelihoodPerInterval: number;
  /** Free numbers that were learned. */
  readonly numbers: number;
  readonly seed: number;
}

/** Free numbers of a model: weights, means, covariances, static offsets, noise, and whatever else was learned. */
export function countNumbers({
  spec,
  prior,
  measurementShares,
}: Pick<PopulationModel, 'spec' | 'prior' | 'measurementShares'>): number {
  const { effects: f, components: k, offsets } = prior;
  const mixture = k - 1 + k * f + (k * f * (f + 1)) / 2 + f * offsets;
  const halfLives = spec.treatments.filter(({ halfLifeDays }) => halfLifeDays === 'learned').length;
  const sds = spec.variables.filter(({ measurementSd }) => measurementSd === 'learned').length;
  const shares = measurementShares.filter((share) => share > 0).length;
  return mixture + spec.variables.length + halfLives + sds + shares;
}
