import { addEffects, noMoments, priorOfMoments } from './effect-moments.ts';
import type { EffectPrior } from './effect-prior.ts';
import type { StaticDesigns } from './expectation.ts';
import { goldenSection } from './golden-section.ts';
import { timeWalk } from './open-intervals.ts';
import { somePatients } from './patient-sample.ts';
import type { CheckedSeries } from './patient-series.ts';
import { type CompiledModel, startOf } from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';
import { observeVisit } from './update-posterior.ts';

/** Of a population, what the filter is fitted to. */
export interface MeasuredPopulation {
  readonly population: readonly CheckedSeries[];
  readonly designs: StaticDesigns;
  /** See `priorOfMoments`. */
  readonly least: Float64Array;
}

interface Filtered {
  readonly logLikelihood: number;
  /** The prior that makes these posteriors most likely. */
  readonly prior: EffectPrior;
}

/** Of more visits than these, evenly spread patients stand for the rest: while noise is searched for, and in the last rounds for the prior. */
const MOST_VISITS = { search: 12_000, last: 120_000 } as const;
const SWEEPS = 4;
const ROUNDS_PER_SWEEP = 12;
const LAST_ROUNDS = 10;
const PROBES = 8;
/** Of the noise of a change: where its parts are searched. */
const PROCESS_PART = [1e-3, 0.999] as const;
const PROCESS_RANGE = [1e-4, 1.5] as const;
const SUM_FACTOR = [0.6, 1.6] as const;
/** A measurement error is believed where it makes the data more likely by this much (half of 3.84: one number, 5 %). */
const LEAST_GAIN = 1.92;

/**
 * Parts the noise of changes into that of the process and that of measurements, which the next change takes back, by the likelihood
 * under the Kalman filter of levels and effects; and fits the prior anew by EM, its expectations from the filter. Effects do not
 * change with time, so that the filter's last posterior of them is their posterior given everything.
 *
 * Variables whose measurement error is declared keep it; learned ones that gain nothing by an error have none, and a model
 * without any error comes back as it was.
 */
export function fitMeasurement(
  compiled: CompiledModel,
  { population, designs, least }: MeasuredPopulation,
): PopulationModel {
  const { model } = compiled;
  const { spec } = model;
  const kinds = spec.variables.map(({ measurementSd }) => measurementSd);
  if (kinds.every((kind) => kind === 0)) return model;
  const filterOf = (mostVisits: number) => {
    const kept = somePatients(population, mostVisits);
    const own: StaticDesigns = {
      distinct: designs.distinct,
      ofPatient: Int32Array.from(kept, (patient) => designs.ofPatient[patient]!),
    };
    const series = kept.map((patient) => population[patient]!);
    return (one: PopulationModel): Filtered => filtered({ ...compiled, model: one }, series, own, least);
  };
  const filter = filterOf(MOST_VISITS.search);

  let best = startOfSearch(model);
  const rounds = (count: number, over: typeof filter): void => {
    for (let round = 0; round < count; round += 1) best = withPrior(best, over(best).prior);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    kinds.forEach((kind, v) => {
      const noise = model.prior.noiseVariances[v]!;
      if (kind === 'learned') {
        // The sum of both is well known: first it is parted, then it is corrected.
        const sum = best.prior.noiseVariances[v]! + 2 * best.measurementSds[v]! ** 2;
        best = searched(filter, best, PROCESS_PART, (one, part) => parted(one, v, part * sum, sum));
        const part = best.prior.noiseVariances[v]! / sum;
        best = searched(filter, best, SUM_FACTOR, (one, factor) => parted(one, v, part * factor * sum, factor * sum));
      } else if (kind !== 0) {
        best = searched(filter, best, PROCESS_RANGE, (one, of) => withProcess(one, v, of * noise));
      }
    });
    rounds(ROUNDS_PER_SWEEP, filter);
  }
  rounds(LAST_ROUNDS, filterOf(MOST_VISITS.last));
  const gain = filter(best).logLikelihood - filter(model).logLikelihood;
  return kinds.some((kind) => kind !== 0 && kind !== 'learned') || gain > LEAST_GAIN ? best : model;
}

/** Noise that does not grow with time is taken for measurement error, half of it at each end of a change. */
function startOfSearch(model: PopulationModel): PopulationModel {
  const { spec, prior, measurementShares } = model;
  const noiseVariances = prior.noiseVariances.slice();
  const sds = spec.variables.map(({ measurementSd }, v) => {
    const noise = noiseVariances[v]!;
    if (measurementSd === 0) return 0;
    const sd =
      measurementSd === 'learned' ? Math.sqrt((Math.max(measurementShares[v]!, 0.2) * noise) / 2) : measurementSd;
    noiseVariances[v] = Math.max(noise - 2 * sd * sd, 0.05 * noise);
    return sd;
  });
  return {
    ...model,
    prior: { ...prior, noiseVariances },
    measurementSds: Float64Array.from(sds),
    measurementShares: measurementShares.map((share, v) => (sds[v]! > 0 ? 0 : share)),
  };
}

/** The best of a range of parts, searched on a logarithmic scale. */
function searched(
  filter: (model: PopulationModel) => Filtered,
  model: PopulationModel,
  [low, high]: readonly [number, number],
  withPart: (model: PopulationModel, part: number) => PopulationModel,
): PopulationModel {
  const { at } = goldenSection(
    (log) => filter(withPart(model, Math.exp(log))).logLikelihood,
    [Math.log(low), Math.log(high)],
    PROBES,
  );
  return withPart(model, Math.exp(at));
}

const withPrior = (model: PopulationModel, prior: EffectPrior): PopulationModel => ({ ...model, prior });

/** Process noise, and of the rest half at each end of a change. */
const parted = (model: PopulationModel, v: number, process: number, sum: number): PopulationModel =>
  withProcess(
    {
      ...model,
      measurementSds: model.measurementSds.map((one, w) => (w === v ? Math.sqrt((sum - process) / 2) : one)),
    },
    v,
    process,
  );

const withProcess = (model: PopulationModel, v: number, variance: number): PopulationModel => ({
  ...model,
  prior: {
    ...model.prior,
    noiseVariances: model.prior.noiseVariances.map((one, w) => (w === v ? variance : one)),
  },
});

function filtered(
  compiled: CompiledModel,
  population: readonly CheckedSeries[],
  { distinct, ofPatient }: StaticDesigns,
  least: Float64Array,
): Filtered {
  const { model } = compiled;
  const { prior } = model;
  const { effects: f, offsets, components } = prior;
  const n = f + model.spec.variables.length;
  const moments = noMoments(prior);
  const shifts = new Float64Array(distinct.length * f);
  distinct.forEach((design, d) => {
    for (let a = 0; a < f; a += 1) {
      for (let o = 0; o < offsets; o += 1) shifts[d * f + a]! += prior.shifts[a * offsets + o]! * design[o]!;
    }
  });
  const covariance = new Float64Array(f * f);
  let logLikelihood = 0;
  population.forEach(({ statics, visits, treatments }, patient) => {
    const posterior = startOf(model, statics);
    const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
    for (const visit of visits) logLikelihood += observeVisit(compiled, posterior, visit, walk);
    const design = ofPatient[patient]!;
    for (let k = 0; k < components; k += 1) {
      for (let a = 0; a < f; a += 1) {
        for (let b = 0; b < f; b += 1) covariance[a * f + b] = posterior.covariances[(k * n + a) * n + b]!;
      }
      const probability = Math.exp(posterior.logWeights[k]!);
      addEffects(
        moments,
        prior,
        k,
        probability,
        posterior.means,
        k * f,
        covariance,
        shifts,
        design * f,
        distinct[design]!,
      );
    }
  });
  return { logLikelihood, prior: priorOfMoments(moments, prior, least) };
}
