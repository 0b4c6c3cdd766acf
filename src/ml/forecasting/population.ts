import { createHash } from 'node:crypto';
import { DomainError } from '../../errors.ts';
import type { ForecastInput } from '../../twins/forecast.ts';
import { type ChangeRecord, decodeChangeRecord } from './change-record.ts';
import { symmetricOf } from './moments.ts';

/** The sums at one earlier visit of another patient, ready to be added up. */
export interface OriginSample {
  /** Number of the patient among the population. */
  readonly patient: number;
  /** Days since the patient's first visit. */
  readonly day: number;
  /** Mean of f f': row-major, size features^2. */
  readonly features: Float64Array;
  readonly changes: readonly ChangeSample[];
}

/** The sums of one change from there. */
export interface ChangeSample {
  readonly intervalDays: number;
  /** In the order of the input's `treatmentKeys`. */
  readonly exposures: readonly number[];
  /** Mean of f y. */
  readonly cross: Float64Array;
  /** Mean of y^2. */
  readonly square: number;
}

export interface Population {
  readonly records: readonly ChangeRecord[];
  /** First 12 hex digits of the SHA-256 over the records as they are used. */
  readonly hash: string;
}

/**
 * The records of others as far as they were known at the input's `asOf`, each once, in the order of their hashes. When a
 * record became known decides whether it is used and nothing else: it is not hashed, so that the same patients give the
 * same bytes and the same version whenever and in whatever order they were read. A record that knows nothing of one of
 * the input's treatments is left out: its patient's exposure is unknown.
 * @throws {DomainError} INVALID_INPUT for bytes that are no record of this model.
 */
export function readPopulation(
  {
    population,
    populationAsOfMs,
    treatmentKeys,
  }: Pick<ForecastInput, 'population' | 'populationAsOfMs' | 'treatmentKeys'>,
  model: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
): Population {
  const records = population.flatMap((bytes, position) => decodeChangeRecord(bytes, model, position) ?? []);
  return populationOf(records, { populationAsOfMs, treatmentKeys });
}

/** As {@link readPopulation}, of records that have been decoded. */
export function populationOf(
  records: readonly ChangeRecord[],
  { populationAsOfMs, treatmentKeys }: Pick<ForecastInput, 'populationAsOfMs' | 'treatmentKeys'>,
): Population {
  const byHash = new Map<string, ChangeRecord>();
  for (const record of records) {
    const known = asKnown(record, populationAsOfMs, treatmentKeys);
    if (known !== null) byHash.set(sha256(JSON.stringify(known)), known);
  }
  const hashes = [...byHash.keys()].sort();
  return { records: hashes.map((hash) => byHash.get(hash)!), hash: sha256(hashes.join('\n')).slice(0, 12) };
}

/**
 * All samples of one target.
 * @throws {DomainError} INVALID_INPUT where a record's sums are not over `features` features.
 */
export function samplesOf({ records }: Population, target: string, features: number): OriginSample[] {
  return records.flatMap(({ origins }, patient) =>
    origins
      .filter((origin) => origin.target === target)
      .map((origin) => {
        if (origin.features.length !== (features * (features + 1)) / 2) {
          throw new DomainError('INVALID_INPUT', 'What was learned from another patient is about other features.', {
            field: 'population',
          });
        }
        return {
          patient,
          day: origin.day,
          features: symmetricOf(origin.features, features),
          changes: origin.changes.map((change) => ({ ...change, cross: Float64Array.from(change.cross) })),
        };
      }),
  );
}

/** What counts of a record at a time, all of it known since the beginning; null where nothing does. */
function asKnown(
  record: ChangeRecord,
  populationAsOfMs: number,
  treatmentKeys: readonly string[],
): ChangeRecord | null {
  const columns = treatmentKeys.map((key) => record.treatmentKeys.indexOf(key));
  if (columns.includes(-1)) return null;
  const origins = record.origins.flatMap((origin) => {
    const changes = origin.changes
      .filter(({ knownAtMs }) => knownAtMs <= populationAsOfMs)
      .map(({ intervalDays, exposures, cross, square }) => ({
        intervalDays,
        exposures: columns.map((column) => exposures[column]!),
        knownAtMs: 0,
        cross,
        square,
      }));
    return changes.length === 0 ? [] : [{ ...origin, changes }];
  });
  return origins.length === 0 ? null : { ...record, treatmentKeys, origins };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
