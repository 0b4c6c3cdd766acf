import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/twins/at-once.ts';

const { signal } = new AbortController();

describe('work at once', () => {
  test('answers in order, and never does more than the limit at the same time', async () => {
    let [running, most] = [0, 0];
    const answers = await atOnce([5, 1, 4, 2, 3], 2, signal, async (item, index) => {
      most = Math.max(most, ++running);
      for (let k = 0; k < item; k++) await turn();
      running--;
      return [item, index];
    });
    expect(answers).toEqual([
      [5, 0],
      [1, 1],
      [4, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(most).toBe(2);
    expect(await atOnce([], 2, signal, () => Promise.reject(new Error('never')))).toEqual([]);
  });

  test('ends with the first failure: what runs is aborted and awaited, nothing else is started', async () => {
    const [started, aborted]: [number[], number[]] = [[], []];
    const running = atOnce([0, 1, 2, 3], 2, signal, async (item, _, either) => {
      started.push(item);
      if (item === 0) throw new Error('broken');
      await new Promise<void>((resolve) => either.addEventListener('abort', () => resolve()));
      await turn();
      aborted.push(item);
    });
    await expect(running).rejects.toThrow('broken');
    expect(started).toEqual([0, 1]);
    expect(aborted).toEqual([1]);
  });

  test('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const running = atOnce([1, 2], 1, controller.signal, async () => {
      controller.abort(new Error('cancelled'));
      await turn();
    });
    await expect(running).rejects.toThrow('cancelled');
  });
});
