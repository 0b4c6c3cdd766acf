import { FaultError } from '../../errors.ts';
import { lowerFunction, openCompiled, type CompiledFunction } from './compile.ts';
import { sizeOf, type ArraySpec, type TypedArray } from './graph.ts';
import type { Optimiser } from './optimisers.ts';
import { tensorOf, type SessionOptions } from './session.ts';
import type { NamedTensors, TensorFunction } from './trace/trace.ts';
import { lossesAndGradients, stateKey, updatedState, type Loss, type UpdateOptions } from './training-function.ts';

type Specs = Readonly<Record<string, ArraySpec>>;
export type Batch = Readonly<Record<string, TypedArray>>;

export interface TrainStepOptions extends SessionOptions, UpdateOptions {
  readonly parameters: Specs;
  readonly batch: Specs;
  /** How many batches one update takes the mean gradient of; 1 unless said otherwise. */
  readonly accumulate?: number;
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
  /** Models that run, for inspection. */
  readonly models: readonly CompiledFunction[];
  dispose(): Promise<void>;
}

const scalar = { shape: [] } as const;
const keyed = <T>(kind: string, entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [stateKey(kind, name), entry]));
const only = (kind: string, tensors: NamedTensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([key, tensor]) =>
      key.startsWith(`${kind}/`) ? [[key.slice(kind.length + 1), tensor]] : [],
    ),
  );

/**
 * Compiles forward pass, gradients and optimiser update of a loss into one graph. With gradient accumulation there are
 * two graphs: one adds the gradient of a batch to the sums, the other updates.
 * @throws {FaultError} when the loss cannot be compiled, or does not depend on a parameter.
 */
export async function compileTrainStep(
  loss: Loss,
  optimiser: Optimiser,
  options: TrainStepOptions,
): Promise<TrainStep> {
  const { parameters, batch, accumulate = 1, averageDecay, provider, threads } = options;
  if (!Number.isInteger(accumulate) || accumulate < 1)
    throw new FaultError(`accumulate must be a positive integer, found ${accumulate}`);
  const session: SessionOptions = {
    ...(provider === undefined ? {} : { provider }),
    ...(threads === undefined ? {} : { threads }),
  };
  const kinds = ['parameters', ...optimiser.slots, ...(averageDecay === undefined ? [] : ['average'])];
  const stateSpecs: Specs = Object.assign({}, ...kinds.map((kind) => keyed(kind, parameters)));
  const sums = keyed('sums', parameters);
  const scalars = { learningRate: scalar, step: scalar };

  const open = async (fn: TensorFunction, inputs: Specs): Promise<CompiledFunction> =>
    openCompiled(await lowerFunction(fn, inputs, session), session, true);
  const update = (inputs: NamedTensors, gradients: NamedTensors): NamedTensors =>
    updatedState(optimiser, options, inputs, gradients, {
      learningRate: inputs['learningRate']!,
      step: inputs['step']!,
    });

  const whole: TensorFunction = (inputs) => {
    const { losses, gradients } = lossesAndGradients(loss, only('parameters', inputs), only('batch', inputs));
    return { ...update(inputs, gradients), ...keyed('losses', losses) };
  };
  const addGradients: TensorFunction = (inputs) => {
    const { losses, gradients } = lossesAndGradients(loss, only('parameters', inputs), only('batch', inputs));
    const added = Object.entries(gradients).map(([name, gradient]) => {
      const key = stateKey('sums', name);
      return [key, inputs[key]!.add(gradient.div(accumulate))];
    });
    return { ...Object.fromEntries(added), ...keyed('losses', losses) };
  };
  const models =
    accumulate === 1
      ? [await open(whole, { ...stateSpecs, ...keyed('batch', batch), ...scalars })]
      : [
          await open(addGradients, { ...keyed('parameters', parameters), ...sums, ...keyed('batch', batch) }),
          await open((inputs) => update(inputs, only('sums', inputs)), { ...stateSpecs, ...sums, ...scalars }),
        ];
  const [first, second] = models;
  const spares = new WeakMap<TrainState, Record<string, Float32Array>>();
  const zeros = (specs: Specs): Record<string, Float32Array> =>
    Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]));

  async function advance(
    state: TrainState,
    batches: readonly Batch[],
    learningRate: number,
  ): Promise<Record<string, number>> {
    const current = state.arrays;
    const into = spares.get(state) ?? zeros(stateSpecs);
    const rates = { learningRate: Float32Array.of(learningRate), step: Float32Array.of(state.step + 1) };
    const totals: Record<string, number> = {};
    const count = (results: Readonly<Record<string, Float32Array>>): void => {
      for (const [key, value] of Object.entries(results)) {
        if (!key.startsWith('losses/')) continue;
        const name = key.slice('losses/'.length);
        totals[name] = (totals[name] ?? 0) + value[0]! / accumulate;
      }
    };
    if (second === undefined) {
      count(await first!.run({ ...current, ...keyed('batch', batches[0]!), ...rates }, into));
    } else {
      const weights = Object.fromEntries(Object.entries(current).filter(([key]) => key.startsWith('parameters/')));
      let held = zeros(sums);
      let free = zeros(sums);
      for (const one of batches) {
        count(await first!.run({ ...weights, ...held, ...keyed('batch', one) }, free));
        [held, free] = [free, held];
      }
      await second.run({ ...current, ...held, ...rates }, into);
    }
    state.arrays = into;
    state.step += 1;
    spares.set(state, { ...current });
    return totals;
  }

  return {
    stateSpecs,
    models,
    start(given) {
      const unknown = Object.keys(given).find((name) => parameters[name] === undefined);
      if (unknown !== undefined) throw new FaultError(`there is no parameter ${unknown}`);
      const arrays = zeros(stateSpecs);
      for (const [name, spec] of Object.entries(parameters)) {
        tensorOf(`parameter ${name}`, given[name]!, spec);
        if (!given[name]!.every(Number.isFinite))
          throw new FaultError(`parameter ${name} has elements that are not finite`);
        arrays[stateKey('parameters', name)]!.set(given[name]!);
        arrays[stateKey('average', name)]?.set(given[name]!);
      }
      return { step: 0, arrays };
    },
    run(state, given, { learningRate }) {
      const batches = Array.isArray(given) ? (given as readonly Batch[]) : [given as Batch];
      if (batches.length !== accumulate) {
        return Promise.reject(new FaultError(`one update takes ${accumulate} batches, found ${batches.length}`));
      }
      return advance(state, batches, learningRate);
    },
    async dispose() {
      for (const model of models) await model.dispose();
    },
  };
}
