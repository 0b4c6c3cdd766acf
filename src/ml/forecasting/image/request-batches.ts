/** Answers requests that come at about the same time together. */
export interface RequestBatches<Request, Answer> {
  /** Rejects at once when aborted; the others of its batch go on. */
  ask(this: void, request: Request, signal: AbortSignal): Promise<Answer>;
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One batch runs at a time; what is asked meanwhile makes up the next one, so that a single request never waits for
 * company.
 * @param run answers in the order of its requests. @param largest requests in a batch.
 */
export function batchRequests<Request, Answer>(
  run: (requests: readonly Request[]) => Promise<readonly Answer[]>,
  largest: number,
): RequestBatches<Request, Answer> {
  let waiting: Waiting<Request, Answer>[] = [];
  let isRunning = false;
  const start = async (): Promise<void> => {
    isRunning = true;
    // What is asked in the same turn of the event loop goes together.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, largest).filter(({ signal }) => !signal.aborted);
      waiting = waiting.slice(largest);
      if (batch.length === 0) continue;
      try {
        const answers = await run(batch.map(({ request }) => request));
        batch.forEach(({ resolve }, index) => resolve(answers[index]!));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isRunning = false;
  };
  return {
    ask: (request, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        waiting.push({ request, signal, resolve, reject });
        if (!isRunning) void start();
      }),
  };
}
