import { createHash } from 'node:crypto';
import type { ClinicalCourse } from '../../twins/clinical-course.ts';
import type { ForecastInput } from '../../twins/forecast.ts';
import type { ChangeRecord } from './change-record.ts';
import { decodePersonalRecord, type PersonalRecord } from './personal-record.ts';
import { type Population, populationOf } from './population.ts';

/** Other patients as far as they were known, in the order of their hashes. */
export interface PersonalPopulation {
  readonly courses: readonly ClinicalCourse[];
  readonly images: Population;
  /** SHA-256 over the courses as they are used. */
  readonly hash: string;
}

/**
 * The courses of others that were known at the input's `asOf`, each once. When a record became known decides whether it is used
 * and nothing else, so that the same patients give the same bytes whenever and in whatever order they were read.
 * @throws {DomainError} INVALID_INPUT for bytes that are no record of this model.
 */
export function readPersonalPopulation(
  {
    population,
    populationAsOfMs,
    treatmentKeys,
  }: Pick<ForecastInput, 'population' | 'populationAsOfMs' | 'treatmentKeys'>,
  images: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
): PersonalPopulation {
  const records = population.flatMap((bytes, position) => decodePersonalRecord(bytes, images, position) ?? []);
  const byHash = new Map<string, ClinicalCourse>();
  for (const record of records) {
    const known = asKnown(record, populationAsOfMs, treatmentKeys);
    if (known !== null) byHash.set(sha256(JSON.stringify(known)), known);
  }
  const hashes = [...byHash.keys()].sort();
  return {
    courses: hashes.map((hash) => byHash.get(hash)!),
    images: populationOf(
      records.map((record) => record.images),
      { populationAsOfMs, treatmentKeys },
    ),
    hash: sha256(hashes.join('\n')),
  };
}

/** What counts of a course at a time, all of it known since the beginning; null where nothing does. */
function asKnown(
  { course, treatmentKeys }: PersonalRecord,
  populationAsOfMs: number,
  wanted: readonly string[],
): ClinicalCourse | null {
  if (wanted.some((key) => !treatmentKeys.includes(key))) return null;
  const measurements = course.measurements.filter(({ knownAtMs }) => knownAtMs <= populationAsOfMs);
  if (measurements.length === 0) return null;
  const doses = course.doses.filter(
    ({ treatment, knownAtMs }) => knownAtMs <= populationAsOfMs && wanted.includes(treatment),
  );
  return {
    measurements: measurements.map(({ variable, day, value }) => ({ variable, day, value, knownAtMs: 0 })),
    doses: doses.map(({ treatment, fromDay, toDay, amount }) => ({ treatment, fromDay, toDay, amount, knownAtMs: 0 })),
    statics: course.statics,
  };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
