import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stores, WakeUps } from '../../../src/twins/ports.ts';
import { openWakeUps } from '../../../src/database/wake-ups.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { draft, NORTH, seedTwinAs, SOUTH } from '../../support/record-builders.ts';

let shared: TestDatabase;
let wakeUps: WakeUps & { close(): Promise<void> };
beforeAll(async () => {
  shared = await createTestDatabase({ poolSize: 6 });
  wakeUps = await openWakeUps(shared.url);
});
afterAll(async () => {
  await wakeUps.close();
  await shared.close();
});

const append = (twinId: string, ...messages: string[]) =>
  shared.unitOfWork.run(NORTH, (stores) =>
    stores.events.append(messages.map((message) => ({ twinId, type: 'STATUS_CHANGED' as const, message }))),
  );

/** What a subscriber does: reads what it has not seen at each wake-up, until it has `count` events. */
async function follow(twinId: string, count: number): Promise<number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const _ of wakeUps.listen({ tenantId: NORTH.tenantId, kind: 'twin', id: twinId }, stop.signal)) {
    const events = await shared.unitOfWork.run(NORTH, (stores) => stores.events.after(twinId, seen.at(-1) ?? 0, 500));
    seen.push(...events.map(({ seq }) => seq));
    if (seen.length >= count) {
      stop.abort();
    }
  }
  return seen;
}

test('events are numbered per twin, in the order of the call, and keep what they say', async () => {
  const a = (await seedTwinAs(shared.unitOfWork, NORTH, 'e-a')).twinId;
  const b = (await seedTwinAs(shared.unitOfWork, NORTH, 'e-b')).twinId;
  const forecastId = randomUUID();
  const events = await shared.unitOfWork.run(NORTH, (stores) =>
    stores.events.append([
      { twinId: a, type: 'SYNC_STARTED', message: 'first' },
      { twinId: b, type: 'FORECAST_ISSUED', message: 'other', forecastId },
      { twinId: a, type: 'GAP_FOUND', message: 'second' },
    ]),
  );
  expect(events.filter(({ twinId }) => twinId === a).map(({ seq, message }) => [seq, message])).toEqual([
    [1, 'first'],
    [2, 'second'],
  ]);
  await append(a, 'third');
  const after = await shared.unitOfWork.run(NORTH, (stores) => stores.events.after(a, 1, 500));
  expect(after.map(({ seq }) => seq)).toEqual([2, 3]);
  expect(await shared.unitOfWork.run(NORTH, (stores) => stores.events.after(b, 0, 500))).toMatchObject([
    { seq: 1, type: 'FORECAST_ISSUED', forecastId, entryId: null },
  ]);
  expect(await shared.unitOfWork.run(SOUTH, (stores) => stores.events.after(a, 0, 500))).toEqual([]);
  expect(await shared.unitOfWork.run(NORTH, (stores) => stores.events.after(a, 1e12, 500))).toEqual([]);
});

test('several writers leave no gap and a subscriber misses nothing while its connection is cut again and again', async () => {
  const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'e-busy');
  const total = 400;
  const received = follow(twinId, total);
  const cutter = new Client({ connectionString: shared.url });
  await cutter.connect();
  let cuts = 0;
  const written = new AbortController();
  const cutting = (async () => {
    while (!written.signal.aborted && cuts < 4) {
      const { rowCount } = await cutter.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'sequela-listen'`,
      );
      cuts += rowCount ?? 0;
      await cutter.query('select pg_sleep(0.1)');
    }
  })();
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      for (let index = 0; index < total / 5; index += 1) {
        await append(twinId, `${index}`);
      }
    }),
  );
  written.abort();
  await cutting;
  await cutter.end();
  expect(await received).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  expect(cuts).toBeGreaterThanOrEqual(2);
});

test('a listener hears of its own topic only, once for any number of changes that it was too slow for', async () => {
  const mine = (await seedTwinAs(shared.unitOfWork, NORTH, 'e-mine')).twinId;
  const other = (await seedTwinAs(shared.unitOfWork, NORTH, 'e-other')).twinId;
  const stop = new AbortController();
  const listen = (tenantId: string) =>
    wakeUps.listen({ tenantId, kind: 'twin', id: mine }, stop.signal)[Symbol.asyncIterator]();
  const listener = listen(NORTH.tenantId);
  const stranger = listen(SOUTH.tenantId);
  await listener.next();
  await stranger.next();
  const strangersNext = stranger.next();
  await append(other, 'not mine');
  for (let index = 0; index < 5; index += 1) {
    await append(mine, `${index}`);
  }
  expect(await listener.next()).toMatchObject({ done: false });
  const pending = listener.next();
  stop.abort();
  // At most one wake-up was left over from the changes that came after the last one was taken.
  await pending;
  expect((await listener.next()).done).toBe(true);
  expect((await strangersNext).done).toBe(true);
});

test('a rolled back event wakes nobody and takes no number', async () => {
  const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'e-rollback');
  const attempt = shared.unitOfWork.run(NORTH, async (stores) => {
    await stores.events.append([{ twinId, type: 'STATUS_CHANGED', message: 'never' }]);
    throw new Error('no');
  });
  await expect(attempt).rejects.toThrow('no');
  expect(await append(twinId, 'first')).toMatchObject([{ seq: 1 }]);
});

test('a change of a job wakes those who watch it', async () => {
  const id = randomUUID();
  const stop = new AbortController();
  const watcher = wakeUps.listen({ tenantId: NORTH.tenantId, kind: 'job', id }, stop.signal)[Symbol.asyncIterator]();
  await watcher.next();
  await shared.database.dataSource.query(
    `insert into job_run (tenant_id, id, kind, subject_id, status, progress, attempt)
     values ($1, $2, 'sync-patient', $3, 'QUEUED', 0, 0)`,
    [NORTH.tenantId, id, randomUUID()],
  );
  expect(await watcher.next()).toEqual({ done: false, value: undefined });
  stop.abort();
  expect((await watcher.next()).done).toBe(true);
});

test('the timeline comes before events, or two transactions could wait for each other', async () => {
  const { twinId, patientId } = await seedTwinAs(shared.unitOfWork, NORTH, 'e-order');
  const afterAnEvent = (touch: (stores: Stores) => Promise<unknown>) =>
    shared.unitOfWork.run(NORTH, async (stores) => {
      await stores.events.append([{ twinId, type: 'STATUS_CHANGED', message: 'too early' }]);
      await touch(stores);
    });
  const order = /told an event must not read or append/;
  const asOf = { at: new Date(), clock: 'recorded' } as const;
  await expect(afterAnEvent(({ timeline }) => timeline.view([patientId], asOf))).rejects.toThrow(order);
  await expect(afterAnEvent(({ timeline }) => timeline.append(patientId, [draft('obs-1')]))).rejects.toThrow(order);
  // Nothing of either is kept, and the next transaction starts anew.
  expect(await shared.unitOfWork.run(NORTH, ({ events }) => events.after(twinId, 0, 500))).toEqual([]);
  expect(await append(twinId, 'in time')).toHaveLength(1);
});
