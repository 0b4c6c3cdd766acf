import { isDeepStrictEqual } from 'node:util';
import { Any } from 'typeorm';
import { FaultError } from '../../errors.ts';
import type { Patient, PatientRecord } from '../../twins/patient.ts';
import type { PatientStore } from '../../twins/ports.ts';
import { PatientRow } from '../entities/patient.entity.ts';
import { isText, keyAfter, pageOf, rowLimit } from './keyset-page.ts';
import { isRecordId, recordIds } from './record-ids.ts';
import { searchPatients } from './search-patients.ts';
import { folded, searchPrefixes, searchTerms } from './search-terms.ts';
import type { StoreContext } from './store-context.ts';

export function createPatientStore({ manager, sql, actor, clock }: StoreContext): PatientStore {
  const { tenantId } = actor;

  const writeSearchTerms = async (patientId: string, record: PatientRecord): Promise<void> => {
    await sql.query(
      `with gone as (delete from patient_search_term where patient_id = $2 and term <> all ($4::text[]))
       insert into patient_search_term (tenant_id, term, patient_id, sort_name)
       select $1, term, $2, $3 from unnest($4::text[]) as term
       on conflict (tenant_id, term, patient_id) do update set sort_name = excluded.sort_name`,
      [tenantId, patientId, sortNameOf(record), searchTerms(record)],
    );
  };

  return {
    async upsert(record) {
      const now = clock.now();
      const wanted = recordOf(record);
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(PatientRow)
        .values({ ...wanted, tenantId, sortName: sortNameOf(record), createdAt: now, updatedAt: now })
        .orIgnore()
        .updateEntity(false)
        .returning(['id'])
        .execute();
      const isNew = (inserted.raw as unknown[]).length > 0;
      const row = await manager.findOne(PatientRow, {
        where: { fhirId: record.fhirId },
        lock: { mode: 'for_no_key_update' },
      });
      if (row === null) {
        throw new FaultError('a patient that was just written cannot be read');
      }
      if (isNew) {
        await writeSearchTerms(row.id, record);
      } else if (!isDeepStrictEqual(recordOf(row), wanted)) {
        const changed = { ...wanted, sortName: sortNameOf(record), updatedAt: now };
        await manager.update(PatientRow, { id: row.id }, changed);
        await writeSearchTerms(row.id, record);
        return toPatient(Object.assign(row, changed));
      }
      return toPatient(row);
    },

    async byIds(ids) {
      return (await manager.find(PatientRow, { where: { id: Any(recordIds(ids)) } })).map(toPatient);
    },

    async byFhirId(fhirId) {
      const row = await manager.findOne(PatientRow, { where: { fhirId } });
      return row === null ? null : toPatient(row);
    },

    async page(request, { search, diseaseId }) {
      const limit = rowLimit(request.first);
      const after = keyAfter(request, [isText, isRecordId]);
      const toPage = (rows: readonly PatientRow[]) => {
        const page = pageOf(rows, request.first, (row) => [row.sortName, row.id]);
        return { ...page, rows: page.rows.map(({ node, cursor }) => ({ node: toPatient(node), cursor })) };
      };
      const prefixes = searchPrefixes(search ?? '');
      if (prefixes.length > 0) {
        const ids = await searchPatients(sql, { prefixes, diseaseId, after, limit });
        return toPage(
          await manager.find(PatientRow, { where: { id: Any(ids) }, order: { sortName: 'ASC', id: 'ASC' } }),
        );
      }
      const query = manager.createQueryBuilder(PatientRow, 'patient');
      if (after !== null) {
        query.andWhere('(patient.sort_name, patient.id) > (:name, :id)', { name: after[0], id: after[1] });
      }
      if (diseaseId !== null) {
        query.andWhere(
          'exists (select from disease_twin twin where twin.patient_id = patient.id and twin.disease_id = :diseaseId)',
          { diseaseId },
        );
      }
      return toPage(await query.orderBy('patient.sortName').addOrderBy('patient.id').limit(limit).getMany());
    },

    async syncState(patientId) {
      const row = isRecordId(patientId)
        ? await manager.findOne(PatientRow, { where: { id: patientId }, select: { id: true, watermark: true } })
        : null;
      return { watermark: row?.watermark ?? null };
    },

    async markSynced(patientId, watermark, syncedAt) {
      await manager.update(PatientRow, { id: patientId }, { watermark, syncedAt });
    },
  };
}

const sortNameOf = ({ familyName }: PatientRecord): string => folded(familyName ?? '');

/** What the source says, and nothing else. */
const recordOf = (record: PatientRecord): PatientRecord => ({
  fhirId: record.fhirId,
  identifiers: record.identifiers.map(({ system, value }) => ({ system, value })),
  familyName: record.familyName,
  givenNames: [...record.givenNames],
  birthDate: record.birthDate,
  gender: record.gender,
  deceasedAt: record.deceasedAt,
  isActive: record.isActive,
  replacedByFhirId: record.replacedByFhirId,
});

const toPatient = (row: PatientRow): Patient => ({
  ...recordOf(row),
  id: row.id,
  tenantId: row.tenantId,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  syncedAt: row.syncedAt,
});
