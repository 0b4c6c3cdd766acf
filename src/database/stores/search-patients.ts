import type { SqlExecutor } from '../sql-executor.ts';
import { endOfPrefix } from './search-terms.ts';

export interface PatientSearch {
  /** At least one; a patient must have a term with each of these beginnings. */
  readonly prefixes: readonly string[];
  readonly diseaseId: string | null;
  /** Sort name and id of the last patient seen. */
  readonly after: readonly string[] | null;
  readonly limit: number;
}

/**
 * The ids of the patients found, in the order of their names.
 *
 * Begins with the terms, which hold the sort name, and never with the list of names: whoever looks for `smi` would walk
 * through every name before it, and the server cannot know that a term and a place in that list go together.
 */
export async function searchPatients(
  sql: SqlExecutor,
  { prefixes, diseaseId, after, limit }: PatientSearch,
): Promise<string[]> {
  const values: unknown[] = [];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const begins = (alias: string, prefix: string): string =>
    `${alias}.term >= ${value(prefix)} and ${alias}.term < ${value(endOfPrefix(prefix))}`;
  // The longest beginning is likely the rarest.
  const [rarest = '', ...others] = prefixes.toSorted((a, b) => b.length - a.length);
  const conditions = [
    begins('found', rarest),
    ...others.map(
      (prefix) =>
        `found.patient_id in (select other.patient_id from patient_search_term other where ${begins('other', prefix)})`,
    ),
    ...(diseaseId === null
      ? []
      : [
          `exists (select from disease_twin twin
             where twin.patient_id = found.patient_id and twin.disease_id = ${value(diseaseId)})`,
        ]),
    ...(after === null
      ? []
      : [`(found.sort_name, found.patient_id) > (${after.map((part) => value(part)).join(', ')})`]),
  ];
  const { rows } = await sql.query(
    `select distinct found.sort_name, found.patient_id from patient_search_term found
     where ${conditions.join('\n and ')} order by found.sort_name, found.patient_id limit ${value(limit)}`,
    values,
  );
  return rows.map((row) => row['patient_id'] as string);
}
