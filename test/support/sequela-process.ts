import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.ts');
const STARTED = /^Sequela (?:worker is running|is running at (\S+) )/m;

/** A role of the server as an operating system process of its own. */
export interface SequelaProcess {
  /** Empty for a worker. */
  readonly url: string;
  /** What it wrote to stderr so far. */
  log(): string;
  /** Ends it as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  terminate(): Promise<number | null>;
}

/** Starts `node src/main.ts --role ...` and waits until it says that it runs. */
export async function startSequelaProcess(
  role: 'api' | 'worker',
  env: Readonly<Record<string, string>>,
): Promise<SequelaProcess> {
  const child = spawn(process.execPath, [MAIN, '--role', role], {
    env: { PATH: process.env['PATH'] ?? '', SEQUELA_PORT: '0', SEQUELA_COMPUTE_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const gone = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      const started = STARTED.exec(said);
      if (started !== null) resolve(started[1] ?? '');
    });
    void gone.then((code) => reject(new Error(`the ${role} ended with ${code}: ${log}`)));
  });
  return {
    url,
    log: () => log,
    async kill() {
      end(child, 'SIGKILL');
      await gone;
    },
    terminate() {
      end(child, 'SIGTERM');
      return gone;
    },
  };
}

function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): void {
  if (child.exitCode === null) child.kill(signal);
}
