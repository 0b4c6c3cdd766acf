import { describe, expect, test } from 'vitest';
import { batchRequests } from '../../../../src/ml/forecasting/image/request-batches.ts';

const never = new AbortController().signal;

/** Doubles numbers, one batch at a time, when it is let go. */
function doubling(): { batches: number[][]; finish: () => void; run: (all: readonly number[]) => Promise<number[]> } {
  const batches: number[][] = [];
  let release: () => void = () => undefined;
  return {
    batches,
    finish: () => release(),
    run: async (all) => {
      batches.push([...all]);
      await new Promise<void>((resolve) => (release = resolve));
      return all.map((one) => 2 * one);
    },
  };
}
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));

describe('requests', () => {
  test('that come together are answered together, later ones in the next batch, each with its own answer', async () => {
    const { batches, finish, run } = doubling();
    const { ask } = batchRequests(run, 3);
    const first = [1, 2].map((one) => ask(one, never));
    await turn();
    const second = [3, 4, 5, 6].map((one) => ask(one, never));
    finish();
    expect(await Promise.all(first)).toEqual([2, 4]);
    await turn();
    finish();
    await turn();
    finish();
    expect(await Promise.all(second)).toEqual([6, 8, 10, 12]);
    expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  test('that are aborted reject at once, and the others of their batch are answered', async () => {
    const { batches, finish, run } = doubling();
    const { ask } = batchRequests(run, 8);
    const running = ask(1, never);
    await turn();
    const stop = new AbortController();
    const reason = new Error('nobody waits any more');
    const [aborted, kept] = [ask(2, stop.signal), ask(3, never)];
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(ask(4, stop.signal)).rejects.toBe(reason);
    finish();
    expect(await running).toBe(2);
    await turn();
    finish();
    expect(await kept).toBe(6);
    expect(batches).toEqual([[1], [3]]);
  });

  test('of a batch that fails all learn why, and the next batch runs', async () => {
    let count = 0;
    const { ask } = batchRequests<number, number>((all) => {
      count++;
      return count === 1 ? Promise.reject(new Error('out of memory')) : Promise.resolve(all);
    }, 8);
    await expect(Promise.all([ask(1, never), ask(2, never)])).rejects.toThrow('out of memory');
    expect(await ask(3, never)).toBe(3);
  });
});
