import type { InferenceSession } from 'onnxruntime-node';
import { FaultError } from '../../errors.ts';
import { channelBlock } from './channel-block.ts';
import { createValue, isSameShape, type ArraySpec, type Graph, type TypedArray, type Value } from './graph.ts';
import { lower, type FullSpec, type LoweredModel } from './lower/lower.ts';
import { optimise } from './optimise.ts';
import { openSession, tensorOf, type SessionOptions } from './session.ts';
import { trace, type TensorFunction } from './trace/trace.ts';

export interface CompileOptions extends SessionOptions {
  /** Inputs of the function whose elements never change, its weights for instance: the runtime prepares them once. */
  readonly constants?: Readonly<Record<string, TypedArray>>;
  /** Only operators of the ONNX standard. */
  readonly isPortable?: boolean;
}

/** A function that runs in ONNX Runtime. */
export interface CompiledFunction {
  readonly inputs: Readonly<Record<string, FullSpec>>;
  readonly outputs: Readonly<Record<string, FullSpec>>;
  /** The model as it was given to the runtime, and its operators with how often each occurs. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly operators: Readonly<Record<string, number>>;
  /**
   * Runs once. Arrays are row-major, channels last. The computation blocks the thread that it is called from: on a
   * server run it in a worker thread, see `run-model-task.ts`.
   * @param into arrays to write results into instead of new ones; never the memory of an input.
   * @throws {FaultError} for an input that is missing, unknown, or not of its declared type and size.
   */
  run<Output extends TypedArray = Float32Array>(
    inputs: Readonly<Record<string, TypedArray>>,
    into?: Readonly<Record<string, TypedArray>>,
  ): Promise<Record<string, Output>>;
  /** Frees the session; running afterwards is an error. */
  dispose(): Promise<void>;
}

/**
 * Compiles a pure function written with TensorFlow.js ops, gradients included, for static shapes.
 * @param inputs shape and type of every input, constants included.
 * @throws {FaultError} naming the op and the place, when the function cannot be compiled.
 */
export async function compile(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ArraySpec>>,
  options: CompileOptions = {},
): Promise<CompiledFunction> {
  const model = await lowerFunction(fn, inputs, options);
  return openCompiled(model, options);
}

/** The optimised graph of a function. @throws {FaultError} when it cannot be compiled. */
export function compiledGraph(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ArraySpec>>,
  constants: Readonly<Record<string, TypedArray>> = {},
): Graph {
  return optimise(trace(fn, inputs, constantValues(inputs, constants)));
}

/** Traces, optimises and writes a function without opening a session on it. */
export async function lowerFunction(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ArraySpec>>,
  { constants = {}, isPortable = false, provider = 'cpu' }: CompileOptions,
): Promise<LoweredModel> {
  const graph = compiledGraph(fn, inputs, constants);
  const isForCpu = provider === 'cpu' && !isPortable;
  return lower(graph, { isPortable: !isForCpu, block: isForCpu ? await channelBlock() : 0 });
}

/** Opens a session on a model that {@link lowerFunction} wrote. */
export async function openCompiled(
  model: LoweredModel,
  options: SessionOptions,
  isTraining = false,
): Promise<CompiledFunction> {
  return compiledFunction(model, await openSession(model.bytes, options, isTraining));
}

function constantValues(
  inputs: Readonly<Record<string, ArraySpec>>,
  constants: Readonly<Record<string, TypedArray>>,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, data] of Object.entries(constants)) {
    const spec = inputs[name];
    if (spec === undefined) throw new FaultError(`constant ${name} is not an input`);
    tensorOf(`constant ${name}`, data, spec);
    if (data instanceof Float32Array && !data.every(Number.isFinite))
      throw new FaultError(`constant ${name} has elements that are not finite`);
    values.set(name, createValue(spec.shape, spec.dtype ?? 'float32', { data }));
  }
  return values;
}

function compiledFunction(
  { bytes, inputs, outputs, operators, outputName }: LoweredModel,
  session: InferenceSession,
): CompiledFunction {
  let isOpen = true;
  return {
    inputs,
    outputs,
    model: bytes,
    operators,
    async run<Output extends TypedArray>(
      given: Readonly<Record<string, TypedArray>>,
      into?: Readonly<Record<string, TypedArray>>,
    ) {
      if (!isOpen) throw new FaultError('the compiled function was disposed');
      const unknown = Object.keys(given).find((name) => inputs[name] === undefined);
      if (unknown !== undefined)
        throw new FaultError(`there is no input ${unknown}; inputs are ${Object.keys(inputs).join(', ')}`);
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, spec]) => [name, tensorOf(`input ${name}`, given[name]!, spec)]),
      );
      const fetches = Object.fromEntries(
        Object.entries(outputs).map(([name, spec]) => {
          const target = into?.[name];
          return [outputName(name), target === undefined ? null : tensorOf(`result ${name}`, target, spec)];
        }),
      );
      let results;
      try {
        results = await session.run(feeds, fetches);
      } catch (cause) {
        throw new FaultError('ONNX Runtime could not run the compiled function', { cause });
      }
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { shape, dtype }]) => {
          const { dims, type, data } = results[outputName(name)]!;
          // Only a model that was made elsewhere can differ from what it declared.
          if (type !== dtype || !isSameShape(dims, shape)) {
            throw new FaultError(`result ${name} should be ${dtype} [${shape.join()}], found ${type} [${dims.join()}]`);
          }
          return [name, (into?.[name] ?? data) as Output];
        }),
      );
    },
    async dispose() {
      if (!isOpen) return;
      isOpen = false;
      await session.release();
    },
  };
}
