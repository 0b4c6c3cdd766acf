/**
 * Maps in order with at most `concurrency` calls under way. The first failure aborts the other calls through the signal
 * that they were given, and is thrown when they have ended: nothing goes on behind the caller's back.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal,
  map: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failure.signal.aborted) {
      const index = next++;
      try {
        results[index] = await map(items[index]!, either);
      } catch (error) {
        // The first reason stays; those that follow are its consequence.
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  if (failure.signal.aborted) throw failure.signal.reason;
  return results;
}
