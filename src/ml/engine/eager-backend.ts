import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { FaultError } from '../../errors.ts';
import { registerGradients } from './ops/tfjs-gradients.ts';

/** Backends that TensorFlow.js computes with directly, best first. */
export const EAGER_BACKENDS = ['tensorflow-gpu', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type EagerBackendName = (typeof EAGER_BACKENDS)[number];

export interface EagerBackend {
  readonly name: EagerBackendName;
  /** `CPU`, or the name of the graphics device. */
  readonly device: string;
  readonly threads: number;
  /** Why the better ones were not taken. */
  readonly passedOver: Readonly<Partial<Record<EagerBackendName, string>>>;
}

/** Packages of native TensorFlow; optional, and not installed with this project. */
const NATIVE_PACKAGES = { 'tensorflow-gpu': '@tensorflow/tfjs-node-gpu', tensorflow: '@tensorflow/tfjs-node' } as const;

/** Each loads a backend into TensorFlow.js and says what device it has, or throws the reason why it cannot. */
const LOADERS: Readonly<Record<EagerBackendName, () => Promise<{ backend: string; device: string; threads: number }>>> =
  {
    'tensorflow-gpu': () => loadNative('tensorflow-gpu'),
    tensorflow: () => loadNative('tensorflow'),
    webgpu: loadWebGpu,
    wasm: loadWasm,
    cpu: () => Promise.resolve({ backend: 'cpu', device: 'CPU', threads: 1 }),
  };

/**
 * Chooses the best backend that works here, makes it the active one of TensorFlow.js and proves it by a product of two
 * numbers.
 * @param only the backends to consider, best first.
 * @throws {FaultError} with every reason when none works.
 */
export async function selectEagerBackend(only: readonly EagerBackendName[] = EAGER_BACKENDS): Promise<EagerBackend> {
  tf.enableProdMode();
  registerGradients();
  const passedOver: Partial<Record<EagerBackendName, string>> = {};
  for (const name of only) {
    try {
      const { backend, device, threads } = await LOADERS[name]();
      if (!(await tf.setBackend(backend))) throw new Error('TensorFlow.js could not start it');
      await tf.ready();
      const product = tf.tidy(() => tf.mul(tf.tensor1d([2, 3]), 2));
      const [four, six] = await product.data();
      product.dispose();
      if (four !== 4 || six !== 6) throw new Error('it computes wrongly');
      return { name, device, threads, passedOver };
    } catch (error) {
      passedOver[name] = error instanceof Error ? error.message.split('\n')[0]! : 'unknown';
    }
  }
  const reasons = Object.entries(passedOver).map(([name, reason]) => `${name}: ${reason}`);
  throw new FaultError(`no backend of TensorFlow.js works here (${reasons.join('; ')})`);
}

async function loadNative(
  name: keyof typeof NATIVE_PACKAGES,
): Promise<{ backend: string; device: string; threads: number }> {
  const package_ = NATIVE_PACKAGES[name];
  const require = createRequire(import.meta.url);
  let entry;
  try {
    entry = require.resolve(package_);
  } catch {
    throw new Error(`${package_} is not installed`);
  }
  restoreUtilFunctions();
  try {
    await import(pathToFileURL(entry).href);
  } catch (cause) {
    // Most often its native library is missing, because install scripts were switched off.
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : 'unknown';
    throw new Error(`${package_} is installed but cannot be loaded; try npm rebuild ${package_} (${reason})`, {
      cause,
    });
  }
  if (tf.findBackendFactory('tensorflow') === null || tf.findBackendFactory('tensorflow') === undefined) {
    throw new Error(`${package_} has a TensorFlow.js of its own; install version ${tf.version.tfjs}`);
  }
  if (name === 'tensorflow') {
    return { backend: 'tensorflow', device: 'CPU', threads: availableParallelism() };
  }
  const { isUsingGpuDevice } = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean };
  if (isUsingGpuDevice !== true) throw new Error(`${package_} finds no CUDA device`);
  return { backend: 'tensorflow', device: 'CUDA', threads: 1 };
}

/** Native TensorFlow 4.22 calls functions that Node 23 took out of `node:util`. */
function restoreUtilFunctions(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

interface Gpu {
  requestAdapter(): Promise<{
    info?: { description?: string; vendor?: string; architecture?: string };
    isFallbackAdapter?: boolean;
  } | null>;
}

/** WebGPU by Dawn. A software adapter is slower than wasm, so it is passed over. */
async function loadWebGpu(): Promise<{ backend: string; device: string; threads: number }> {
  const { create, globals } = (await import('webgpu')) as unknown as {
    create: (flags: string[]) => Gpu;
    globals: object;
  };
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('there is no WebGPU adapter');
  const { description = '', vendor = '', architecture = '' } = adapter.info ?? {};
  const device = description || `${vendor} ${architecture}`.trim() || 'unknown adapter';
  if (/swiftshader|llvmpipe|software/i.test(`${device} ${architecture}`))
    throw new Error(`its adapter is software (${device})`);
  installGpu(gpu, globals);
  await import('@tensorflow/tfjs-backend-webgpu');
  return { backend: 'webgpu', device, threads: 1 };
}

/** TensorFlow.js looks for WebGPU where browsers have it. */
export function installGpu(gpu: object, globals: object): void {
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
}

async function loadWasm(): Promise<{ backend: string; device: string; threads: number }> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(entry)}${sep}`);
  // Its threads are browser workers; under Node it has one.
  return { backend: 'wasm', device: 'CPU', threads: 1 };
}
