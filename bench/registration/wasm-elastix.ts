import { Worker } from 'node:worker_threads';
import type { Volume } from '../../src/twins/volume.ts';
import { elastixParameters, type ElastixOptions, type ParameterMap } from './elastix.ts';

/** What the worker sends back. */
export interface WasmReply {
  readonly wallMs: number;
  readonly processorMs: number;
  readonly transforms: readonly ParameterMap[];
}

/** Registers by `@itk-wasm/elastix` in a thread; its start and the loading of the module are part of the time. */
export async function registerByWasmElastix(
  fixed: Volume,
  moving: Volume,
  options: ElastixOptions,
): Promise<WasmReply> {
  const parameters = await elastixParameters(options);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('wasm-elastix-task.ts', import.meta.url), {
      workerData: { fixed, moving, parameters },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
