import { EntitySchema } from 'typeorm';
import type { Patient } from '../../twins/patient.ts';
import { codeText, columns, flag, json, moment, nullable, text } from './columns.ts';

export class PatientRow {
  declare tenantId: string;
  declare id: string;
  declare fhirId: string;
  declare identifiers: Patient['identifiers'];
  declare familyName: string | null;
  declare givenNames: Patient['givenNames'];
  declare birthDate: string | null;
  declare gender: Patient['gender'];
  declare deceasedAt: string | null;
  declare isActive: boolean;
  declare replacedByFhirId: string | null;
  /** What pages are ordered by: the family name in lower case, empty where there is none. */
  declare sortName: string;
  declare watermark: Date | null;
  declare syncedAt: Date | null;
  declare createdAt: Date;
  declare updatedAt: Date;
}

export const PatientEntity = new EntitySchema<PatientRow>({
  name: 'Patient',
  target: PatientRow,
  tableName: 'patient',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'patient_pk' },
    id: { ...columns.id, primaryKeyConstraintName: 'patient_pk' },
    fhirId: codeText('fhir_id'),
    identifiers: json('identifiers'),
    familyName: nullable(text('family_name')),
    givenNames: json('given_names'),
    birthDate: nullable(text('birth_date')),
    gender: nullable(text('gender')),
    deceasedAt: nullable(text('deceased_at')),
    isActive: flag('is_active'),
    replacedByFhirId: nullable(text('replaced_by_fhir_id')),
    sortName: codeText('sort_name'),
    watermark: nullable(moment('watermark')),
    syncedAt: nullable(moment('synced_at')),
    createdAt: columns.createdAt,
    updatedAt: columns.updatedAt,
  },
  uniques: [{ name: 'patient_fhir_id_key', columns: ['tenantId', 'fhirId'] }],
  indices: [{ name: 'patient_by_name', columns: ['tenantId', 'sortName', 'id'] }],
});
