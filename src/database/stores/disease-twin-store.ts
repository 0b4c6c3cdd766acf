import { Any, In } from 'typeorm';
import { DomainError } from '../../errors.ts';
import type { DiseaseTwin } from '../../twins/disease-twin.ts';
import type { DiseaseTwinStore } from '../../twins/ports.ts';
import { DiseaseTwinRow } from '../entities/disease-twin.entity.ts';
import { isInstant, keyAfter, pageOf, rowLimit } from './keyset-page.ts';
import { isRecordId, recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';

export function createDiseaseTwinStore({ manager, actor, clock }: StoreContext): DiseaseTwinStore {
  return {
    async insert({ patientId, diseaseId, diseaseVersion, modelId }) {
      const now = clock.now();
      const result = await manager
        .createQueryBuilder()
        .insert()
        .into(DiseaseTwinRow)
        .values({
          tenantId: actor.tenantId,
          patientId,
          diseaseId,
          diseaseVersion,
          modelId,
          status: 'CREATED',
          statusReason: null,
          referenceEntryId: null,
          revision: 1,
          createdAt: now,
          updatedAt: now,
        })
        .orIgnore()
        .updateEntity(false)
        .returning(['id'])
        .execute();
      const [inserted] = result.raw as { id: string }[];
      return inserted === undefined
        ? null
        : toTwin(await manager.findOneOrFail(DiseaseTwinRow, { where: { id: inserted.id } }));
    },

    async byIds(ids) {
      return (await manager.find(DiseaseTwinRow, { where: { id: Any(recordIds(ids)) } })).map(toTwin);
    },

    async byPatientIds(patientIds) {
      const rows = await manager.find(DiseaseTwinRow, {
        where: { patientId: Any(recordIds(patientIds)) },
        order: { createdAt: 'ASC', id: 'ASC' },
      });
      return rows.map(toTwin);
    },

    async page(request, { diseaseId, statuses, patientId }) {
      const limit = rowLimit(request.first);
      const after = keyAfter(request, [isInstant, isRecordId]);
      const query = manager.createQueryBuilder(DiseaseTwinRow, 'twin');
      if (after !== null) {
        query.andWhere('(twin.created_at, twin.id) < (:at, :id)', { at: after[0], id: after[1] });
      }
      if (diseaseId !== null) {
        query.andWhere({ diseaseId });
      }
      if (statuses !== null) {
        query.andWhere({ status: In([...statuses]) });
      }
      if (patientId !== null) {
        query.andWhere({ patientId: Any(recordIds([patientId])) });
      }
      const rows = await query.orderBy('twin.createdAt', 'DESC').addOrderBy('twin.id', 'DESC').limit(limit).getMany();
      return pageOf(rows.map(toTwin), request.first, (twin) => [twin.createdAt.toISOString(), twin.id]);
    },

    async lock(id) {
      const row = isRecordId(id)
        ? await manager.findOne(DiseaseTwinRow, { where: { id }, lock: { mode: 'for_no_key_update' } })
        : null;
      return row === null ? null : toTwin(row);
    },

    async save(twin) {
      const { id, revision, status, statusReason, referenceEntryId } = twin;
      const saved = { status, statusReason, referenceEntryId, revision: revision + 1, updatedAt: clock.now() };
      const { affected } = await manager.update(DiseaseTwinRow, { id, revision }, saved);
      if (affected !== 1) {
        throw new DomainError('CONFLICT', 'The twin was changed by somebody else meanwhile.');
      }
      return { ...twin, ...saved };
    },
  };
}

const toTwin = (row: DiseaseTwinRow): DiseaseTwin => ({
  id: row.id,
  tenantId: row.tenantId,
  patientId: row.patientId,
  diseaseId: row.diseaseId,
  diseaseVersion: row.diseaseVersion,
  modelId: row.modelId,
  status: row.status,
  statusReason: row.statusReason,
  referenceEntryId: row.referenceEntryId,
  revision: row.revision,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});
