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
      const { rows } = await sql.query(
        `select sha256 from (
           select distinct on (twin_id) twin_id, sha256 from population_record
           where disease_id = $1 and model_id = $2 and known_at <= $3 and twin_id <> $4
           order by twin_id, known_at desc, sha256
         ) as newest
         order by sha256 limit $5`,
        [diseaseId, modelId, asOf, twinId, limit],
      );
      return rows.map((row) => row['sha256'] as string);
    },
  };
}
