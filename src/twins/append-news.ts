import type { Actor, Stores, UnitOfWork } from './ports.ts';
import type { TimelineEntry, TimelineEntryDraft } from './timeline.ts';
import type { TwinEventDraft } from './twin-event.ts';

/** Appends what `draft` gives, in the transaction that it was given, and tells the twins. */
export type AppendNews = (
  draft: (stores: Stores) => Promise<readonly TimelineEntryDraft[]> | readonly TimelineEntryDraft[],
) => Promise<void>;

/**
 * Appends to a patient's timeline and to the events of the patient's twins in one transaction: a synchronisation that
 * dies right afterwards finds the entries on record at its second run and would say nothing about them any more.
 */
export const newsOf =
  (unitOfWork: UnitOfWork, actor: Actor, patientId: string, twinIds: readonly string[]): AppendNews =>
  (draft) =>
    unitOfWork.run(actor, async (stores) => {
      const appended = await stores.timeline.append(patientId, await draft(stores));
      await stores.events.append(twinIds.flatMap((twinId) => eventsOf(twinId, appended)));
    });

function eventsOf(twinId: string, appended: readonly TimelineEntry[]): TwinEventDraft[] {
  const gaps = appended.flatMap((entry) => (entry.body.kind === 'gap' ? [{ id: entry.id, body: entry.body }] : []));
  const changes = appended.length - gaps.length;
  const message = changes === 1 ? 'The timeline has a new entry.' : `The timeline has ${changes} new entries.`;
  return [
    ...(changes > 0 ? [{ twinId, type: 'TIMELINE_CHANGED', message } as const] : []),
    ...gaps.map(({ id, body }) => ({ twinId, type: 'GAP_FOUND', message: body.message, entryId: id }) as const),
  ];
}
