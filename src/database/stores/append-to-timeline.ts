import { isDeepStrictEqual } from 'node:util';
import type { TimelineBody, TimelineEntry, TimelineEntryDraft } from '../../twins/timeline.ts';
import type { StoreContext } from './store-context.ts';
import { beginAppend } from './timeline-appends.ts';

/**
 * Appends the drafts that are new, in their order. Five statements, however many drafts.
 *
 * The patient's head is locked until the commit. The clock is read under that lock, so `recordedAt` never falls as
 * `revision` rises, and what commits later was not recorded earlier.
 */
export async function appendToTimeline(
  { sql, actor, clock, lockOrder }: StoreContext,
  patientId: string,
  drafts: readonly TimelineEntryDraft[],
): Promise<readonly TimelineEntry[]> {
  if (drafts.length === 0) {
    return [];
  }
  await beginAppend({ sql, lockOrder }, patientId);
  const { rows: heads } = await sql.query(
    `insert into timeline_head (tenant_id, patient_id, revision) values ($1, $2, 0)
     on conflict (tenant_id, patient_id) do update set revision = timeline_head.revision
     returning revision, recorded_at as "recordedAt"`,
    [actor.tenantId, patientId],
  );
  const [head] = heads as unknown as [{ readonly revision: number; readonly recordedAt: Date | null }];
  const recordedAt = later(clock.now(), head.recordedAt);
  const fresh = await freshDrafts({ sql }, patientId, drafts);
  if (fresh.length === 0) {
    return [];
  }
  const rows = fresh.map((draft, index) => ({ ...draft, kind: draft.body.kind, revision: head.revision + 1 + index }));
  const { rows: inserted } = await sql.query(
    `insert into timeline_entry (tenant_id, patient_id, revision, source_system, source_id, source_version, kind,
       occurred_at, occurred_until, issued_at, recorded_at, body)
     select $1, $2, revision, "sourceSystem", "sourceId", "sourceVersion", kind,
       "occurredAt", "occurredUntil", "issuedAt", $3::timestamptz, body
     from jsonb_to_recordset($4::jsonb) as draft
       (revision integer, "sourceSystem" text, "sourceId" text, "sourceVersion" text, kind text,
        "occurredAt" timestamptz, "occurredUntil" timestamptz, "issuedAt" timestamptz, body jsonb)
     returning id, revision`,
    [actor.tenantId, patientId, recordedAt, JSON.stringify(rows)],
  );
  await sql.query('update timeline_head set revision = $2, recorded_at = $3 where patient_id = $1', [
    patientId,
    head.revision + fresh.length,
    recordedAt,
  ]);
  const idOf = new Map(inserted.map((row) => [row['revision'] as number, row['id'] as string]));
  return rows.map((row) => ({
    id: idOf.get(row.revision) ?? '',
    patientId,
    revision: row.revision,
    sourceSystem: row.sourceSystem,
    sourceId: row.sourceId,
    sourceVersion: row.sourceVersion,
    occurredAt: row.occurredAt,
    occurredUntil: row.occurredUntil,
    issuedAt: row.issuedAt,
    recordedAt,
    body: row.body,
  }));
}

async function freshDrafts(
  { sql }: Pick<StoreContext, 'sql'>,
  patientId: string,
  drafts: readonly TimelineEntryDraft[],
): Promise<TimelineEntryDraft[]> {
  const { rows } = await sql.query(
    `select version.source_system as "sourceSystem", version.source_id as "sourceId",
       version.source_version as "sourceVersion", null as body
     from jsonb_to_recordset($2::jsonb) as draft ("sourceSystem" text, "sourceId" text, "sourceVersion" text)
     join timeline_entry version on version.patient_id = $1 and version.source_system = draft."sourceSystem"
       and version.source_id = draft."sourceId" and version.source_version = draft."sourceVersion"
     union all
     select newest.source_system, newest.source_id, null, newest.body
     from (select distinct "sourceSystem", "sourceId" from jsonb_to_recordset($3::jsonb) as gap
       ("sourceSystem" text, "sourceId" text)) as gap
     cross join lateral (
       select source_system, source_id, kind, body from timeline_entry
       where patient_id = $1 and source_system = gap."sourceSystem" and source_id = gap."sourceId"
       order by revision desc limit 1
     ) as newest where newest.kind = 'gap'`,
    [
      patientId,
      JSON.stringify(drafts.map(({ body: _body, ...key }) => key)),
      JSON.stringify(drafts.filter(({ body }) => body.kind === 'gap').map(({ body: _body, ...key }) => key)),
    ],
  );
  const known = new Set<string>();
  const newest = new Map<string, TimelineBody>();
  for (const row of rows as unknown as (Omit<TimelineEntryDraft, 'body'> & { body: TimelineBody | null })[]) {
    if (row.body === null) {
      known.add(versionKey(row));
    } else {
      newest.set(sourceKey(row), row.body);
    }
  }
  return drafts.filter((draft) => {
    const version = versionKey(draft);
    const source = sourceKey(draft);
    if (known.has(version) || (draft.body.kind === 'gap' && isDeepStrictEqual(draft.body, newest.get(source)))) {
      return false;
    }
    known.add(version);
    newest.set(source, draft.body);
    return true;
  });
}

type Source = Pick<TimelineEntryDraft, 'sourceSystem' | 'sourceId'>;

const sourceKey = ({ sourceSystem, sourceId }: Source): string => JSON.stringify([sourceSystem, sourceId]);

const versionKey = ({ sourceVersion, ...source }: Source & Pick<TimelineEntryDraft, 'sourceVersion'>): string =>
  JSON.stringify([sourceKey(source), sourceVersion]);

const later = (now: Date, last: Date | null): Date => (last !== null && last > now ? last : now);
