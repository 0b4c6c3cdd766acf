import { FaultError } from '../../../errors.ts';
import { randomStream } from '../../cohorts/random-stream.ts';
import { compile } from '../../engine/compile.ts';
import { compileTrainStep } from '../../engine/compile-train-step.ts';
import { adamW } from '../../engine/optimisers.ts';
import { learningRateAt } from '../../training/training-schedule.ts';
import { startingValues } from '../image/layers.ts';
import {
  type CheckedSeries,
  checkSeries,
  designSize,
  type PatientSeries,
  staticDesign,
} from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import { medianDistance } from './feature-batches.ts';
import { averageDesignOf, halfLifeOf } from './learned-inputs.ts';
import {
  drawShowing,
  recurrentBatch,
  recurrentScaling,
  type RecurrentSeries,
  recurrentSeries,
  type Showing,
} from './recurrent-batches.ts';
import type { RecurrentModel } from './recurrent-model.ts';
import { recurrentBatchSpecs, recurrentLoss, recurrentParameters, type RecurrentShape } from './recurrent-network.ts';
import { intervalWidth, visitWidth } from './recurrent-rows.ts';

export interface RecurrentTrainingOptions {
  readonly seed: number;
  /** Units of the memory and of the head; default 32. */
  readonly hidden?: number;
  /** Passes over the patients; default 30. */
  readonly epochs?: number;
  /** Patients per update; default 250. */
  readonly batch?: number;
  /** Peak; default 0.01. */
  readonly learningRate?: number;
  /** An interval counts (level / reference)^this where changes are relative; default 0.5. */
  readonly levelPower?: number;
  readonly onProgress?: (fraction: number, validationError: number | null) => void;
  readonly signal?: AbortSignal;
}

const [HIDDEN, EPOCHS, BATCH, LEARNING_RATE, LEVEL_POWER] = [32, 30, 250, 0.01, 0.5];
const MOST_INTERVALS = 64;
const FIRST_KEPT = 0.5;
const KEPT_RANGE = [0.01, 0.95] as const;
const [VALIDATIONS, RECOUNTS] = [20, 10];
/** Visits whose distances differ by more than this factor are uneven. */
const EVEN = 1.25;

/**
 * Trains a gated recurrent unit that forecasts the change of every variable over the interval ahead from the whole past: the
 * rival of the personal model where nothing is declared. Beginnings are cut off and, where visits are uneven, some are
 * hidden at random; half-lives that are to be learned are trained with the network. The weights are those of the least
 * error on `validation`.
 * @param spec its features are not used. @throws {DomainError} as `checkSeries`.
 */
export async function trainRecurrent(
  train: readonly PatientSeries[],
  validation: readonly PatientSeries[],
  spec: PersonalSpec,
  options: RecurrentTrainingOptions,
): Promise<RecurrentModel> {
  const { seed, hidden = HIDDEN, epochs = EPOCHS, learningRate = LEARNING_RATE, levelPower = LEVEL_POWER } = options;
  const checked = [train, validation].map((all) => all.map((series) => checkSeries(spec, series))) as [
    CheckedSeries[],
    CheckedSeries[],
  ];
  const [population, heldOut] = checked.map((all) => all.filter(({ visits }) => visits.length > 1)) as [
    CheckedSeries[],
    CheckedSeries[],
  ];
  const averageDesign = averageDesignOf(spec, population);
  const referenceDays = medianDistance(population);
  const isLearned = spec.treatments.some(({ halfLifeDays }) => halfLifeDays === 'learned');
  const count = (all: readonly CheckedSeries[], kept: readonly number[]): RecurrentSeries[] =>
    all.map((series) =>
      recurrentSeries(spec, series, staticDesign(spec.statics, series.statics, averageDesign), kept, referenceDays),
    );
  let kept: readonly number[] = spec.treatments.map(() => FIRST_KEPT);
  let shown = count(population, kept);
  const scaling = recurrentScaling(spec, shown, referenceDays);
  const hides = areUneven(population);
  const shape: RecurrentShape = {
    variables: spec.variables.length,
    visitWidth: visitWidth(spec, designSize(spec.statics)),
    intervalWidth: intervalWidth(spec),
    hidden,
    treatments: isLearned ? spec.treatments.length : 0,
    patients: Math.min(options.batch ?? BATCH, population.length),
    intervals: Math.min(
      MOST_INTERVALS,
      population.reduce((most, { visits }) => Math.max(most, visits.length - 1), 1),
    ),
  };
  const steps = Math.ceil((epochs * population.length) / shape.patients);
  const parameters = recurrentParameters(shape);
  const names = Object.keys(parameters);
  const specs = Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, { shape: one.shape }]));
  const batchSpecs = recurrentBatchSpecs(shape);
  const step = await compileTrainStep((p, batch) => recurrentLoss(shape, p, batch), adamW({ weightDecay: 1e-4 }), {
    parameters: specs,
    batch: batchSpecs,
    clipNorm: 1,
  });
  const judge = await compile((all) => recurrentLoss(shape, all, all), { ...specs, ...batchSpecs });
  try {
    const state = step.start(startingValues(parameters, seed));
    const random = randomStream(seed, 'batches of the recurrent network');
    const weightsNow = (): Record<string, Float32Array> =>
      Object.fromEntries(names.map((name) => [name, state.arrays[`parameters/${name}`]!]));
    const keptNow = (): readonly number[] => {
      const trained = state.arrays['parameters/kept'];
      trained?.forEach((share, t) => (trained[t] = Math.min(Math.max(share, KEPT_RANGE[0]), KEPT_RANGE[1])));
      return trained === undefined ? kept : [...trained];
    };
    let best = { loss: Infinity, kept, weights: new Map<string, Float32Array>() };
    const validate = async (): Promise<number> => {
      const keptAt = keptNow();
      const held = count(heldOut, keptAt);
      let [sum, told] = [0, 0];
      for (let at = 0; at < held.length; at += shape.patients) {
        const chosen = held
          .slice(at, at + shape.patients)
          .map((patient) => ({ patient, showing: wholeOf(patient, shape) }));
        const batch = recurrentBatch(spec, shape, scaling, chosen, keptAt, levelPower);
        const weight = (batch['weights'] as Float32Array).reduce((total, one) => total + one, 0);
        if (weight === 0) continue;
        const { loss } = await judge.run({ ...batch, ...weightsNow() });
        sum += loss![0]! * weight;
        told += weight;
      }
      const loss = told === 0 ? -state.step : sum / told;
      if (loss < best.loss) {
        best = {
          loss,
          kept: keptAt,
          weights: new Map(Object.entries(weightsNow()).map(([name, one]) => [name, one.slice()])),
        };
      }
      return loss;
    };
    const order = Array.from(shown.keys());
    while (state.step < steps) {
      options.signal?.throwIfAborted();
      if (isLearned && state.step > 0 && state.step % Math.ceil(steps / RECOUNTS) === 0) {
        kept = keptNow();
        shown = count(population, kept);
      }
      const first = (state.step * shape.patients) % order.length;
      if (first < shape.patients) shuffle(order, random);
      const chosen = Array.from({ length: shape.patients }, (_, k) => {
        const patient = shown[order[(first + k) % order.length]!]!;
        return { patient, showing: drawShowing(patient.series.visits.length, shape.intervals + 1, hides, random) };
      });
      const batch = recurrentBatch(spec, shape, scaling, chosen, kept, levelPower);
      const { loss } = await step.run(state, batch, { learningRate: learningRateAt(state.step, steps, learningRate) });
      if (!Number.isFinite(loss))
        throw new FaultError(`the recurrent network ended in a loss of ${loss} at step ${state.step}`);
      const isJudged = state.step % Math.ceil(steps / VALIDATIONS) === 0 || state.step === steps;
      const validationLoss = isJudged ? await validate() : null;
      options.onProgress?.(state.step / steps, validationLoss);
    }
    return {
      spec,
      scaling,
      hidden,
      weights: Object.fromEntries(
        [...best.weights].filter(([name]) => name !== 'kept').map(([name, one]) => [name, Float64Array.from(one)]),
      ),
      halfLivesDays: spec.treatments.map(({ halfLifeDays }, t) =>
        halfLifeDays === 'learned' ? halfLifeOf(best.kept[t]!, referenceDays) : halfLifeDays,
      ),
      averageDesign,
      numbers: [...best.weights.values()].reduce((sum, { length }) => sum + length, 0),
    };
  } finally {
    await step.dispose();
    await judge.dispose();
  }
}

/** Everything of a patient that fits. */
const wholeOf = ({ series }: RecurrentSeries, { intervals }: RecurrentShape): Showing => ({
  visits: Array.from({ length: Math.min(series.visits.length, intervals + 1) }, (_, visit) => visit),
});

function areUneven(population: readonly CheckedSeries[]): boolean {
  const days = population
    .flatMap(({ visits }) => visits.slice(1).map(({ day }, before) => day - visits[before]!.day))
    .sort((a, b) => a - b);
  return days[Math.floor(0.95 * (days.length - 1))]! > EVEN * days[Math.floor(0.05 * days.length)]!;
}

/** Fisher and Yates. */
function shuffle(order: number[], random: { index(count: number): number }): void {
  for (let k = order.length - 1; k > 0; k -= 1) {
    const other = random.index(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
}
