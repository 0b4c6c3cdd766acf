import { describe, expect, it } from 'vitest';
import { abortable } from '../../../src/resolvers/subscription/abortable.ts';

describe('an iterator that can be ended while it waits', () => {
  it('ends at once, not at the next news', async () => {
    let isClosed = false;
    const iterator = abortable(async function* (signal) {
      try {
        yield 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      } finally {
        isClosed = true;
      }
    });
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    const waiting = iterator.next();
    await iterator.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(isClosed).toBe(true);
  });

  it('passes on what goes wrong', async () => {
    const iterator = abortable(async function* () {
      yield await Promise.reject(new Error('no'));
    });
    await expect(iterator.next()).rejects.toThrow('no');
  });
});
