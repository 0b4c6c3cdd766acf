import type { Stores } from './ports.ts';
import type { GapBody, TimelineEntryDraft } from './timeline.ts';

/** The thing in its source that a gap stands for. */
export interface GapSource {
  readonly sourceSystem: TimelineEntryDraft['sourceSystem'];
  readonly sourceId: string;
}

/** A gap as a timeline entry: it happened now, because now is when it was noticed. */
export const gapDraft = (source: GapSource, now: Date, body: GapBody): TimelineEntryDraft => ({
  ...source,
  sourceVersion: `gap@${now.toISOString()}`,
  occurredAt: now,
  occurredUntil: now,
  issuedAt: null,
  body,
});

/** The retractions that end those gaps in force that `isOver` picks. */
export async function withdrawals(
  stores: Pick<Stores, 'timeline'>,
  patientId: string,
  now: Date,
  reason: string,
  isOver: (gap: GapSource & { readonly body: GapBody }) => boolean,
): Promise<TimelineEntryDraft[]> {
  const view = (await stores.timeline.view([patientId], { at: now, clock: 'recorded' })).get(patientId) ?? [];
  return view.flatMap(({ sourceSystem, sourceId, occurredAt, occurredUntil, body }) =>
    body.kind === 'gap' && isOver({ sourceSystem, sourceId, body })
      ? [
          {
            sourceSystem,
            sourceId,
            sourceVersion: `filled@${now.toISOString()}`,
            occurredAt,
            occurredUntil,
            issuedAt: null,
            body: { kind: 'retraction', reason },
          } as const,
        ]
      : [],
  );
}
