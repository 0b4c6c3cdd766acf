import type { Actor } from '../twins/ports.ts';

const WINDOW_MS = 60_000;

/** Counts the operations that each user starts over WebSockets in this process; false when there are too many. */
export function createOperationRate(perMinute: number): (actor: Actor) => boolean {
  let counts = new Map<string, number>();
  let windowEndsAt = 0;
  return ({ tenantId, userId }) => {
    const now = performance.now();
    if (now >= windowEndsAt) {
      counts = new Map();
      windowEndsAt = now + WINDOW_MS;
    }
    const key = JSON.stringify([tenantId, userId]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= perMinute;
  };
}
