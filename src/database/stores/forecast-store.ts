import { Any, IsNull, Not } from 'typeorm';
import { FaultError } from '../../errors.ts';
import type { Forecast } from '../../twins/forecast.ts';
import type { ForecastStore, Page } from '../../twins/ports.ts';
import { ForecastRow } from '../entities/forecast.entity.ts';
import { isInstant, keyAfter, pageOf, rowLimit } from './keyset-page.ts';
import { isRecordId, recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';

/** Nobody reads so many names; a bound on what one request can load. */
const MOST_NAMED = 500;

export function createForecastStore({ manager, sql, actor, clock }: StoreContext): ForecastStore {
  return {
    async insert({ twinId, referenceForecastId, interventions, asOf, targetAt, modelId, seed }) {
      const result = await manager
        .createQueryBuilder()
        .insert()
        .into(ForecastRow)
        .values({
          tenantId: actor.tenantId,
          twinId,
          referenceForecastId,
          interventions,
          status: 'QUEUED',
          asOfAt: asOf.at,
          asOfClock: asOf.clock,
          targetAt,
          modelId,
          seed,
          inputEntryIds: [],
          values: [],
          doseResponses: [],
          assumptions: [],
          createdAt: clock.now(),
        })
        .updateEntity(false)
        .returning(['id'])
        .execute();
      const [{ id }] = result.raw as [{ id: string }];
      return toForecast(await manager.findOneOrFail(ForecastRow, { where: { id } }));
    },

    async byIds(ids) {
      return (await manager.find(ForecastRow, { where: { id: Any(recordIds(ids)) } })).map(toForecast);
    },

    async newestByTwinIds(twinIds, first) {
      const limit = rowLimit(first);
      const wanted = recordIds(twinIds);
      const { rows } = await sql.query(
        `select newest.id from unnest($1::uuid[]) as twin (id)
         cross join lateral (
           select id from forecast where forecast.twin_id = twin.id order by created_at desc, id desc limit $2
         ) as newest`,
        [wanted, limit],
      );
      const forecasts = await manager.find(ForecastRow, {
        where: { id: Any(rows.map((row) => row['id'] as string)) },
        order: { createdAt: 'DESC', id: 'DESC' },
      });
      const byTwin = Map.groupBy(forecasts.map(toForecast), (forecast) => forecast.twinId);
      return new Map(wanted.map((twinId) => [twinId, toPage(byTwin.get(twinId) ?? [], first)]));
    },

    async namedByReferenceIds(ids) {
      const rows = await manager.find(ForecastRow, {
        where: { referenceForecastId: Any(recordIds(ids)), name: Not(IsNull()) },
        order: { createdAt: 'ASC', id: 'ASC' },
        take: MOST_NAMED,
      });
      return rows.map(toForecast);
    },

    async name(id, name) {
      await manager.update(ForecastRow, { id }, { name });
    },

    async page(twinId, request) {
      const limit = rowLimit(request.first);
      const after = keyAfter(request, [isInstant, isRecordId]);
      const query = manager.createQueryBuilder(ForecastRow, 'forecast').where({ twinId: Any(recordIds([twinId])) });
      if (after !== null) {
        query.andWhere('(forecast.created_at, forecast.id) < (:at, :id)', { at: after[0], id: after[1] });
      }
      const rows = await query
        .orderBy('forecast.createdAt', 'DESC')
        .addOrderBy('forecast.id', 'DESC')
        .limit(limit)
        .getMany();
      return toPage(rows.map(toForecast), request.first);
    },

    async lock(id) {
      const row = isRecordId(id)
        ? await manager.findOne(ForecastRow, { where: { id }, lock: { mode: 'for_no_key_update' } })
        : null;
      return row === null ? null : toForecast(row);
    },

    async save({ id, tenantId: _tenantId, twinId: _twinId, name: _name, createdAt: _createdAt, asOf, ...rest }) {
      const { affected } = await manager.update(
        ForecastRow,
        { id },
        { ...rest, asOfAt: asOf.at, asOfClock: asOf.clock },
      );
      if (affected !== 1) {
        throw new FaultError('a forecast that does not exist cannot be saved');
      }
    },
  };
}

const toPage = (newestFirst: readonly Forecast[], first: number): Page<Forecast> =>
  pageOf(newestFirst, first, (forecast) => [forecast.createdAt.toISOString(), forecast.id]);

const toForecast = (row: ForecastRow): Forecast => ({
  id: row.id,
  tenantId: row.tenantId,
  twinId: row.twinId,
  referenceForecastId: row.referenceForecastId,
  name: row.name,
  interventions: row.interventions,
  status: row.status,
  statusReason: row.statusReason,
  asOf: { at: row.asOfAt, clock: row.asOfClock },
  originAt: row.originAt,
  targetAt: row.targetAt,
  horizonDays: row.horizonDays,
  modelId: row.modelId,
  modelVersion: row.modelVersion,
  seed: row.seed,
  inputHash: row.inputHash,
  inputEntryIds: row.inputEntryIds,
  image: row.image,
  values: row.values,
  overlap: row.overlap,
  doseResponses: row.doseResponses,
  assumptions: row.assumptions,
  elapsedMs: row.elapsedMs,
  createdAt: row.createdAt,
  completedAt: row.completedAt,
});
