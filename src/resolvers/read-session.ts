import type { Actor, Stores, UnitOfWork } from '../twins/ports.ts';

/** Reads in a transaction that is shared with every other read of the same turn of the event loop. */
export type Read = <T>(work: (stores: Stores) => Promise<T>) => Promise<T>;

/**
 * One request touches several stores per level of its query; each transaction would cost four statements of its own
 * (begin, role, tenant, commit). What is asked for in one turn is therefore read in one transaction, in order.
 *
 * A read that is refused does not disturb the others. One that breaks the transaction breaks those after it too.
 */
export function createReadSession(unitOfWork: UnitOfWork, actor: Actor): Read {
  let waiting: { readonly run: (stores: Stores) => Promise<void>; readonly fail: (cause: unknown) => void }[] = [];

  const flush = (): void => {
    const turn = waiting;
    waiting = [];
    unitOfWork
      .run(actor, async (stores) => {
        for (const read of turn) {
          await read.run(stores);
        }
      })
      .catch((cause: unknown) => turn.forEach((read) => read.fail(cause)));
  };

  return (work) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) {
        setImmediate(flush);
      }
      waiting.push({ run: (stores) => work(stores).then(resolve, reject), fail: reject });
    });
}
