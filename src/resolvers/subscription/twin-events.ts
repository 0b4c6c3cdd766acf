import { DomainError } from '../../errors.ts';
import type { TwinEvent } from '../../twins/twin-event.ts';
import type { ApiContext } from '../context.ts';
import { existingId } from '../refusal.ts';
import type { SubscriptionResolvers } from '../schema-types.ts';
import { abortable } from './abortable.ts';

const EVENTS_PER_READ = 100;

export const twinEvents: NonNullable<SubscriptionResolvers['twinEvents']> = {
  subscribe: async (_, { twinId, after }, context) => {
    const id = existingId(twinId, 'twin', 'twinId');
    if ((await context.loaders.twin.load(id)) === null) {
      throw new DomainError('NOT_FOUND', 'No such twin.', { field: 'twinId' });
    }
    return abortable((signal) => follow(context, id, after, signal));
  },
  resolve: (event: TwinEvent) => event,
};

/** A wake-up says only that there may be news; order and completeness come from reading on from the last number. */
async function* follow(
  { wakeUps, actor, read }: ApiContext,
  twinId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<TwinEvent> {
  let last = after;
  for await (const _ of wakeUps.listen({ tenantId: actor.tenantId, kind: 'twin', id: twinId }, signal)) {
    let events: readonly TwinEvent[];
    do {
      const from = last;
      events = await read((stores) => stores.events.after(twinId, from, EVENTS_PER_READ));
      for (const event of events) {
        last = event.seq;
        yield event;
      }
    } while (events.length === EVENTS_PER_READ);
  }
}
