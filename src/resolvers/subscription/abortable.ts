/**
 * An async generator that can be ended while it waits: `return()` of a suspended generator is only queued until the
 * generator moves again, which without news would be never.
 */
export function abortable<T>(generate: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const generator = generate(controller.signal);
  return {
    next: () => generator.next(),
    return: async () => {
      controller.abort();
      return generator.return(undefined);
    },
    throw: async (error: unknown) => {
      controller.abort();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
