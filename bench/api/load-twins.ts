import type { Database } from '../../src/database/data-source.ts';

/** The hospital that the API's development identity belongs to. */
export const TENANT = 'hospital-a';

/** Names are `f000001`, `f000002`, ...: five digits of one are the beginning of ten. */
export const familyName = (number: number): string => `f${String(number).padStart(6, '0')}`;

const GEOMETRY = JSON.stringify({
  shape: [1, 64, 64],
  spacingMm: [1, 1, 1],
  originMm: [0, 0, 0],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
});
const SKILL = `{"skill": 0.1, "patients": 20, "intervals": 40, "shrinkage": 0.5}`;

const image = (
  day: string,
  sha: string,
): string => `jsonb_build_object('kind', 'image', 'studyInstanceUid', '1.2.' || n || '.${day}',
  'seriesInstanceUid', '1', 'modality', 'MR', 'seriesDescription', null, 'sopInstanceUids', '["1"]'::jsonb,
  'voxelsSha256', ${sha}, 'geometry', '${GEOMETRY}'::jsonb, 'laterality', null, 'isLossy', false, 'caveats', '[]'::jsonb)`;
const observation = (value: string): string => `jsonb_build_object('kind', 'observation',
  'codes', '[{"system": "http://loinc.org", "code": "marker"}]'::jsonb, 'value', ${value}, 'unit', 'ng/mL',
  'comparator', null, 'isPreliminary', false)`;

/**
 * Patients `from`..`to` with a twin each: two visits, two observations, an alignment and a forecast. Written by the
 * owner in bulk; ids are derived from the numbers.
 */
export async function loadTwins({ dataSource }: Database, from: number, to: number): Promise<void> {
  const id = (kind: string): string => `md5('${kind}' || n)::uuid`;
  const sha = (kind: string): string => `md5('${kind}' || n) || md5('${kind}' || n)`;
  const series = `generate_series(${from}, ${to}) as n`;
  const entry = (revision: number, source: string, day: number, body: string): string =>
    `select '${TENANT}', ${id(`entry-${revision}-`)}, ${id('patient-')}, ${revision}, '${source}', '${source}/' || n || '/${revision}',
      '1', (${body})->>'kind', timestamptz '2026-01-0${day} 00:00Z', timestamptz '2026-01-0${day} 00:00Z', null::timestamptz, now(), ${body} from ${series}`;
  const statements = [
    `insert into patient (tenant_id, id, fhir_id, identifiers, family_name, given_names, birth_date, gender, is_active,
       sort_name, created_at, updated_at)
     select '${TENANT}', ${id('patient-')}, 'p' || n, '[]', 'f' || lpad(n::text, 6, '0'), '["Ada"]', '1957', 'female', true,
       'f' || lpad(n::text, 6, '0'), now(), now() from ${series}`,
    `insert into patient_search_term (tenant_id, term, patient_id, sort_name)
     select '${TENANT}', 'f' || lpad(n::text, 6, '0'), ${id('patient-')}, 'f' || lpad(n::text, 6, '0') from ${series}`,
    `insert into disease_twin (tenant_id, id, patient_id, disease_id, disease_version, model_id, status,
       reference_entry_id, revision, created_at, updated_at)
     select '${TENANT}', ${id('twin-')}, ${id('patient-')}, 'test-disease', '1.0.0', 'carry-forward', 'READY',
       ${id('entry-1-')}, 1, now(), now() from ${series}`,
    `insert into timeline_entry (tenant_id, id, patient_id, revision, source_system, source_id, source_version, kind,
       occurred_at, occurred_until, issued_at, recorded_at, body)
     ${[
       entry(1, 'dicomweb', 1, image('1', sha('image-1-'))),
       entry(2, 'dicomweb', 8, image('2', sha('image-2-'))),
       entry(3, 'fhir', 1, observation('n % 10')),
       entry(4, 'fhir', 8, observation('n % 7')),
     ].join(' union all ')}`,
    `insert into visit_registration (tenant_id, twin_id, entry_id, reference_entry_id, verdict, method, stages, transform,
       moved_sha256, geometry, input_hash, elapsed_ms, created_at)
     select '${TENANT}', ${id('twin-')}, ${id('entry-2-')}, ${id('entry-1-')}, 'accepted', 'rigid', '["rigid"]',
       '{"kind": "identity", "matrix": [1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]}', ${sha('image-2-')}, '${GEOMETRY}', 'h', 1, now()
     from ${series}`,
    `insert into forecast (tenant_id, id, twin_id, interventions, status, as_of_at, as_of_clock, origin_at, target_at,
       horizon_days, model_id, model_version, seed, input_hash, input_entry_ids, "values", dose_responses, assumptions, elapsed_ms,
       created_at, completed_at)
     select '${TENANT}', ${id('forecast-')}, ${id('twin-')}, '[]', 'ISSUED', now(), 'recorded', now(), now(), 7,
       'carry-forward', '1', 1, 'h', jsonb_build_array(${id('entry-1-')}, ${id('entry-2-')}, ${id('entry-3-')}, ${id('entry-4-')}),
       '[{"variable": "marker", "unit": "ng/mL", "value": 1, "baseline": 1, "intervals": [], "skill": ${SKILL}, "isDeclined": false, "reason": null}]',
       '[]', '[]', 1, now(), now() from ${series}`,
  ];
  for (const statement of statements) {
    await dataSource.query(statement);
  }
  await dataSource.query('vacuum analyze');
}
