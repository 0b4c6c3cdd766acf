import { describe, expect, it } from 'vitest';
import { untilFault } from '../../../src/http/until-fault.ts';

async function* twoThenFault() {
  yield 1;
  yield 2;
  await Promise.reject(new Error('gone'));
}

describe('a stream that is cut at its first fault', () => {
  it('gives everything before it, then ends, and tells who must know', async () => {
    const faults: unknown[] = [];
    const seen: number[] = [];
    for await (const value of untilFault(twoThenFault(), (error) => faults.push(error))) seen.push(value);
    expect(seen).toEqual([1, 2]);
    expect(faults).toEqual([new Error('gone')]);
  });

  it('ends the source when its reader leaves', async () => {
    let isClosed = false;
    const source = (async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        isClosed = true;
      }
    })();
    for await (const _ of untilFault(source, () => undefined)) break;
    expect(isClosed).toBe(true);
  });
});
