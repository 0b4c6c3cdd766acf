import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { NetworkSettings } from '../../src/ml/forecasting/image/network-settings.ts';
import type { Timing } from '../engine/timing.ts';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TorchPeer {
  /** With the library that it multiplies matrices with. */
  readonly version: string;
  /** Largest difference of its image from ours, in parts of the largest pixel. */
  readonly difference: number;
  time(this: void): Promise<Timing>;
  close(this: void): void;
}

/** The same network, weights and inputs in a PyTorch process of its own; undefined where it is not installed. */
export async function startTorchPeer(
  settings: NetworkSettings,
  arrays: readonly NamedArray[],
  threads: number,
): Promise<TorchPeer | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sequela-torch-'));
  const file = path.join(folder, 'arrays.bin');
  let from = 0;
  const index = arrays.map(({ name, shape, data }) => {
    const entry = { name, shape, from, size: data.length };
    from += data.length;
    return entry;
  });
  const all = new Float32Array(from);
  arrays.forEach(({ data }, position) => all.set(data, index[position]!.from));
  writeFileSync(file, new Uint8Array(all.buffer));
  const script = path.join(import.meta.dirname, 'torch_peer.py');
  // PyTorch's own setting does not reach its BLAS.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) };
  for (const python of ['/usr/bin/python3', 'python3']) {
    const child = spawn(python, [script, JSON.stringify({ settings, arrays: index, file, threads })], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const greeting = await lines.next();
    if (greeting.done === true) continue;
    rmSync(folder, { recursive: true });
    const { version, blas, difference } = JSON.parse(greeting.value) as Record<'version' | 'blas', string> & {
      difference: number;
    };
    return {
      version: `${version} (${blas})`,
      difference,
      async time() {
        child.stdin.write('forward\n');
        const answer = await lines.next();
        if (answer.done === true) throw new Error('PyTorch ended before it answered');
        const [wall, processor] = answer.value.split(' ').map(Number);
        return { wall: wall!, processor: processor! };
      },
      close: () => void child.stdin.end(),
    };
  }
  rmSync(folder, { recursive: true });
  return undefined;
}
