import type { PopulationStore } from '../../twins/ports.ts';
import type { StoreContext } from './store-context.ts';

export function createPopulationStore({ sql, actor }: StoreContext): PopulationStore {
  return {
    async save({ twinId, modelId, diseaseId, sha256, knownAt }) {
      await sql.query(
        `insert into population_record (tenant_id, disease_id, model_id, twin_id, known_at, sha256)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [actor.tenantId, diseaseId, modelId, twinId, knownAt, sha256],
      );
    },
    async others(twinId, diseaseId, modelId, asOf, limit) {
      // From twin to twin through the index: the time depends on the limit and not on how many there are.
      const { rows } = await sql.query(
        `with recursive known as not materialized (
           select twin_id, known_at, sha256 from population_record
           where disease_id = $1 and model_id = $2 and known_at <= $3 and twin_id <> $4
         ), twin (id) as (
           (select twin_id from known order by twin_id limit 1)
           union all
           select (select twin_id from known where twin_id > twin.id order by twin_id limit 1)
           from twin where twin.id is not null
         )
         select newest.sha256 from (select id from twin where id is not null limit $5) as twin
         cross join lateral (
           select sha256 from known where twin_id = twin.id order by known_at desc, sha256 limit 1
         ) as newest
         order by sha256`,
        [diseaseId, modelId, asOf, twinId, limit],
      );
      return rows.map((row) => row['sha256'] as string);
    },
  };
}
