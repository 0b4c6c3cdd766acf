import type { EffectLayout } from './effect-statistics.ts';
import { effectLayout } from './effect-statistics.ts';
import { priorMean } from './effect-prior.ts';
import { compileFeatures, type FeatureColumn } from './feature-columns.ts';
import { noIntervals, type OpenIntervals } from './open-intervals.ts';
import { checkStatics, type PatientSeries, staticDesign } from './patient-series.ts';
import type { PopulationModel } from './population-model.ts';

/**
 * What is believed of one patient: per component of the prior a Gaussian over the effects and over the errors of the
 * current levels, and where the patient's time stands. Grows with nothing: a thousand visits take as much room as one.
 */
export interface PersonalPosterior {
  /** Own units, NaN where unknown. */
  readonly statics: Float64Array;
  readonly open: OpenIntervals;
  /** Days on which something was measured. */
  visits: number;
  /** Logarithms of the probabilities of the components. */
  readonly logWeights: Float64Array;
  /** Of the effects: [components, effects]. */
  readonly means: Float64Array;
  /** Over effects, then levels: [components, n, n], n = effects + variables. */
  readonly covariances: Float64Array;
  /**
   * Estimates of what the last measurement of each variable measured: [components, variables], NaN before the first. Their errors are
   * relative for a relative change, else in units of the change.
   */
  readonly levels: Float64Array;
}

/** A model with what is compiled from it. */
export interface CompiledModel {
  readonly model: PopulationModel;
  readonly columns: readonly (readonly FeatureColumn[])[];
  readonly layout: EffectLayout;
}

const compiled = new WeakMap<PopulationModel, CompiledModel>();

/** The same for the same model, made once. */
export function compileModel(model: PopulationModel): CompiledModel {
  const known = compiled.get(model);
  if (known !== undefined) return known;
  const columns = compileFeatures(model.spec);
  const made = { model, columns, layout: effectLayout(columns.map(({ length }) => length)) };
  compiled.set(model, made);
  return made;
}

/**
 * What is believed of a patient of whom only the statics are known: the population. An unknown or unseen static counts as
 * the average patient.
 */
export const startPosterior = (model: PopulationModel, statics: PatientSeries['statics']): PersonalPosterior =>
  startOf(model, checkStatics(model.spec, statics));

/** As {@link startPosterior}. @param statics in the order of the declaration, NaN where unknown. */
export function startOf(model: PopulationModel, statics: Float64Array): PersonalPosterior {
  const { spec, prior, averageDesign } = model;
  const { effects: f, components } = prior;
  const design = staticDesign(spec.statics, statics, averageDesign);
  const n = f + spec.variables.length;
  const means = new Float64Array(components * f);
  const covariances = new Float64Array(components * n * n);
  for (let k = 0; k < components; k += 1) {
    means.set(priorMean(prior, k, design), k * f);
    for (let a = 0; a < f; a += 1) {
      covariances.set(prior.covariances.subarray((k * f + a) * f, (k * f + a + 1) * f), (k * n + a) * n);
    }
  }
  return {
    statics,
    open: noIntervals(spec),
    visits: 0,
    logWeights: prior.weights.map(Math.log),
    means,
    covariances,
    levels: new Float64Array(components * spec.variables.length).fill(NaN),
  };
}

/**
 * What would be believed of a patient who is where this one is, with the same statics, of whose own effects nothing is known: the
 * population's effects, at this patient's levels and exposures.
 */
export function populationAt(model: PopulationModel, posterior: PersonalPosterior): PersonalPosterior {
  const start = startOf(model, posterior.statics);
  const variables = model.spec.variables.length;
  const { effects, components } = model.prior;
  const n = effects + variables;
  for (let v = 0; v < variables; v += 1) {
    const level = levelOf(posterior, v);
    for (let k = 0; k < components; k += 1) {
      start.levels[k * variables + v] = level;
      const at = (k * n + effects + v) * n + effects + v;
      start.covariances[at] = posterior.covariances[at]!;
    }
  }
  return { ...start, open: copyOpen(posterior.open), visits: posterior.visits };
}

/** A copy that shares nothing with the original. */
export const copyPosterior = (posterior: PersonalPosterior): PersonalPosterior => ({
  statics: posterior.statics.slice(),
  open: copyOpen(posterior.open),
  visits: posterior.visits,
  logWeights: posterior.logWeights.slice(),
  means: posterior.means.slice(),
  covariances: posterior.covariances.slice(),
  levels: posterior.levels.slice(),
});

/** A copy that shares nothing with the original but the statics. */
const copyOpen = ({ day, pools, since, lastValues }: OpenIntervals): OpenIntervals => ({
  day,
  pools: pools.slice(),
  lastValues: lastValues.slice(),
  since: since.map((interval) =>
    interval === null
      ? null
      : {
          inputs: {
            ...interval.inputs,
            values: interval.inputs.values.slice(),
            exposures: interval.inputs.exposures.slice(),
          },
        },
  ),
});

/** Probabilities of the components. */
export const componentWeights = ({ logWeights }: Pick<PersonalPosterior, 'logWeights'>): Float64Array =>
  logWeights.map(Math.exp);

/** Estimate of a variable's level over all components; NaN before its first measurement. */
export function levelOf({ logWeights, levels }: PersonalPosterior, variable: number): number {
  const variables = levels.length / logWeights.length;
  const first = levels[variable]!;
  let [sum, isSame] = [0, true];
  for (let k = 0; k < logWeights.length; k += 1) {
    const level = levels[k * variables + variable]!;
    isSame &&= level === first;
    sum += Math.exp(logWeights[k]!) * level;
  }
  return isSame ? first : sum;
}
