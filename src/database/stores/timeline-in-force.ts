import type { AsOf } from '../../twins/timeline.ts';
import type { SqlExecutor } from '../sql-executor.ts';

/**
 * The rules of `viewTimeline` in SQL, without reading a body. READ BEFORE CHANGING: the rules are stated there, and a
 * test holds the two against each other.
 */
export async function entryIdsInForce(sql: SqlExecutor, patientIds: readonly string[], asOf: AsOf): Promise<string[]> {
  const { rows } = await sql.query(
    `with known as (
       select id, patient_id, source_system, source_id, kind, revision, issued_at,
         kind = 'gap' and (body ->> 'isTransient')::boolean as is_transient,
         row_number() over (source order by revision desc) as recency,
         row_number() over (partition by patient_id, source_system, source_id, kind = 'gap', issued_at is null
           order by issued_at desc, revision desc) as newness
       from timeline_entry
       where patient_id = any($1::uuid[])
         and case $2 when 'issued' then coalesce(issued_at, recorded_at) else recorded_at end <= $3
       window source as (partition by patient_id, source_system, source_id)
     ), content as (
       select distinct on (patient_id, source_system, source_id) * from known
       where kind <> 'gap' and newness = 1
       order by patient_id, source_system, source_id, revision desc
     ), last_learned as (
       select * from known where recency = 1
     ), in_force as (
       select last_learned.patient_id, last_learned.source_system, last_learned.source_id, chosen.*
       from last_learned
       left join content using (patient_id, source_system, source_id)
       cross join lateral (
         select case when is_content then content.id else last_learned.id end as id,
           case when is_content then content.kind else last_learned.kind end as kind,
           case when is_content then content.revision else last_learned.revision end as revision
         from (select last_learned.kind <> 'gap'
           or (last_learned.is_transient and coalesce(content.kind, 'retraction') <> 'retraction')) as choice (is_content)
       ) as chosen
     ), image_of_study as (
       select patient_id, source_system, split_part(source_id, '/', 1) || '/-' as source_id, max(revision) as revision
       from known where kind = 'image' and strpos(source_id, '/') > 0
       group by 1, 2, 3
     )
     select in_force.id from in_force
     left join image_of_study as image using (patient_id, source_system, source_id)
     where in_force.kind <> 'retraction' and not (in_force.kind = 'gap' and coalesce(image.revision, -1) > in_force.revision)`,
    [patientIds, asOf.clock, asOf.at],
  );
  return rows.map((row) => row['id'] as string);
}
