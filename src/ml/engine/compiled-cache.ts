import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import { z } from 'zod';
import { channelBlock } from './channel-block.ts';
import { lowerFunction, openCompiled, type CompiledFunction, type CompileOptions } from './compile.ts';
import type { ArraySpec } from './graph.ts';
import { distinctFromInputs, type LoweredModel } from './lower/lower.ts';
import { ENGINE_VERSION } from './session.ts';
import type { TensorFunction } from './trace/trace.ts';
import { writeWhole } from './weights/weights-file.ts';

export interface CompiledCacheOptions {
  /** Folder for models on disk; none are kept there when it is left out. */
  readonly directory?: string;
  /** How many sessions stay open; the one used longest ago is closed. */
  readonly maximumSessions: number;
  /** Bytes of models that stay in memory with their sessions. */
  readonly maximumBytes: number;
}

/** Identity of a function: its name and everything besides shapes that changes what it computes. Change it with the code. */
export interface FunctionIdentity {
  readonly name: string;
  readonly version: string;
  readonly settings?: unknown;
}

export interface CompiledCache {
  /** The compiled function, from memory, from disk, or made now. The cache disposes of it: ask again before each use. */
  get(
    identity: FunctionIdentity,
    fn: TensorFunction,
    inputs: Readonly<Record<string, ArraySpec>>,
    options?: CompileOptions,
  ): Promise<CompiledFunction>;
  readonly size: number;
  dispose(): Promise<void>;
}

const SPEC = z.record(
  z.string(),
  z.object({ shape: z.array(z.int().nonnegative()), dtype: z.enum(['float32', 'int32', 'bool']) }),
);
const ENTRY = z.object({
  inputs: SPEC,
  outputs: SPEC,
  operators: z.record(z.string(), z.number()),
  sha256: z.string(),
});
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Keeps compiled functions by content: function, shapes, constants, provider, threads and engine version. */
export function createCompiledCache({ directory, maximumSessions, maximumBytes }: CompiledCacheOptions): CompiledCache {
  if (maximumSessions < 1) throw new RangeError(`maximumSessions must be at least 1, found ${maximumSessions}`);
  const open = new Map<string, Promise<CompiledFunction>>();
  const bytesOf = new Map<string, number>();

  async function keyOf(
    identity: FunctionIdentity,
    inputs: Readonly<Record<string, ArraySpec>>,
    options: CompileOptions,
  ): Promise<string> {
    const { constants = {}, provider = 'cpu', threads = 1, isPortable = false } = options;
    const hash = createHash('sha256');
    const isForCpu = provider === 'cpu' && !isPortable;
    hash.update(
      JSON.stringify([
        ENGINE_VERSION,
        env.versions,
        identity,
        inputs,
        provider,
        threads,
        isPortable,
        isForCpu ? await channelBlock() : 0,
      ]),
    );
    for (const name of Object.keys(constants).sort()) {
      const { buffer, byteOffset, byteLength } = constants[name]!;
      hash.update(`${name}:${byteLength}:`).update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    return hash.digest('hex');
  }

  async function make(
    key: string,
    fn: TensorFunction,
    inputs: Readonly<Record<string, ArraySpec>>,
    options: CompileOptions,
  ): Promise<CompiledFunction> {
    let model = directory === undefined ? undefined : await readModel(directory, key);
    if (model === undefined) {
      model = await lowerFunction(fn, inputs, options);
      if (directory !== undefined) await writeModel(directory, key, model);
    }
    bytesOf.set(key, model.bytes.length);
    return openCompiled(model, options);
  }

  async function close(key: string): Promise<void> {
    const closing = open.get(key);
    open.delete(key);
    bytesOf.delete(key);
    await closing?.then(
      (compiled) => compiled.dispose(),
      () => undefined,
    );
  }

  async function evict(newest: string): Promise<void> {
    const total = (): number => [...bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const key of open.keys()) {
      if (open.size <= maximumSessions && total() <= maximumBytes) return;
      if (key !== newest) await close(key);
    }
  }

  return {
    async get(identity, fn, inputs, options = {}) {
      const key = await keyOf(identity, inputs, options);
      // Last in the order of the map is used most recently.
      const compiled = open.get(key) ?? make(key, fn, inputs, options);
      open.delete(key);
      open.set(key, compiled);
      try {
        const ready = await compiled;
        await evict(key);
        return ready;
      } catch (error) {
        if (open.get(key) === compiled) await close(key);
        throw error;
      }
    },
    get size() {
      return open.size;
    },
    async dispose() {
      for (const key of open.keys()) await close(key);
    },
  };
}

/** A file that is damaged or half written counts as absent. */
async function readModel(directory: string, key: string): Promise<LoweredModel | undefined> {
  try {
    const entry = ENTRY.parse(JSON.parse(await readFile(join(directory, `${key}.json`), 'utf8')));
    const bytes = Uint8Array.from(await readFile(join(directory, `${key}.onnx`)));
    if (sha256(bytes) !== entry.sha256) return undefined;
    return { ...entry, bytes, outputName: distinctFromInputs };
  } catch {
    return undefined;
  }
}

async function writeModel(
  directory: string,
  key: string,
  { bytes, inputs, outputs, operators }: LoweredModel,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeWhole(join(directory, `${key}.onnx`), bytes);
  const entry = { inputs, outputs, operators, sha256: sha256(bytes) };
  await writeWhole(join(directory, `${key}.json`), new TextEncoder().encode(JSON.stringify(entry)));
}
