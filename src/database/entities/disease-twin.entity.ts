import { EntitySchema } from 'typeorm';
import type { TwinStatus } from '../../twins/disease-twin.ts';
import { codeText, columns, integer, nullable, text, uuid } from './columns.ts';
import { PatientRow } from './patient.entity.ts';

export class DiseaseTwinRow {
  declare tenantId: string;
  declare id: string;
  declare patientId: string;
  declare diseaseId: string;
  declare diseaseVersion: string;
  declare modelId: string;
  declare status: TwinStatus;
  declare statusReason: string | null;
  declare referenceEntryId: string | null;
  declare revision: number;
  declare createdAt: Date;
  declare updatedAt: Date;
}

export const DiseaseTwinEntity = new EntitySchema<DiseaseTwinRow>({
  name: 'DiseaseTwin',
  target: DiseaseTwinRow,
  tableName: 'disease_twin',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'disease_twin_pk' },
    id: { ...columns.id, primaryKeyConstraintName: 'disease_twin_pk' },
    patientId: uuid('patient_id'),
    diseaseId: codeText('disease_id'),
    diseaseVersion: text('disease_version'),
    modelId: text('model_id'),
    status: text('status'),
    statusReason: nullable(text('status_reason')),
    referenceEntryId: nullable(uuid('reference_entry_id')),
    revision: integer('revision'),
    createdAt: columns.createdAt,
    updatedAt: columns.updatedAt,
  },
  uniques: [{ name: 'disease_twin_disease_key', columns: ['tenantId', 'patientId', 'diseaseId'] }],
  // A descending index cannot be declared here.
  indices: [
    { name: 'disease_twin_by_age', columns: ['tenantId', 'createdAt', 'id'], synchronize: false },
    { name: 'disease_twin_by_disease', columns: ['tenantId', 'diseaseId', 'createdAt', 'id'], synchronize: false },
  ],
  foreignKeys: [
    {
      name: 'disease_twin_patient_fk',
      target: () => PatientRow,
      columnNames: ['tenantId', 'patientId'],
      referencedColumnNames: ['tenantId', 'id'],
    },
  ],
});
