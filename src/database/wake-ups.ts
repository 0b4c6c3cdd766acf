import { Client } from 'pg';
import type { WakeUps } from '../twins/ports.ts';

/** Every process hears all of them; a payload is {tenantId, kind, id} and never content. */
export const WAKE_UP_CHANNEL = 'sequela';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5000;

type Topic = Parameters<WakeUps['listen']>[0];

/**
 * Wake-ups from PostgreSQL's NOTIFY on one connection of its own. When that is lost it is opened again, and every
 * listener is woken, because a wake-up may have been missed meanwhile. Wake-ups that a slow listener has not taken yet
 * become one, so that a listener needs the same memory whatever happens.
 */
export async function openWakeUps(url: string): Promise<WakeUps & { close(): Promise<void> }> {
  const listeners = new Map<string, Set<() => void>>();
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  const closing = new AbortController();

  const wakeAll = (): void => {
    for (const wakes of listeners.values()) {
      for (const wake of wakes) {
        wake();
      }
    }
  };
  const connect = async (): Promise<void> => {
    const opened = new Client({ connectionString: url, keepAlive: true, application_name: 'sequela-listen' });
    let isLost = false;
    const lose = (): void => {
      if (isLost) {
        return;
      }
      isLost = true;
      if (client === opened) {
        client = null;
        reconnect(FIRST_RETRY_MS);
      }
    };
    opened.on('error', lose);
    opened.on('end', lose);
    opened.on('notification', ({ payload }) => {
      for (const wake of listeners.get(keyOfPayload(payload)) ?? []) {
        wake();
      }
    });
    await opened.connect();
    await opened.query(`listen ${WAKE_UP_CHANNEL}`);
    if (closing.signal.aborted || isLost) {
      await opened.end();
      throw new Error('the connection was lost at once');
    }
    client = opened;
  };
  const reconnect = (waitMs: number): void => {
    if (closing.signal.aborted) {
      return;
    }
    retry = setTimeout(() => {
      connect().then(wakeAll, () => reconnect(Math.min(waitMs * 2, LAST_RETRY_MS)));
    }, waitMs);
  };

  await connect();
  return {
    async *listen(topic, signal) {
      const key = keyOf(topic);
      const bell = createBell();
      const wakes = listeners.get(key) ?? new Set();
      listeners.set(key, wakes.add(bell.ring));
      signal.addEventListener('abort', bell.ring);
      try {
        while (!signal.aborted && !closing.signal.aborted) {
          yield;
          await bell.rung();
        }
      } finally {
        signal.removeEventListener('abort', bell.ring);
        wakes.delete(bell.ring);
        if (wakes.size === 0 && listeners.get(key) === wakes) {
          listeners.delete(key);
        }
      }
    },
    async close() {
      closing.abort();
      clearTimeout(retry);
      wakeAll();
      await client?.end();
    },
  };
}

/** Rings once for any number of pulls that nobody waited for. */
function createBell(): { readonly ring: () => void; rung(): Promise<void> } {
  let hasRung = false;
  let answer: (() => void) | null = null;
  return {
    ring() {
      hasRung = true;
      answer?.();
    },
    async rung() {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      }
      answer = null;
      hasRung = false;
    },
  };
}

const keyOf = ({ tenantId, kind, id }: Topic): string => JSON.stringify([tenantId, kind, id.toLowerCase()]);

function keyOfPayload(payload: string | undefined): string {
  try {
    return keyOf(JSON.parse(payload ?? '') as Topic);
  } catch {
    // Somebody else's notification on our channel: nobody listens to it.
    return '';
  }
}
