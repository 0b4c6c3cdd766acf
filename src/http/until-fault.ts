/**
 * The same stream, ended by its first fault, which goes to `onFault` instead of to the reader: a transport that sees a
 * stream throw tells its client never to come back.
 */
export function untilFault<T>(stream: AsyncGenerator<T>, onFault: (error: unknown) => void): AsyncGenerator<T> {
  const done = { done: true, value: undefined } as const;
  const guarded: AsyncGenerator<T> = {
    next: () =>
      stream.next().catch((error: unknown) => {
        onFault(error);
        return done;
      }),
    return: (value: unknown) => stream.return(value),
    throw: (error: unknown) => stream.throw(error),
    [Symbol.asyncIterator]: () => guarded,
    [Symbol.asyncDispose]: async () => {
      await stream.return(undefined);
    },
  };
  return guarded;
}
