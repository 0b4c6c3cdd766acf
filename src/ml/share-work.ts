/**
 * Does costly work once for all that ask for it: those who ask while it goes on wait for it, those who ask later get its result.
 *
 * @param capacity number of results kept; the one that was not asked for the longest goes first.
 * @returns a function that answers a key; `work` gets a signal that aborts when everybody who waits has left, and must make the same
 *   result for the same key. Rejects with the asker's own reason when their signal aborts. Work that failed is done again when next asked for.
 */
export function shareWork<T>(
  capacity: number,
): (key: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T> {
  const kept = new Map<string, SharedWork<T>>();
  return async (key, work, signal) => {
    signal.throwIfAborted();
    const shared = kept.get(key) ?? started(work);
    kept.delete(key);
    kept.set(key, shared);
    if (kept.size > capacity) kept.delete(kept.keys().next().value!);
    const forget = (): void => {
      if (kept.get(key) === shared) kept.delete(key);
    };
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    shared.waiting += 1;
    try {
      return await Promise.race([shared.result, left.promise]);
    } catch (error) {
      if (shared.state === 'failed') forget();
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      shared.waiting -= 1;
      if (shared.waiting === 0 && shared.state === 'going on') {
        forget();
        shared.stop.abort(signal.reason);
      }
    }
  };
}

interface SharedWork<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  state: 'going on' | 'done' | 'failed';
  waiting: number;
}

function started<T>(work: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
  const stop = new AbortController();
  const shared: SharedWork<T> = { result: work(stop.signal), stop, state: 'going on', waiting: 0 };
  shared.result.then(
    () => (shared.state = 'done'),
    () => (shared.state = 'failed'),
  );
  return shared;
}
