import { FaultError } from '../../../errors.ts';
import { compile } from '../../engine/compile.ts';
import { compileTrainStep } from '../../engine/compile-train-step.ts';
import { adamW } from '../../engine/optimisers.ts';
import { randomStream } from '../../cohorts/random-stream.ts';
import { learningRateAt } from '../../training/training-schedule.ts';
import { startingValues } from '../image/layers.ts';
import { checkSeries, designSize, type PatientSeries } from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import {
  featureBatchSpecs,
  featureNetworkParameters,
  type FeatureNetworkShape,
  negativeEvidence,
} from './effect-evidence.ts';
import { featureBatch, longestSeries, medianDistance, networkFeatures, scalingOf } from './feature-batches.ts';
import { averageDesignOf, halfLifeOf, type InputTable, inputTable, plainInputs } from './learned-inputs.ts';

export interface FeatureTrainingOptions {
  readonly seed: number;
  /** Units of the hidden layer; default 24. */
  readonly hidden?: number;
  /** Features per variable beside the intercept; default 5. */
  readonly features?: number;
  /** Updates; default 2,500. */
  readonly steps?: number;
  /** Patients per update; default 256. */
  readonly batch?: number;
  readonly learningRate?: number;
  readonly onProgress?: (fraction: number, validationLoss: number | null) => void;
  readonly signal?: AbortSignal;
}

export interface LearnedFeatures {
  /** The declaration with learned features in place of declared ones, and learned half-lives as numbers. */
  readonly spec: PersonalSpec;
  /** Negative logarithm of the marginal likelihood per interval on held-out patients, on the scale of training. */
  readonly validationLoss: number;
  readonly bestStep: number;
  /** Numbers of the networks and half-lives; those of the prior come with its fit. */
  readonly numbers: number;
}

const [HIDDEN, FEATURES, STEPS, BATCH, LEARNING_RATE] = [24, 5, 2500, 256, 0.01];
/** Longer series are shown in windows of so many intervals. */
const MOST_INTERVALS = 64;
const FIRST_KEPT = 0.5;
const KEPT_RANGE = [0.01, 0.95] as const;
/** Shares of the steps between two validations and two counts of the exposures. */
const [VALIDATIONS, RECOUNTS] = [20, 10];

/**
 * Learns features of the relative change where no law is known: per variable a network of one hidden layer (tanh) under the
 * exact Gaussian last layer of the personal model, trained by the marginal likelihood of the patients' changes with AdamW;
 * half-lives that the declaration leaves to be learned are trained with it. The weights are those of the best validation.
 *
 * The spec that comes back goes to `fitPopulation`, which fits the population prior exactly.
 * @param spec its features are not used. @throws {DomainError} as `checkSeries`.
 */
export async function trainFeatures(
  train: readonly PatientSeries[],
  validation: readonly PatientSeries[],
  spec: PersonalSpec,
  options: FeatureTrainingOptions,
): Promise<LearnedFeatures> {
  const { seed, hidden = HIDDEN, features = FEATURES, steps = STEPS, learningRate = LEARNING_RATE } = options;
  const population = train.map((series) => checkSeries(spec, series));
  const heldOut = validation.map((series) => checkSeries(spec, series));
  const inputs = plainInputs(spec, population);
  const averageDesign = averageDesignOf(spec, population);
  const stepDays = medianDistance(population);
  const shown = inputTable(spec, inputs, population, stepDays, averageDesign);
  const held = inputTable(spec, inputs, heldOut, stepDays, averageDesign);
  const isLearned = spec.treatments.some(({ halfLifeDays }) => halfLifeDays === 'learned');
  let kept: readonly number[] = spec.treatments.map(() => FIRST_KEPT);
  shown.recount(kept);
  const shape: FeatureNetworkShape = {
    variables: spec.variables.length,
    inputs: inputs.length,
    hidden,
    features,
    offsets: designSize(spec.statics),
    treatments: isLearned ? spec.treatments.length : 0,
    patients: Math.min(options.batch ?? BATCH, train.length),
    intervals: Math.min(MOST_INTERVALS, longestSeries(shown)),
  };
  const scaling = scalingOf(shown);
  const parameters = featureNetworkParameters(shape);
  const names = Object.keys(parameters);
  const specs = Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, { shape: one.shape }]));
  const batchSpecs = featureBatchSpecs(shape);
  const step = await compileTrainStep(
    (p, batch) => ({ loss: negativeEvidence(shape, p, batch) }),
    adamW({ weightDecay: 1e-3 }),
    { parameters: specs, batch: batchSpecs, clipNorm: 5 },
  );
  const judge = await compile((all) => ({ loss: negativeEvidence(shape, all, all) }), { ...specs, ...batchSpecs });
  try {
    const state = step.start(startingValues(parameters, seed));
    const random = randomStream(seed, 'batches of learned features');
    const weightsNow = (): Record<string, Float32Array> =>
      Object.fromEntries(names.map((name) => [name, state.arrays[`parameters/${name}`]!]));
    const keptNow = (): readonly number[] => {
      const trained = state.arrays['parameters/kept'];
      // The step after next writes over this memory; until then it is the state.
      trained?.forEach((share, t) => (trained[t] = Math.min(Math.max(share, KEPT_RANGE[0]), KEPT_RANGE[1])));
      return trained === undefined ? kept : [...trained];
    };
    const batchOf = (
      table: InputTable,
      chosen: readonly number[],
      keptAt: readonly number[],
      draw: (count: number) => number,
    ) => featureBatch(table, shape, scaling, { spec, inputs }, chosen, keptAt, draw);
    let best = { loss: Infinity, step: 0, kept, weights: new Map<string, Float32Array>() };
    const validate = async (): Promise<number> => {
      const keptAt = keptNow();
      held.recount(keptAt);
      let [sum, told] = [0, 0];
      for (let at = 0; at < heldOut.length; at += shape.patients) {
        const chosen = Array.from({ length: Math.min(shape.patients, heldOut.length - at) }, (_, k) => at + k);
        const batch = batchOf(held, chosen, keptAt, () => 0);
        const present = (batch['present'] as Float32Array).reduce((count, one) => count + one, 0);
        if (present === 0) continue;
        const { loss } = await judge.run({ ...batch, ...weightsNow() });
        sum += loss![0]! * present;
        told += present;
      }
      // Where nobody is held out, the last weights count as the best.
      const loss = told === 0 ? -state.step : sum / told;
      if (loss < best.loss) {
        const weights = new Map(Object.entries(weightsNow()).map(([name, one]) => [name, one.slice()]));
        best = { loss, step: state.step, kept: keptAt, weights };
      }
      return loss;
    };
    while (state.step < steps) {
      options.signal?.throwIfAborted();
      if (isLearned && state.step > 0 && state.step % Math.ceil(steps / RECOUNTS) === 0) {
        kept = keptNow();
        shown.recount(kept);
      }
      const chosen = Array.from({ length: shape.patients }, () => random.index(train.length));
      const batch = batchOf(shown, chosen, kept, (count) => random.index(count));
      const { loss } = await step.run(state, batch, { learningRate: learningRateAt(state.step, steps, learningRate) });
      if (!Number.isFinite(loss))
        throw new FaultError(`learning features ended in a loss of ${loss} at step ${state.step}`);
      const isJudged = state.step % Math.ceil(steps / VALIDATIONS) === 0 || state.step === steps;
      const validationLoss = isJudged ? await validate() : null;
      options.onProgress?.(state.step / steps, validationLoss);
    }
    const networks = networkFeatures(best.weights, shape, scaling, inputs);
    return {
      spec: {
        ...spec,
        variables: spec.variables.map((one, v) => ({ ...one, features: [{ kind: 'intercept' }, networks[v]!] })),
        treatments: spec.treatments.map((one, t) => ({
          ...one,
          halfLifeDays: one.halfLifeDays === 'learned' ? halfLifeOf(best.kept[t]!, stepDays) : one.halfLifeDays,
        })),
      },
      validationLoss: best.loss,
      bestStep: best.step,
      numbers:
        spec.variables.length * ((inputs.length + 1) * hidden + (hidden + 1) * features) +
        spec.treatments.filter(({ halfLifeDays }) => halfLifeDays === 'learned').length,
    };
  } finally {
    await step.dispose();
    await judge.dispose();
  }
}
