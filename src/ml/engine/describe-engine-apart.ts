import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FaultError } from '../../errors.ts';
import type { EngineDescription } from './describe-engine.ts';

const TIMEOUT_MS = 60_000;

/**
 * What this machine offers to networks, tried in a process of its own: a server keeps neither the libraries in memory
 * nor what drivers write to its log, and does not end with a driver that crashes.
 * @throws {FaultError} when that process does not answer.
 */
export async function describeEngineApart(): Promise<EngineDescription> {
  const script = fileURLToPath(new URL('engine-description-process.ts', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: TIMEOUT_MS });
    return JSON.parse(stdout) as EngineDescription;
  } catch (cause) {
    throw new FaultError('the network engine could not be tried on this machine', { cause });
  }
}
