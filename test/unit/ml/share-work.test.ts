import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { shareWork } from '../../../src/ml/share-work.ts';

const { signal } = new AbortController();

describe('work that several ask for', () => {
  test('is done once, for those who wait and those who come later', async () => {
    const share = shareWork<object>(4);
    let runs = 0;
    const work = async (): Promise<object> => {
      runs += 1;
      await wait(5);
      return {};
    };
    const [one, other] = await Promise.all([share('a', work, signal), share('a', work, signal)]);
    expect(other).toBe(one);
    expect(await share('a', work, signal)).toBe(one);
    expect(await share('b', work, signal)).not.toBe(one);
    expect(runs).toBe(2);
  });

  test('goes on while somebody waits, and stops when everybody has left', async () => {
    const share = shareWork<string>(4);
    const stopped: boolean[] = [];
    const work = async (stop: AbortSignal): Promise<string> => {
      await wait(20);
      stopped.push(stop.aborted);
      return 'done';
    };
    const leaves = new AbortController();
    const left = share('a', work, leaves.signal);
    const stays = share('a', work, signal);
    leaves.abort(new Error('cancelled'));
    await expect(left).rejects.toThrow('cancelled');
    expect(await stays).toBe('done');
    const alone = new AbortController();
    const none = share('b', work, alone.signal);
    alone.abort(new Error('cancelled'));
    await expect(none).rejects.toThrow('cancelled');
    expect(await share('b', work, signal)).toBe('done');
    expect(stopped.filter(Boolean)).toHaveLength(1);
  });

  test('is done again after it failed', async () => {
    const share = shareWork<string>(4);
    const failing = share('a', () => Promise.reject(new Error('no memory')), signal);
    await expect(failing).rejects.toThrow('no memory');
    expect(await share('a', () => Promise.resolve('done'), signal)).toBe('done');
  });

  test('is forgotten when it was not asked for the longest', async () => {
    const share = shareWork<number>(2);
    let runs = 0;
    const work = (): Promise<number> => Promise.resolve(++runs);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await share(key, work, signal);
    expect(runs).toBe(4);
  });
});
