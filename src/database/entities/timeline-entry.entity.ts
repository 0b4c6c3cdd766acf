import { EntitySchema } from 'typeorm';
import type { TimelineBody, TimelineEntry } from '../../twins/timeline.ts';
import { codeText, columns, integer, json, moment, nullable, text, uuid } from './columns.ts';
import { PatientRow } from './patient.entity.ts';

export class TimelineEntryRow {
  declare tenantId: string;
  declare id: string;
  declare patientId: string;
  declare revision: number;
  declare sourceSystem: TimelineEntry['sourceSystem'];
  declare sourceId: string;
  declare sourceVersion: string;
  /** The body's, beside it so that versions can be told apart without reading them. */
  declare kind: TimelineBody['kind'];
  declare occurredAt: Date;
  declare occurredUntil: Date;
  declare issuedAt: Date | null;
  declare recordedAt: Date;
  declare body: TimelineBody;
}

export const TimelineEntryEntity = new EntitySchema<TimelineEntryRow>({
  name: 'TimelineEntry',
  target: TimelineEntryRow,
  tableName: 'timeline_entry',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'timeline_entry_pk' },
    id: { ...columns.id, primaryKeyConstraintName: 'timeline_entry_pk' },
    patientId: uuid('patient_id'),
    revision: integer('revision'),
    sourceSystem: codeText('source_system'),
    sourceId: codeText('source_id'),
    sourceVersion: codeText('source_version'),
    kind: text('kind'),
    occurredAt: moment('occurred_at'),
    occurredUntil: moment('occurred_until'),
    issuedAt: nullable(moment('issued_at')),
    recordedAt: moment('recorded_at'),
    body: json('body'),
  },
  uniques: [
    { name: 'timeline_entry_revision_key', columns: ['tenantId', 'patientId', 'revision'] },
    {
      name: 'timeline_entry_version_key',
      columns: ['tenantId', 'patientId', 'sourceSystem', 'sourceId', 'sourceVersion'],
    },
  ],
  foreignKeys: [
    {
      name: 'timeline_entry_patient_fk',
      target: () => PatientRow,
      columnNames: ['tenantId', 'patientId'],
      referencedColumnNames: ['tenantId', 'id'],
    },
  ],
});
