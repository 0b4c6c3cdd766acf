/**
 * Does `work` for every item, up to `limit` of them at the same time; the answers in the order of the items. The first
 * failure aborts the signal of those that run, no other is started, and it is thrown once all have ended.
 */
export async function atOnce<Item, Answer>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const answers: Answer[] = [];
  let next = 0;
  const takeNext = async (): Promise<void> => {
    while (next < items.length) {
      either.throwIfAborted();
      const index = next++;
      answers[index] = await work(items[index]!, index, either);
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, async () => {
    try {
      await takeNext();
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  const ends = await Promise.allSettled(lanes);
  if (ends.some(({ status }) => status === 'rejected')) {
    throw signal.aborted ? signal.reason : failed.signal.reason;
  }
  return answers;
}
