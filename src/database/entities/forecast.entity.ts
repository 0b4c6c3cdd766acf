import { EntitySchema } from 'typeorm';
import type { Forecast, Intervention } from '../../twins/forecast.ts';
import type { AsOf } from '../../twins/timeline.ts';
import { columns, double, json, moment, nullable, text, uuid } from './columns.ts';
import { DiseaseTwinRow } from './disease-twin.entity.ts';

export class ForecastRow {
  declare tenantId: string;
  declare id: string;
  declare twinId: string;
  declare referenceForecastId: string | null;
  declare name: string | null;
  declare interventions: readonly Intervention[];
  declare status: Forecast['status'];
  declare statusReason: string | null;
  declare asOfAt: Date;
  declare asOfClock: AsOf['clock'];
  declare originAt: Date | null;
  declare targetAt: Date;
  declare horizonDays: number | null;
  declare modelId: string;
  declare modelVersion: string | null;
  declare seed: number;
  declare inputHash: string | null;
  declare inputEntryIds: readonly string[];
  declare image: Forecast['image'];
  declare values: Forecast['values'];
  declare overlap: Forecast['overlap'];
  declare doseResponses: Forecast['doseResponses'];
  declare assumptions: readonly string[];
  declare elapsedMs: number | null;
  declare createdAt: Date;
  declare completedAt: Date | null;
}

/** JSON has no dates: the windows of treatments come back as they went in. */
const interventions = {
  to: (value: readonly Intervention[]): unknown => value,
  from: (value: readonly Intervention[]): readonly Intervention[] =>
    value.map((one) => (one.kind === 'treatment' ? { ...one, from: new Date(one.from), to: new Date(one.to) } : one)),
};

export const ForecastEntity = new EntitySchema<ForecastRow>({
  name: 'Forecast',
  target: ForecastRow,
  tableName: 'forecast',
  columns: {
    tenantId: { ...columns.tenantId, primaryKeyConstraintName: 'forecast_pk' },
    id: { ...columns.id, primaryKeyConstraintName: 'forecast_pk' },
    twinId: uuid('twin_id'),
    referenceForecastId: nullable(uuid('reference_forecast_id')),
    name: nullable(text('name')),
    interventions: { ...json('interventions'), transformer: interventions },
    status: text('status'),
    statusReason: nullable(text('status_reason')),
    asOfAt: moment('as_of_at'),
    asOfClock: text('as_of_clock'),
    originAt: nullable(moment('origin_at')),
    targetAt: moment('target_at'),
    horizonDays: nullable(double('horizon_days')),
    modelId: text('model_id'),
    modelVersion: nullable(text('model_version')),
    seed: double('seed'),
    inputHash: nullable(text('input_hash')),
    inputEntryIds: json('input_entry_ids'),
    image: nullable(json('image')),
    values: json('values'),
    overlap: nullable(json('overlap')),
    doseResponses: json('dose_responses'),
    assumptions: json('assumptions'),
    elapsedMs: nullable(double('elapsed_ms')),
    createdAt: columns.createdAt,
    completedAt: nullable(moment('completed_at')),
  },
  indices: [
    // A descending index cannot be declared here.
    { name: 'forecast_by_twin', columns: ['tenantId', 'twinId', 'createdAt', 'id'], synchronize: false },
    { name: 'forecast_by_reference', columns: ['tenantId', 'referenceForecastId', 'createdAt', 'id'] },
  ],
  foreignKeys: [
    {
      name: 'forecast_twin_fk',
      target: () => DiseaseTwinRow,
      columnNames: ['tenantId', 'twinId'],
      referencedColumnNames: ['tenantId', 'id'],
    },
    {
      name: 'forecast_reference_fk',
      target: () => ForecastRow,
      columnNames: ['tenantId', 'referenceForecastId'],
      referencedColumnNames: ['tenantId', 'id'],
    },
  ],
});
