import type { AsOf, TimelineEntry } from './timeline.ts';

/**
 * The entries in force at a moment of knowledge, ordered by `occurredAt`, then `revision`. The reference for what
 * `TimelineStore.view` does in SQL.
 *
 * READ BEFORE CHANGING: every forecast's promise to use nothing from the future rests on these rules.
 *
 * 1. Known: an entry counts from `recordedAt`, or on the `issued` clock from `issuedAt` where its source states it. What
 *    became known after `asOf.at` does not exist.
 * 2. A *source thing* is a (sourceSystem, sourceId). Where the thing that was learned last of it (highest revision) is a
 *    gap, the gap is in force: an older version must not pass for a newer one that could not be read. Only a transient
 *    gap (the source could not be reached, nothing is known of a newer version) gives way to a version that was read
 *    before and not retracted. Any later entry ends a gap, even one issued before the gap was noticed.
 * 3. Otherwise the newest version that is not a gap is in force. Of two that both state `issuedAt` the later issued is
 *    newer, whenever it arrived; equal, or where one states none, the higher revision. With some stated and some not the
 *    rule is made transitive in two steps: the newest of those that state it and the newest of those that do not, then
 *    of these two the higher revision. In SQL: `row_number() over (partition by source, issued_at is null order by
 *    issued_at desc, revision desc) = 1`, then `distinct on (source) ... order by revision desc`.
 * 4. A retraction in force removes the thing.
 * 5. A gap of a whole study (`<study UID>/-`) also ends when an image of that study is learned later than the gap.
 */
export function viewTimeline(entries: readonly TimelineEntry[], asOf: AsOf): TimelineEntry[] {
  const known = entries.filter((entry) => knownAt(entry, asOf.clock).getTime() <= asOf.at.getTime());
  const newestImageRevision = new Map<string, number>();
  const bySource = new Map<string, TimelineEntry[]>();
  for (const entry of known) {
    const source = JSON.stringify([entry.sourceSystem, entry.sourceId]);
    const versions = bySource.get(source);
    if (versions === undefined) bySource.set(source, [entry]);
    else versions.push(entry);
    const gapOfStudy = entry.body.kind === 'image' ? studyGapSource(entry) : null;
    if (gapOfStudy !== null) {
      newestImageRevision.set(gapOfStudy, Math.max(entry.revision, newestImageRevision.get(gapOfStudy) ?? -1));
    }
  }
  const inForce: TimelineEntry[] = [];
  for (const [source, versions] of bySource) {
    const entry = versionInForce(versions);
    if (entry.body.kind === 'retraction') continue;
    if (entry.body.kind === 'gap' && (newestImageRevision.get(source) ?? -1) > entry.revision) continue;
    inForce.push(entry);
  }
  return inForce.toSorted(
    (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || a.revision - b.revision || (a.id < b.id ? -1 : 1),
  );
}

/** The moment from which an entry may be used on the given clock. */
export function knownAt(entry: Pick<TimelineEntry, 'issuedAt' | 'recordedAt'>, clock: AsOf['clock']): Date {
  return clock === 'issued' ? (entry.issuedAt ?? entry.recordedAt) : entry.recordedAt;
}

function versionInForce(versions: readonly TimelineEntry[]): TimelineEntry {
  const lastLearned = versions.reduce(laterRevision);
  const content = newestContent(versions.filter((entry) => entry.body.kind !== 'gap'));
  if (lastLearned.body.kind !== 'gap') return content ?? lastLearned;
  const isUnchangedAsFarAsKnown =
    lastLearned.body.isTransient && content !== undefined && content.body.kind !== 'retraction';
  return isUnchangedAsFarAsKnown ? content : lastLearned;
}

function newestContent(readable: readonly TimelineEntry[]): TimelineEntry | undefined {
  return [
    readable
      .filter((entry) => entry.issuedAt !== null)
      .toSorted(byIssueThenRevision)
      .at(-1),
    readable.filter((entry) => entry.issuedAt === null).reduce<TimelineEntry | undefined>(laterRevision, undefined),
  ]
    .filter((entry) => entry !== undefined)
    .reduce<TimelineEntry | undefined>(laterRevision, undefined);
}

function laterRevision(a: TimelineEntry | undefined, b: TimelineEntry): TimelineEntry {
  return a === undefined || b.revision > a.revision ? b : a;
}

function byIssueThenRevision(a: TimelineEntry, b: TimelineEntry): number {
  return (a.issuedAt?.getTime() ?? 0) - (b.issuedAt?.getTime() ?? 0) || a.revision - b.revision;
}

function studyGapSource(image: TimelineEntry): string | null {
  const slash = image.sourceId.indexOf('/');
  return slash < 0 ? null : JSON.stringify([image.sourceSystem, `${image.sourceId.slice(0, slash)}/-`]);
}
