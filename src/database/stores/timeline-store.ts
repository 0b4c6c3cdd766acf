import { Any } from 'typeorm';
import type { TimelineStore } from '../../twins/ports.ts';
import type { TimelineEntry } from '../../twins/timeline.ts';
import { TimelineEntryRow } from '../entities/timeline-entry.entity.ts';
import { appendToTimeline } from './append-to-timeline.ts';
import { isRevision, keyAfter, pageOf, rowLimit } from './keyset-page.ts';
import { recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';
import { appendsSettled } from './timeline-appends.ts';
import { entryIdsInForce } from './timeline-in-force.ts';

export function createTimelineStore(context: StoreContext): TimelineStore {
  const { manager, sql } = context;
  return {
    append: (patientId, drafts) => appendToTimeline(context, patientId, drafts),

    async view(patientIds, asOf) {
      const wanted = recordIds(patientIds);
      await appendsSettled(context, wanted);
      const ids = await entryIdsInForce(sql, wanted, asOf);
      const rows = await manager.find(TimelineEntryRow, {
        where: { id: Any(ids) },
        order: { occurredAt: 'ASC', revision: 'ASC', id: 'ASC' },
      });
      const byPatient = Map.groupBy(rows.map(toEntry), (entry) => entry.patientId);
      return new Map(wanted.map((patientId) => [patientId, byPatient.get(patientId) ?? []]));
    },

    async page(patientId, request) {
      const limit = rowLimit(request.first);
      const after = keyAfter(request, [isRevision]);
      const query = manager
        .createQueryBuilder(TimelineEntryRow, 'entry')
        .where({ patientId: Any(recordIds([patientId])) });
      if (after !== null) {
        query.andWhere('entry.revision > :revision', { revision: Number(after[0]) });
      }
      const rows = await query.orderBy('entry.revision').limit(limit).getMany();
      return pageOf(rows.map(toEntry), request.first, (entry) => [String(entry.revision)]);
    },

    async byIds(ids) {
      return (await manager.find(TimelineEntryRow, { where: { id: Any(recordIds(ids)) } })).map(toEntry);
    },
  };
}

const toEntry = (row: TimelineEntryRow): TimelineEntry => ({
  id: row.id,
  patientId: row.patientId,
  revision: row.revision,
  sourceSystem: row.sourceSystem,
  sourceId: row.sourceId,
  sourceVersion: row.sourceVersion,
  occurredAt: row.occurredAt,
  occurredUntil: row.occurredUntil,
  issuedAt: row.issuedAt,
  recordedAt: row.recordedAt,
  body: row.body,
});
