import { EntitySchema } from 'typeorm';
import type { VisitRegistration } from '../../twins/registration.ts';
import { codeText, columns, double, json, nullable, text, uuid } from './columns.ts';
import { DiseaseTwinRow } from './disease-twin.entity.ts';
import { TimelineEntryRow } from './timeline-entry.entity.ts';

export class VisitRegistrationRow {
  declare tenantId: string;
  declare id: string;
  declare twinId: string;
  declare entryId: string;
  declare referenceEntryId: string;
  declare verdict: VisitRegistration['verdict'];
  declare reason: string | null;
  declare method: string;
  declare stages: VisitRegistration['stages'];
  declare transform: VisitRegistration['transform'];
  declare field: VisitRegistration['field'];
  declare before: VisitRegistration['before'];
  declare after: VisitRegistration['after'];
  declare quality: VisitRegistration['quality'];
  declare rejectedDeformation: VisitRegistration['rejectedDeformation'];
  declare movedSha256: string | null;
  declare geometry: VisitRegistration['geometry'];
  declare inputHash: string;
  declare elapsedMs: number;
  declare createdAt: Date;
}

export const VisitRegistrationEntity = new EntitySchema<VisitRegistrationRow>({
  name: 'VisitRegistration',
  target: VisitRegistrationRow,
  tableName: 'visit_registration',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'visit_registration_pk' },
    id: { ...columns.id, primaryKeyConstraintName: 'visit_registration_pk' },
    twinId: uuid('twin_id'),
    entryId: uuid('entry_id'),
    referenceEntryId: uuid('reference_entry_id'),
    verdict: text('verdict'),
    reason: nullable(text('reason')),
    method: text('method'),
    stages: json('stages'),
    transform: json('transform'),
    field: nullable(json('field')),
    before: nullable(json('before')),
    after: nullable(json('after')),
    quality: nullable(json('quality')),
    rejectedDeformation: nullable(json('rejected_deformation')),
    movedSha256: nullable(codeText('moved_sha256')),
    geometry: nullable(json('geometry')),
    inputHash: codeText('input_hash'),
    elapsedMs: double('elapsed_ms'),
    createdAt: columns.createdAt,
  },
  uniques: [
    {
      name: 'visit_registration_input_key',
      columns: ['tenantId', 'twinId', 'entryId', 'referenceEntryId', 'inputHash'],
    },
  ],
  // Of a member of the field, which cannot be declared here.
  indices: [{ name: 'visit_registration_by_field', columns: ['tenantId', 'field'], synchronize: false }],
  foreignKeys: [
    {
      name: 'visit_registration_twin_fk',
      target: () => DiseaseTwinRow,
      columnNames: ['tenantId', 'twinId'],
      referencedColumnNames: ['tenantId', 'id'],
    },
    ...(['entryId', 'referenceEntryId'] as const).map((column) => ({
      name: column === 'entryId' ? 'visit_registration_entry_fk' : 'visit_registration_reference_fk',
      target: () => TimelineEntryRow,
      columnNames: ['tenantId', column],
      referencedColumnNames: ['tenantId', 'id'],
    })),
  ],
});
