import type { PopulationStore } from '../../twins/ports.ts';
import type { StoreContext } from './store-context.ts';

export function createPopulationStore({ sql, actor }: StoreContext): PopulationStore {
  return {
    async save({ twinId, modelId, diseaseId, sha256, knownAt }) {
      // One at a time, so that numbers have no gaps and rise with the time of knowledge.
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        JSON.stringify(['population_record', actor.tenantId, diseaseId, modelId]),
      ]);
      await sql.query(
        `with last as (
           select seq, known_at from population_record where disease_id = $2 and model_id = $3 order by seq desc limit 1
         ), own as (
           select sha256 from population_record
           where disease_id = $2 and model_id = $3 and twin_id = $4 order by seq desc limit 1
         )
         insert into population_record (tenant_id, disease_id, model_id, twin_id, seq, known_at, sha256)
         select $1, $2, $3, $4, coalesce((select seq from last), 0) + 1,
                greatest($5::timestamptz, (select known_at from last)), $6
         where not exists (select from own where sha256 = $6)`,
        [actor.tenantId, diseaseId, modelId, twinId, knownAt, sha256],
      );
    },

    async countAt(diseaseId, modelId, asOf) {
      const { rows } = await sql.query(
        `select seq from population_record
         where disease_id = $1 and model_id = $2 and known_at <= $3 order by seq desc limit 1`,
        [diseaseId, modelId, asOf],
      );
      return (rows[0]?.['seq'] as number | undefined) ?? 0;
    },

    async members(diseaseId, modelId, count, limit) {
      // From twin to twin through the index: the time depends on the limit and not on how many there are.
      const { rows } = await sql.query(
        `with recursive known as not materialized (
           select twin_id, seq, known_at, sha256 from population_record
           where disease_id = $1 and model_id = $2 and seq <= $3
         ), twin (id) as (
           (select twin_id from known order by twin_id limit 1)
           union all
           select (select twin_id from known where twin_id > twin.id order by twin_id limit 1)
           from twin where twin.id is not null
         )
         select newest.* from (select id from twin where id is not null limit $4) as twin
         cross join lateral (
           select twin_id, known_at, sha256 from known where twin_id = twin.id order by seq desc limit 1
         ) as newest
         order by newest.twin_id`,
        [diseaseId, modelId, count, limit],
      );
      return rows.map((row) => ({
        twinId: row['twin_id'] as string,
        sha256: row['sha256'] as string,
        knownAt: row['known_at'] as Date,
      }));
    },
  };
}
