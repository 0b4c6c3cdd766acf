import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError } from '../errors.ts';
import type { PostgresProcess } from './postgres-process.ts';

/** What is left of a killed server holds its memory for a moment; a new one refuses to start until then. */
const RETRY_MS = 250;
const START_MS = 30_000;
const MOST_ATTEMPTS = 20;

export interface KeptServer {
  /** Running and answering. */
  readonly server: PostgresProcess;
  readonly spawn: () => PostgresProcess;
  readonly isUp: () => Promise<boolean>;
  readonly report: ((error: FaultError) => void) | undefined;
}

/** Starts a server again whenever it ends by itself; gives up, and says so, when it does not come up any more. */
export function keepRunning({ server, spawn, isUp, report }: KeptServer): { stop(): Promise<void> } {
  let current = server;
  let isStopping = false;

  const watch = async (): Promise<void> => {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      await current.gone;
      if (isStopping) {
        return;
      }
      if (attempts === 0) {
        report?.(new FaultError('the embedded PostgreSQL ended although nobody stopped it; it is started again'));
      } else {
        await sleep(RETRY_MS, undefined, { ref: false });
      }
      if (isStopping) {
        return;
      }
      current = spawn();
      current.unref();
      if (await comesUp(current, isUp)) {
        attempts = -1;
      }
    }
    report?.(new FaultError('the embedded PostgreSQL could not be started again'));
  };
  void watch();
  return {
    async stop() {
      isStopping = true;
      await current.stop();
    },
  };
}

async function comesUp(server: PostgresProcess, isUp: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + START_MS; !server.hasExited() && Date.now() < deadline;) {
    if (await isUp()) {
      return true;
    }
    await sleep(50, undefined, { ref: false });
  }
  return false;
}
