import { FaultError } from '../../errors.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import { lowerFunction, openCompiled, type CompiledFunction } from './compile.ts';
import { sizeOf, type ArraySpec, type TypedArray } from './graph.ts';
import type { LoweredModel } from './lower/lower.ts';
import { modelInThreads } from './run-model-task.ts';
import { tensorOf, type SessionOptions } from './session.ts';
import type { TensorFunction } from './trace/trace.ts';
import { entriesOf, keyed, lossesAndGradients, stateKey, type Loss } from './training-function.ts';

type Specs = Readonly<Record<string, ArraySpec>>;
type Arrays = Readonly<Record<string, TypedArray>>;

/** Replicas of a network that compute the gradients of parts of a batch at the same time, a worker thread each. */
export interface Replicas {
  /** At most the extent of the batch. */
  readonly count: number;
  /** With fewer threads than replicas these wait for each other. */
  readonly threads: WorkerThreads;
}

export interface GradientOptions {
  readonly parameters: Specs;
  readonly batch: Specs;
  /** How many batches are added. */
  readonly accumulate: number;
  readonly replicas?: Replicas;
  readonly session: SessionOptions;
}

/** Gradients over several batches and replicas, apart from the update that uses them. */
export interface GradientSums {
  /** Shapes of the sums, one for each replica and parameter. */
  readonly specs: Specs;
  /** Mean losses, and sums that together are the mean gradient; their memory is used again by the next call. */
  add(parameters: Arrays, batches: readonly Arrays[]): Promise<{ losses: Record<string, number>; sums: Arrays }>;
  /** Models that run in this thread. */
  readonly models: readonly CompiledFunction[];
}

/** A replica's part of every batch. */
interface Part {
  /** Of the mean over all parts and batches. */
  readonly share: number;
  readonly sliceOf: (batch: Arrays) => Arrays;
  readonly run: (feeds: Arrays, into: Arrays) => Promise<Record<string, Float32Array>>;
  sums: Arrays;
  spare: Arrays;
}

/** Where the sums of a replica are among the inputs of an update. */
export function sumsKind(replica: number): string {
  return `sums${replica}`;
}

/**
 * Opens the gradient of a loss, which with replicas must be a mean over the first axis of the batch: it is then the
 * mean of the gradients of the parts, weighted by their extents.
 * @throws {FaultError} when the loss cannot be compiled or the batch cannot be divided.
 */
export async function openGradientSums(loss: Loss, options: GradientOptions): Promise<GradientSums> {
  const { parameters, batch, accumulate, replicas, session } = options;
  const held = keyed('sums', parameters);
  const weights = sharedArrays(keyed('parameters', parameters));
  const models: CompiledFunction[] = [];
  const lowered = new Map<number, LoweredModel>();
  const extent = replicas === undefined ? 1 : batchExtent(batch, replicas.count);

  const gradients =
    (share: number): TensorFunction =>
    (inputs) => {
      const found = lossesAndGradients(loss, entriesOf('parameters', inputs), entriesOf('batch', inputs));
      const sums = Object.entries(found.gradients).map(([name, gradient]) => {
        const scaled = gradient.mul(share);
        return [name, inputs[stateKey('sums', name)]?.add(scaled) ?? scaled] as const;
      });
      return { ...keyed('sums', Object.fromEntries(sums)), ...keyed('losses', found.losses) };
    };
  async function openPart(begin: number, end: number): Promise<Part> {
    const share = (end - begin) / extent / accumulate;
    const rows = rowsOf(batch, begin, end);
    const specs = replicas === undefined ? batch : rows.specs;
    const inputs = {
      ...keyed('parameters', parameters),
      ...keyed('batch', specs),
      ...(accumulate > 1 ? held : {}),
    };
    const model = lowered.get(end - begin) ?? (await lowerFunction(gradients(share), inputs, session));
    lowered.set(end - begin, model);
    const memory = { share, sums: sharedArrays(held), spare: sharedArrays(held) };
    if (replicas !== undefined) {
      const threaded = modelInThreads(replicas.threads, model, { ...session, isTraining: true });
      const run: Part['run'] = (feeds, into) => threaded.run(feeds, new AbortController().signal, into);
      return { ...memory, run, sliceOf: rows.sliceOf };
    }
    const compiled = await openCompiled(model, session, true);
    models.push(compiled);
    return { ...memory, run: (feeds, into) => compiled.run(feeds, into), sliceOf: (one) => one };
  }
  const parts: Part[] = [];
  const count = replicas?.count ?? 1;
  for (let index = 0; index < count; index++) {
    const boundary = (at: number): number => Math.floor((at * extent) / count);
    parts.push(await openPart(boundary(index), boundary(index + 1)));
  }

  async function advance(part: Part, one: Arrays): Promise<Arrays> {
    const feeds = { ...weights, ...keyed('batch', part.sliceOf(one)), ...(accumulate > 1 ? part.sums : {}) };
    const results = await part.run(feeds, part.spare);
    [part.sums, part.spare] = [part.spare, part.sums];
    return entriesOf('losses', results);
  }

  return {
    specs: Object.assign({}, ...parts.map((_, index) => keyed(sumsKind(index), parameters))) as Specs,
    models,
    async add(given, batches) {
      for (const [name, weight] of Object.entries(weights)) weight.set(given[name]!);
      for (const { sums } of parts) for (const sum of Object.values(sums)) sum.fill(0);
      const losses: Record<string, number> = {};
      for (const one of batches) {
        for (const [name, spec] of Object.entries(batch)) tensorOf(`input batch/${name}`, one[name]!, spec);
        const answers = await Promise.allSettled(parts.map((part) => advance(part, one)));
        for (const [index, answer] of answers.entries()) {
          // Only now, when all have ended: the others still wrote to memory that is used again.
          if (answer.status === 'rejected') throw answer.reason;
          for (const [name, [value]] of Object.entries(answer.value)) {
            losses[name] = (losses[name] ?? 0) + value! * parts[index]!.share;
          }
        }
      }
      const sums = parts.map((part, index) => keyed(sumsKind(index), entriesOf('sums', part.sums)));
      return { losses, sums: Object.assign({}, ...sums) as Arrays };
    },
  };
}

/** Zeros that other threads can read and write without a copy. */
function sharedArrays(specs: Specs): Record<string, Float32Array> {
  const sharedArray = ({ shape }: ArraySpec): Float32Array =>
    new Float32Array(new SharedArrayBuffer(sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT));
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, sharedArray(spec)]));
}

function batchExtent(batch: Specs, count: number): number {
  const extents = new Set(Object.values(batch).flatMap(({ shape }) => shape.slice(0, 1)));
  const [extent = 0] = extents;
  if (extents.size !== 1) {
    throw new FaultError(
      `a batch for replicas must have one extent on its first axis, found ${[...extents].join(', ') || 'none'}`,
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > extent) {
    throw new FaultError(`replicas must be an integer from 1 to the extent of the batch, ${extent}; found ${count}`);
  }
  return extent;
}

/** Rows of the arrays of a batch; a scalar belongs to every row. */
function rowsOf(batch: Specs, begin: number, end: number): { specs: Specs; sliceOf: (batch: Arrays) => Arrays } {
  const specs = Object.fromEntries(
    Object.entries(batch).map(([name, { shape, ...type }]) => [
      name,
      { ...type, shape: shape.length === 0 ? shape : [end - begin, ...shape.slice(1)] },
    ]),
  );
  const sliceOf = (arrays: Arrays): Arrays =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => {
        const row = shape.length === 0 ? 0 : sizeOf(shape) / (end - begin);
        return [name, arrays[name]!.slice(begin * row, begin * row + sizeOf(shape))];
      }),
    );
  return { specs, sliceOf };
}
