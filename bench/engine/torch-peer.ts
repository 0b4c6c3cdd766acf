import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Timing } from './timing.ts';

export interface TorchPeer {
  /** With the library that it multiplies matrices with. */
  readonly version: string;
  time(what: 'forward' | 'step'): Promise<Timing>;
  /** Largest resident memory so far, MiB. */
  peakMemory(): Promise<number>;
  close(): void;
}

/** PyTorch with one of the benchmark's networks in a process of its own; undefined where it is not installed. */
export async function startTorchPeer(network: string, threads: number, device = 'cpu'): Promise<TorchPeer | undefined> {
  const script = fileURLToPath(new URL('torch_peer.py', import.meta.url));
  // PyTorch's own setting does not reach its BLAS.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) };
  for (const python of ['/usr/bin/python3', 'python3']) {
    const child = spawn(python, [script, JSON.stringify({ network, threads, device })], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const greeting = await lines.next();
    if (greeting.done === true) continue;
    const ask = async (line: string): Promise<number[]> => {
      child.stdin.write(`${line}\n`);
      const answer = await lines.next();
      if (answer.done === true) throw new Error('PyTorch ended before it answered');
      return answer.value.split(' ').map(Number);
    };
    const { version, blas } = JSON.parse(greeting.value) as { version: string; blas: string };
    return {
      version: `${version} (${blas})`,
      time: async (what) => {
        const [wall, processor] = await ask(what);
        return { wall: wall!, processor: processor! };
      },
      peakMemory: async () => (await ask('memory'))[0]!,
      close: () => void child.stdin.end(),
    };
  }
  return undefined;
}
