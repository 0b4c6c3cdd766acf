import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FaultError } from '../../errors.ts';
import { sizeOf, type ArraySpec, type TypedArray } from './graph.ts';
import { missingForProvider, PROVIDERS, type Provider } from './providers.ts';

export interface SessionOptions {
  readonly provider?: Provider;
  /** Threads within one operation, on the CPU. */
  readonly threads?: number;
}

/** Version of what the engine makes of a function; part of every cache key. Raise it when the writing of graphs changes. */
export const ENGINE_VERSION = '4';

/**
 * Opens a session on a model.
 * @param isTraining without the optimiser's patterns and memory plan: half the peak memory at the same speed.
 * @throws {FaultError} when the model is not accepted or the provider is not there.
 */
export async function openSession(
  model: Uint8Array,
  { provider = 'cpu', threads = 1 }: SessionOptions,
  isTraining = false,
): Promise<InferenceSession> {
  if (!PROVIDERS.includes(provider)) {
    throw new FaultError(`there is no provider ${provider as string}; expected one of ${PROVIDERS.join(', ')}`);
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new FaultError(`threads must be an integer from 1 to 1024, found ${threads}`);
  }
  const missing = missingForProvider(provider);
  if (missing !== undefined) throw new FaultError(`the provider ${provider} is not there: ${missing}`);
  try {
    return await InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableMemPattern: !isTraining,
      logSeverityLevel: 4,
      // Threads that spin while they wait collapse on a machine that does other work too.
      extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    throw new FaultError(`ONNX Runtime does not run this model on ${provider}`, { cause });
  }
}

/** A tensor over existing memory. @throws {FaultError} when the elements are not of the declared type and number. */
export function tensorOf(name: string, data: TypedArray, { shape, dtype = 'float32' }: ArraySpec): Tensor {
  const array = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
  if (!(data instanceof array) || data.length !== sizeOf(shape)) {
    throw new FaultError(
      `${name} must be ${array.name} of ${sizeOf(shape)} elements [${shape.join()}], found ${data?.constructor?.name ?? typeof data} of ${data?.length ?? 0}`,
    );
  }
  return new Tensor(dtype, data as Float32Array, shape);
}
