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

/** The retraction that ends a gap which is in force; empty where there is none. */
export async function withdrawal(
  stores: Pick<Stores, 'timeline'>,
  patientId: string,
  source: GapSource,
  now: Date,
  reason: string,
): Promise<TimelineEntryDraft[]> {
  const view = (await stores.timeline.view([patientId], { at: now, clock: 'recorded' })).get(patientId) ?? [];
  const gap = view.find(
    (entry) =>
      entry.body.kind === 'gap' && entry.sourceSystem === source.sourceSystem && entry.sourceId === source.sourceId,
  );
  return gap === undefined
    ? []
    : [
        {
          ...source,
          sourceVersion: `filled@${now.toISOString()}`,
          occurredAt: gap.occurredAt,
          occurredUntil: gap.occurredUntil,
          issuedAt: null,
          body: { kind: 'retraction', reason },
        },
      ];
}
