import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { UnitOfWork } from '../../src/twins/ports.ts';
import { TENANT } from './load-twins.ts';

export interface Following {
  readonly subscribers: number;
  readonly events: number;
  /** Subscribers that got every event once and in order. */
  readonly complete: number;
  readonly elapsedMs: number;
  /** From the event's own time to its arrival, ms. */
  readonly latenciesMs: readonly number[];
}

const BATCH = 5;
const DEADLINE_MS = 60_000;

/** Subscribers on all servers follow one twin while events are written; each must get 1, 2, 3, ... `events`. */
export async function followTwin(
  urls: readonly string[],
  unitOfWork: UnitOfWork,
  { twinId, subscribers, events }: { twinId: string; subscribers: number; events: number },
): Promise<Following> {
  const latenciesMs: number[] = [];
  const query = `subscription { twinEvents(twinId: "${twinId}") { seq createdAt } }`;
  const clients = Array.from({ length: subscribers }, (_, index) =>
    createClient({
      url: `${urls[index % urls.length]!.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
    }),
  );
  const late = AbortSignal.timeout(DEADLINE_MS);
  const streams = clients.map((client) =>
    client.iterate<{ twinEvents: { seq: number; createdAt: string } }>({ query }),
  );
  // The first event is on record: once everybody has it, everybody is subscribed.
  const append = (count: number) =>
    unitOfWork.run({ tenantId: TENANT, userId: 'bench' }, (stores) =>
      stores.events.append(
        Array.from({ length: count }, () => ({ twinId, type: 'TIMELINE_CHANGED', message: 'New.' }) as const),
      ),
    );
  await append(1);
  const first = await Promise.all(streams.map((stream) => stream.next()));
  const startedAt = performance.now();
  const readers = streams.map(async (stream, index) => {
    let expected = 1;
    let isInOrder = first[index]?.value?.data?.twinEvents.seq === expected;
    while (isInOrder && expected < events && !late.aborted) {
      const { value } = await stream.next();
      const event = value?.data?.twinEvents;
      isInOrder = event?.seq === ++expected;
      if (event !== undefined) latenciesMs.push(Date.now() - Date.parse(event.createdAt));
    }
    return isInOrder && expected === events;
  });
  for (let written = 1; written < events; written += BATCH) {
    await append(Math.min(BATCH, events - written));
  }
  const whole = await Promise.all(readers);
  const elapsedMs = performance.now() - startedAt;
  for (const client of clients) await client.dispose();
  return { subscribers, events, complete: whole.filter(Boolean).length, elapsedMs, latenciesMs };
}
