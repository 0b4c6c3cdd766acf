import type { PosteriorStore } from '../../twins/ports.ts';
import type { TwinPosterior } from '../../twins/twin-posterior.ts';
import { recordIds } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';

export function createPosteriorStore({ sql, actor }: StoreContext): PosteriorStore {
  return {
    async save({ twinId, modelId, modelVersion, asOfAt, sha256, summary }) {
      await sql.query(
        `insert into twin_posterior (tenant_id, twin_id, model_id, model_version, as_of_at, sha256, summary)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id, twin_id, model_id) do update set
           model_version = excluded.model_version, as_of_at = excluded.as_of_at,
           sha256 = excluded.sha256, summary = excluded.summary
         where twin_posterior.as_of_at <= excluded.as_of_at`,
        [actor.tenantId, twinId, modelId, modelVersion, asOfAt, sha256, JSON.stringify(summary)],
      );
    },

    async byTwinIds(twinIds) {
      const { rows } = await sql.query(
        'select * from twin_posterior where twin_id = any($1::uuid[]) order by model_id',
        [recordIds(twinIds)],
      );
      return Map.groupBy(rows.map(toPosterior), ({ twinId }) => twinId);
    },
  };
}

const toPosterior = (row: Readonly<Record<string, unknown>>): TwinPosterior => ({
  twinId: row['twin_id'] as string,
  modelId: row['model_id'] as string,
  modelVersion: row['model_version'] as string,
  asOfAt: row['as_of_at'] as Date,
  sha256: row['sha256'] as string,
  summary: row['summary'] as TwinPosterior['summary'],
});
