import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastCut, othersOf } from '../../../src/twins/population.ts';
import type { PopulationStore } from '../../../src/twins/ports.ts';

const DAY_MS = 86_400_000;

/** What each of `order` taught, one after the other, a day apart; the hash says whose it is. */
function records(order: readonly string[]): PopulationStore {
  return {
    save: () => Promise.reject(new Error('read only')),
    countAt: (_disease, _model, asOf) =>
      Promise.resolve(order.filter((_, index) => (index + 1) * DAY_MS <= asOf.getTime()).length),
    members: (_disease, _model, count, limit) => {
      const newest = new Map(
        order
          .slice(0, count)
          .map((twinId, index) => [
            twinId,
            { twinId, sha256: `${twinId} ${index}`, knownAt: new Date((index + 1) * DAY_MS) },
          ]),
      );
      return Promise.resolve([...newest.values()].toSorted((a, b) => (a.twinId < b.twinId ? -1 : 1)).slice(0, limit));
    },
  };
}
const ask = (store: PopulationStore, twinId: string, day: number) =>
  othersOf(store, { twinId, diseaseId: 'd', modelId: 'm', asOf: new Date(day * DAY_MS) });
const twins = Array.from({ length: 40 }, () => randomUUID());

describe('the others of a twin', () => {
  test('never hold the twin itself, nor what came later than was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(11), { minLength: 1, maxLength: 60 }),
        fc.nat(11),
        fc.nat(60),
        async (order, me, day) => {
          const others = await ask(records(order.map((index) => twins[index]!)), twins[me]!, day);
          for (const hash of others.hashes) {
            const [twinId, index] = hash.split(' ');
            expect(twinId).not.toBe(twins[me]);
            expect(Number(index) + 1).toBeLessThanOrEqual(day);
          }
          expect(others.asOf.getTime()).toBeLessThanOrEqual(day * DAY_MS);
        },
      ),
    );
  });

  test('are the same at a moment whatever came later', async () => {
    const early = await ask(records(twins.slice(0, 20)), twins[3]!, 20);
    expect(await ask(records(twins), twins[3]!, 20)).toEqual(early);
  });

  test('are ten sets of patients at most, however many ask, and most of all patients', async () => {
    const store = records(twins);
    const all = await Promise.all([...twins, randomUUID(), randomUUID()].map((twinId) => ask(store, twinId, 40)));
    const sets = new Set(all.map(({ hashes }) => hashes.join()));
    expect(sets.size).toBeLessThanOrEqual(10);
    for (const { hashes } of all) expect(hashes.length).toBeGreaterThanOrEqual(30);
    expect(all.at(-1)!.hashes).toHaveLength(38);
  });

  test('are everybody else while patients are few', async () => {
    const few = twins.slice(0, 11);
    const all = await Promise.all([...few, randomUUID()].map((twinId) => ask(records(few), twinId, 11)));
    expect(all.map(({ hashes }) => hashes.length)).toEqual([...few.map(() => 10), 11]);
  });

  test('are the same for all who come one after the other until the next cut', async () => {
    const store = records(twins);
    const asked = await Promise.all(twins.slice(18, 30).map((twinId, index) => ask(store, twinId, 19 + index)));
    expect(asked.map(({ hashes }) => hashes.length)).toEqual([15, 19, 19, 19, 19, 19, 24, 24, 24, 24, 24, 24]);
    expect(new Set(asked.map(({ hashes }) => hashes.join())).size).toBe(3);
  });

  test('change only as the records have grown by a quarter', () => {
    const cuts = Array.from({ length: 1000 }, (_, records) => lastCut(records + 1));
    expect(cuts.slice(0, 12)).toEqual([1, 2, 3, 4, 5, 5, 7, 7, 9, 9, 9, 12]);
    for (const [index, cut] of cuts.entries()) {
      expect(cut).toBeLessThanOrEqual(index + 1);
      expect(index + 1).toBeLessThan(Math.max(cut + 1, Math.ceil(1.25 * cut)));
    }
    expect(lastCut(0)).toBe(0);
  });
});
