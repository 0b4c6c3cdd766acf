import type { BackTest, BackTestImage, BackTestValue } from '../../twins/back-test.ts';
import type { BackTestStore } from '../../twins/ports.ts';
import { rowLimit } from './keyset-page.ts';
import { recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';

export function createBackTestStore({ sql, actor }: StoreContext): BackTestStore {
  return {
    async save({ twinId, forecastId, scoredAt, values, image }) {
      await sql.query(
        `insert into back_test (tenant_id, forecast_id, twin_id, scored_at, "values", image)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, forecast_id)
         do update set scored_at = excluded.scored_at, "values" = excluded."values", image = excluded.image`,
        [
          actor.tenantId,
          forecastId,
          twinId,
          scoredAt,
          JSON.stringify(values),
          image === null ? null : JSON.stringify(image),
        ],
      );
    },

    async byForecastIds(forecastIds) {
      const { rows } = await sql.query('select * from back_test where forecast_id = any($1::uuid[])', [
        recordIds(forecastIds),
      ]);
      return new Map(rows.map(toBackTest).map((backTest) => [backTest.forecastId, backTest]));
    },

    async newestByTwinIds(twinIds, first) {
      const { rows } = await sql.query(
        `select newest.* from unnest($1::uuid[]) as twin (id)
         cross join lateral (
           select * from back_test where back_test.twin_id = twin.id order by scored_at desc, forecast_id limit $2
         ) as newest
         order by newest.scored_at desc, newest.forecast_id`,
        [recordIds(twinIds), rowLimit(first) - 1],
      );
      return Map.groupBy(rows.map(toBackTest), ({ twinId }) => twinId);
    },
  };
}

const toBackTest = (row: Readonly<Record<string, unknown>>): BackTest => {
  const values = row['values'] as readonly BackTestValue[];
  const image = row['image'] as BackTestImage | null;
  return {
    twinId: row['twin_id'] as string,
    forecastId: row['forecast_id'] as string,
    scoredAt: row['scored_at'] as Date,
    // JSON has no dates.
    values: values.map(({ variable, unit, predicted, baseline, observed, observedAt, isInside90 }) => ({
      variable,
      unit,
      predicted,
      baseline,
      observed,
      observedAt: new Date(observedAt),
      isInside90,
    })),
    image: image === null ? null : { ...image, observedAt: new Date(image.observedAt) },
  };
};
