import * as tf from '@tensorflow/tfjs';
import { FaultError } from '../../errors.ts';
import { lowerFunction, openCompiled, type CompiledFunction } from './compile.ts';
import { openGradientSums, sumsKind, type Replicas } from './gradient-sums.ts';
import { sizeOf, type ArraySpec, type TypedArray } from './graph.ts';
import type { Optimiser } from './optimisers.ts';
import { tensorOf, type SessionOptions } from './session.ts';
import type { NamedTensors, TensorFunction } from './trace/trace.ts';
import {
  entriesOf,
  keyed,
  lossesAndGradients,
  stateKey,
  updatedState,
  type Loss,
  type UpdateOptions,
} from './training-function.ts';

type Specs = Readonly<Record<string, ArraySpec>>;
export type Batch = Readonly<Record<string, TypedArray>>;

export interface TrainStepOptions extends SessionOptions, UpdateOptions {
  readonly parameters: Specs;
  readonly batch: Specs;
  /** How many batches one update takes the mean gradient of; 1 unless said otherwise. */
  readonly accumulate?: number;
  /**
   * Computes parts of each batch at the same time and means their gradients; for a loss that is a mean over the first axis
   * of the batch. See "Threads" in `docs/engine.md` for when that is faster than more `threads`, which are then each replica's.
   */
  readonly replicas?: Replicas;
}

/**
 * Everything a training run consists of. `arrays` are keyed `parameters/NAME`, `SLOT/NAME` of the optimiser and
 * `average/NAME`; a step replaces them, and the step after it overwrites their memory: copy what is to be kept.
 */
export interface TrainState {
  /** Updates done. */
  step: number;
  arrays: Readonly<Record<string, Float32Array>>;
}

export interface TrainStep {
  /** Shapes of the arrays of a state. */
  readonly stateSpecs: Specs;
  /** The state before the first step. The arrays are copied. @throws {FaultError} for arrays that are not as declared. */
  start(parameters: Readonly<Record<string, Float32Array>>): TrainState;
  /**
   * One update of the state, in place, of a single thread's session: await it before the next. Takes as many batches
   * as are accumulated.
   * @returns the losses before the update, means over the batches.
   */
  run(
    state: TrainState,
    batch: Batch | readonly Batch[],
    options: { readonly learningRate: number },
  ): Promise<Record<string, number>>;
  /** Models that run in this thread, for inspection. */
  readonly models: readonly CompiledFunction[];
  dispose(): Promise<void>;
}

const scalar = { shape: [] } as const;

/** Writes the state after the batches and gives their mean losses. */
type Advance = (
  state: Readonly<Record<string, Float32Array>>,
  batches: readonly Batch[],
  into: Record<string, Float32Array>,
) => Promise<Record<string, number>>;
/**
 * Compiles forward pass, gradients and optimiser update of a loss into one graph. With gradient accumulation or replicas
 * there are two: one adds the gradient of a batch to sums, the other updates.
 * @throws {FaultError} when the loss cannot be compiled, or does not depend on a parameter.
 */
export async function compileTrainStep(
  loss: Loss,
  optimiser: Optimiser,
  options: TrainStepOptions,
): Promise<TrainStep> {
  const { parameters, batch, accumulate = 1, replicas, averageDecay, provider, threads = 1 } = options;
  if (!Number.isInteger(accumulate) || accumulate < 1)
    throw new FaultError(`accumulate must be a positive integer, found ${accumulate}`);
  const session: SessionOptions = {
    ...(provider === undefined ? {} : { provider }),
    threads,
  };
  const kinds = ['parameters', ...optimiser.slots, ...(averageDecay === undefined ? [] : ['average'])];
  const stateSpecs: Specs = Object.assign({}, ...kinds.map((kind) => keyed(kind, parameters)));
  const models: CompiledFunction[] = [];
  const scalars = { learningRate: scalar, step: scalar };

  const open = async (fn: TensorFunction, inputs: Specs, more: SessionOptions = {}): Promise<CompiledFunction> => {
    const opening = { ...session, ...more };
    return openCompiled(await lowerFunction(fn, inputs, opening), opening, true);
  };
  const update = (inputs: NamedTensors, gradients: NamedTensors): NamedTensors =>
    updatedState(optimiser, options, inputs, gradients, {
      learningRate: inputs['learningRate']!,
      step: inputs['step']!,
    });
  const advance = accumulate === 1 && replicas === undefined ? await openWhole() : await openSplit();

  async function openWhole(): Promise<Advance> {
    const whole = await open(
      (inputs) => {
        const { losses, gradients } = lossesAndGradients(
          loss,
          entriesOf('parameters', inputs),
          entriesOf('batch', inputs),
        );
        return { ...update(inputs, gradients), ...keyed('losses', losses) };
      },
      { ...stateSpecs, ...keyed('batch', batch), ...scalars },
    );
    models.push(whole);
    return async (state, [one], into) => {
      const results = await whole.run({ ...state, ...keyed('batch', one!) }, into);
      return Object.fromEntries(Object.entries(entriesOf('losses', results)).map(([name, [value]]) => [name, value!]));
    };
  }
  async function openSplit(): Promise<Advance> {
    const sums = await openGradientSums(loss, { ...options, accumulate, session });
    const count = replicas?.count ?? 1;
    const updating = await open(
      (inputs) => {
        const all = Array.from({ length: count }, (_, replica) => entriesOf(sumsKind(replica), inputs));
        const added = Object.keys(parameters).map((name) => [name, tf.addN(all.map((one) => one[name]!))]);
        return update(inputs, Object.fromEntries(added) as NamedTensors);
      },
      { ...stateSpecs, ...sums.specs, ...scalars },
      // The threads of the replicas wait meanwhile.
      { threads: threads * count },
    );
    models.push(...sums.models, updating);
    return async (state, batches, into) => {
      const found = await sums.add(state, batches);
      await updating.run({ ...state, ...found.sums }, into);
      return found.losses;
    };
  }

  const spares = new WeakMap<TrainState, Record<string, Float32Array>>();
  const zeros = (): Record<string, Float32Array> =>
    Object.fromEntries(Object.entries(stateSpecs).map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]));

  return {
    stateSpecs,
    models,
    start(given) {
      const unknown = Object.keys(given).find((name) => parameters[name] === undefined);
      if (unknown !== undefined) throw new FaultError(`there is no parameter ${unknown}`);
      const arrays = zeros();
      for (const [name, spec] of Object.entries(parameters)) {
        tensorOf(`parameter ${name}`, given[name]!, spec);
        if (!given[name]!.every(Number.isFinite))
          throw new FaultError(`parameter ${name} has elements that are not finite`);
        arrays[stateKey('parameters', name)]!.set(given[name]!);
        arrays[stateKey('average', name)]?.set(given[name]!);
      }
      return { step: 0, arrays };
    },
    async run(state, given, { learningRate }) {
      const batches = Array.isArray(given) ? (given as readonly Batch[]) : [given as Batch];
      if (batches.length !== accumulate) {
        throw new FaultError(`one update takes ${accumulate} batches, found ${batches.length}`);
      }
      const current = state.arrays;
      const into = spares.get(state) ?? zeros();
      const rates = { learningRate: Float32Array.of(learningRate), step: Float32Array.of(state.step + 1) };
      const losses = await advance({ ...current, ...rates }, batches, into);
      state.arrays = into;
      state.step += 1;
      spares.set(state, { ...current });
      return losses;
    },
    async dispose() {
      for (const model of models) await model.dispose();
    },
  };
}
