import { Any } from 'typeorm';
import type { RegistrationStore } from '../../twins/ports.ts';
import type { VisitRegistration } from '../../twins/registration.ts';
import { VisitRegistrationRow } from '../entities/visit-registration.entity.ts';
import { recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';

export function createRegistrationStore({ manager, sql, actor, clock }: StoreContext): RegistrationStore {
  return {
    async save(registration) {
      const values = { ...registration, tenantId: actor.tenantId, createdAt: clock.now() };
      // The same inputs give the same result: a job that ran twice writes it once, and it counts as the newest.
      const result = await manager
        .createQueryBuilder()
        .insert()
        .into(VisitRegistrationRow)
        .values(values)
        .orUpdate(
          [
            'verdict',
            'reason',
            'method',
            'stages',
            'transform',
            'field',
            'before',
            'after',
            'quality',
            'rejected_deformation',
            'moved_sha256',
            'geometry',
            'elapsed_ms',
            'created_at',
          ],
          ['tenant_id', 'twin_id', 'entry_id', 'reference_entry_id', 'input_hash'],
        )
        .updateEntity(false)
        .returning(['id'])
        .execute();
      const [{ id }] = result.raw as [{ id: string }];
      return { ...values, id };
    },

    async byTwinIds(twinIds) {
      const { rows } = await sql.query(
        `select distinct on (registration.twin_id, registration.entry_id) registration.id
         from visit_registration registration
         join disease_twin twin
           on twin.id = registration.twin_id and twin.reference_entry_id = registration.reference_entry_id
         where registration.twin_id = any($1::uuid[])
         order by registration.twin_id, registration.entry_id, registration.created_at desc, registration.id desc`,
        [recordIds(twinIds)],
      );
      const newest = await manager.find(VisitRegistrationRow, {
        where: { id: Any(rows.map((row) => row['id'] as string)) },
        order: { createdAt: 'ASC', id: 'ASC' },
      });
      return Map.groupBy(newest.map(toRegistration), (registration) => registration.twinId);
    },

    async fieldBySha256(sha256) {
      const row = await manager
        .createQueryBuilder(VisitRegistrationRow, 'registration')
        .where("registration.field ->> 'sha256' = :sha256", { sha256 })
        .limit(1)
        .getOne();
      return row?.field ?? null;
    },
  };
}

const toRegistration = (row: VisitRegistrationRow): VisitRegistration => ({
  id: row.id,
  tenantId: row.tenantId,
  twinId: row.twinId,
  entryId: row.entryId,
  referenceEntryId: row.referenceEntryId,
  verdict: row.verdict,
  reason: row.reason,
  method: row.method,
  stages: row.stages,
  transform: row.transform,
  field: row.field,
  before: row.before,
  after: row.after,
  quality: row.quality,
  rejectedDeformation: row.rejectedDeformation,
  movedSha256: row.movedSha256,
  geometry: row.geometry,
  inputHash: row.inputHash,
  elapsedMs: row.elapsedMs,
  createdAt: row.createdAt,
});
