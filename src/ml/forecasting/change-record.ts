import { z } from 'zod';
import { jsonOfRecord, type RecordFormat, recordOfJson, recordRefusal } from './population-record.ts';

/**
 * What one patient's visits say about change, as sums over rows (f, y): f the local features at an earlier visit, the
 * origin, y the change to a later one. The features are the same for every change from an origin, so their sums stand
 * once. Everything that is fitted or validated is a sum of these.
 */
export interface OriginStatistics {
  /** `image`, or `log/<variable>` and `difference/<variable>` after the scale that the change is measured on. */
  readonly target: string;
  /** Days from the patient's first visit to the origin. */
  readonly day: number;
  /** Rows summed: 1 for a value, the sampled voxels for an image. */
  readonly count: number;
  /** Mean of f f' over the rows: lower triangle, row by row. */
  readonly features: readonly number[];
  readonly changes: readonly ChangeStatistics[];
}

export interface ChangeStatistics {
  readonly intervalDays: number;
  /** Treatment amounts over the interval, in the order of the record's `treatmentKeys`. */
  readonly exposures: readonly number[];
  /** Epoch milliseconds from which every visit behind these sums may be used. */
  readonly knownAtMs: number;
  /** Mean of f y over the rows. */
  readonly cross: readonly number[];
  /** Mean of y^2 over the rows. */
  readonly square: number;
}

/** One patient's record. Holds no identifier, no date of the patient's and no image. */
export interface ChangeRecord {
  readonly format: 'sequela-change-record';
  readonly version: 2;
  readonly modelId: string;
  /** Version of the model's features: sums of other features mean something else. */
  readonly featureVersion: number;
  readonly treatmentKeys: readonly string[];
  readonly origins: readonly OriginStatistics[];
}

const MAXIMUM_BYTES = 8 * 1024 * 1024;
const name = z.string().min(1).max(128);

/** `z.number()` holds finite numbers only. */
const record = z.strictObject({
  format: z.literal('sequela-change-record'),
  version: z.literal(2),
  modelId: name,
  featureVersion: z.number().int().positive(),
  treatmentKeys: z.array(name).max(64),
  origins: z
    .array(
      z.strictObject({
        target: name,
        day: z.number().nonnegative(),
        count: z.number().int().positive(),
        features: z.array(z.number()).min(1).max(600),
        changes: z
          .array(
            z.strictObject({
              intervalDays: z.number().positive().max(50_000),
              exposures: z.array(z.number().nonnegative()).max(64),
              knownAtMs: z.number(),
              cross: z.array(z.number()).min(1).max(34),
              square: z.number().nonnegative(),
            }),
          )
          .min(1)
          .max(64),
      }),
    )
    .max(5000),
});

const CHANGE_RECORD: RecordFormat<ChangeRecord> = {
  format: 'sequela-change-record',
  version: 2,
  title: 'change record',
  schema: record,
};

/** Deterministic: equal records are equal bytes. */
export const encodeChangeRecord = (value: ChangeRecord): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * Reads a record back; null for one of another version of the format or of the model's features, which cannot be used.
 * @param position of the record among the population, for the error.
 * @throws {DomainError} INVALID_INPUT where the bytes are longer than 8 MiB, truncated, of another format or model, or
 *   where their sums do not fit each other.
 */
export const decodeChangeRecord = (
  bytes: Uint8Array,
  expected: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
  position: number,
): ChangeRecord | null =>
  changeRecordOf(jsonOfRecord(bytes, CHANGE_RECORD, MAXIMUM_BYTES, position), expected, position);

/** As {@link decodeChangeRecord}, of JSON that has been read. */
export function changeRecordOf(
  json: unknown,
  expected: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
  position: number,
): ChangeRecord | null {
  const found = recordOfJson(json, CHANGE_RECORD, position);
  if (found === null) return null;
  if (found.modelId !== expected.modelId) {
    throw recordRefusal(position, `was made for another model; expected ${expected.modelId}`);
  }
  const treatments = found.treatmentKeys.length;
  for (const { features, changes } of found.origins) {
    const fits = changes.every(
      ({ exposures, cross }) => exposures.length === treatments && features.length === triangleOf(cross.length),
    );
    if (!fits) throw recordRefusal(position, 'has sums that do not fit each other');
  }
  return found.featureVersion === expected.featureVersion ? found : null;
}

/** Elements of the lower triangle of a square matrix. */
const triangleOf = (size: number): number => (size * (size + 1)) / 2;
