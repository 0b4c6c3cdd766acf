import { spawn } from 'node:child_process';

/** How long a peer took. */
export interface Elapsed {
  readonly wallMs: number;
  /** Of all of its threads, user and system. */
  readonly processorMs: number;
}

const LONGEST_MS = 300_000;

/**
 * Runs a program of a peer to its end and measures it, its start included.
 * @throws {Error} with the last lines of its output where it fails.
 */
export async function measureProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Elapsed> {
  // The shell knows what its child used; Node does not tell.
  const script = 'TIMEFORMAT="timed %R %U %S"; time "$0" "$@"';
  const child = spawn('bash', ['-c', script, command, ...args], {
    env: { ...process.env, ...environment, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  });
  let output = '';
  const keep = (text: Buffer): void => {
    output = (output + text.toString('latin1')).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [, wall, user, system] = /timed ([\d.]+) ([\d.]+) ([\d.]+)/.exec(output) ?? [];
  if (code !== 0 || wall === undefined) {
    throw new Error(`${command} ended with ${code}: ${output.trim().split('\n').slice(-3).join(' | ')}`);
  }
  return { wallMs: 1000 * Number(wall), processorMs: 1000 * (Number(user) + Number(system)) };
}
