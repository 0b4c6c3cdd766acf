import { createHash } from 'node:crypto';
import { DomainError } from '../../errors.ts';
import type { ForecastInput } from '../../twins/forecast.ts';
import { type ChangeRecord, decodeChangeRecord, encodeChangeRecord } from './change-record.ts';
import { symmetricOf } from './moments.ts';

/** The sums of one interval of another patient, ready to be added up. */
export interface ChangeSample {
  /** Number of the patient among the population. */
  readonly patient: number;
  readonly intervalDays: number;
  /** In the order of the input's `treatmentKeys`. */
  readonly exposures: readonly number[];
  /** Mean of z z', z = [features..., y]: row-major, size (features + 1)^2. */
  readonly matrix: Float64Array;
}

export interface Population {
  readonly records: readonly ChangeRecord[];
  /** First 12 hex digits of the SHA-256 over the records as they are used. */
  readonly hash: string;
}

/**
 * The records of others as far as they were known at the input's `asOf`, each once, in the order of their bytes' hash, so
 * that neither the order nor what became known later changes anything. A record that knows nothing of one of the
 * input's treatments is left out: its patient's exposure is unknown.
 * @throws {DomainError} INVALID_INPUT for bytes that are no record of this model.
 */
export function readPopulation(
  { population, asOfMs, treatmentKeys }: Pick<ForecastInput, 'population' | 'asOfMs' | 'treatmentKeys'>,
  model: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
): Population {
  const byHash = new Map<string, ChangeRecord>();
  population.forEach((bytes, position) => {
    const record = decodeChangeRecord(bytes, model, position);
    const known = record === null ? null : asKnown(record, asOfMs, treatmentKeys);
    if (known !== null) byHash.set(sha256(encodeChangeRecord(known)), known);
  });
  const hashes = [...byHash.keys()].sort();
  return { records: hashes.map((hash) => byHash.get(hash)!), hash: sha256(hashes.join('\n')).slice(0, 12) };
}

/**
 * All samples of one target.
 * @throws {DomainError} INVALID_INPUT where a record's sums are not over `features` features.
 */
export function samplesOf({ records }: Population, target: string, features: number): ChangeSample[] {
  const size = features + 1;
  return records.flatMap(({ pairs }, patient) =>
    pairs
      .filter((pair) => pair.target === target)
      .map(({ intervalDays, exposures, moments }) => {
        if (moments.length !== (size * (size + 1)) / 2) {
          throw new DomainError('INVALID_INPUT', 'What was learned from another patient is about other features.', {
            field: 'population',
          });
        }
        return { patient, intervalDays, exposures, matrix: symmetricOf(moments, size) };
      }),
  );
}

function asKnown(record: ChangeRecord, asOfMs: number, treatmentKeys: readonly string[]): ChangeRecord | null {
  const columns = treatmentKeys.map((key) => record.treatmentKeys.indexOf(key));
  const pairs = record.pairs.filter(({ knownAtMs }) => knownAtMs <= asOfMs);
  if (columns.includes(-1) || pairs.length === 0) return null;
  return {
    ...record,
    treatmentKeys,
    pairs: pairs.map(({ target, intervalDays, exposures, knownAtMs: known, count, moments }) => ({
      target,
      intervalDays,
      exposures: columns.map((column) => exposures[column]!),
      knownAtMs: known,
      count,
      moments,
    })),
  };
}

const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
