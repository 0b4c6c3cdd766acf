import { z } from 'zod';
import { type ClinicalCourse, startingAt } from '../../twins/clinical-course.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import { type ChangeRecord, changeRecordOf } from './change-record.ts';
import { jsonOfRecord, type RecordFormat, recordOfJson, recordRefusal } from './population-record.ts';

/**
 * What the personal model learns from one patient: the course of values and doses, and how images changed as sums. Holds no
 * identifier, no date of the patient's and no image: days count from the first measurement.
 */
export interface PersonalRecord {
  readonly course: ClinicalCourse;
  /** What the definition counted as treatments: of others the patient's exposure is unknown. */
  readonly treatmentKeys: readonly string[];
  readonly images: ChangeRecord;
}

/** Older measurements and doses than these many are left out, which bounds the cost. */
const MOST_MEASUREMENTS = 8192;
const MOST_DOSES = 32_768;
const MAXIMUM_BYTES = 16 * 1024 * 1024;

const name = z.string().min(1).max(128);
const number = z.number();

const record = z.strictObject({
  format: z.literal('sequela-personal-record'),
  version: z.literal(1),
  treatmentKeys: z.array(name).max(64),
  statics: z.record(name, z.union([number, z.string().max(256)])),
  measurements: z
    .array(z.strictObject({ variable: name, day: number, value: number, knownAtMs: number }))
    .max(MOST_MEASUREMENTS),
  doses: z
    .array(
      z.strictObject({
        treatment: name,
        fromDay: number,
        toDay: number,
        amount: number.nonnegative(),
        knownAtMs: number,
      }),
    )
    .max(MOST_DOSES),
  images: z.unknown(),
});

const PERSONAL_RECORD: RecordFormat<z.infer<typeof record>> = {
  format: 'sequela-personal-record',
  version: 1,
  title: 'record of a course',
  schema: record,
};

/** Deterministic: equal histories are equal bytes. Null where nothing was measured and no image changed. */
export function encodePersonalRecord(history: ChangeHistory, images: ChangeRecord): Uint8Array | null {
  const measurements = history.course.measurements.slice(-MOST_MEASUREMENTS);
  const doses = history.course.doses.slice(-MOST_DOSES);
  if (measurements.length === 0 && images.origins.length === 0) return null;
  const course = startingAt({ ...history.course, measurements, doses }, measurements[0]?.day ?? 0);
  return new TextEncoder().encode(
    JSON.stringify({
      format: 'sequela-personal-record',
      version: 1,
      treatmentKeys: history.treatmentKeys,
      statics: Object.fromEntries(Object.entries(course.statics).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))),
      measurements: course.measurements,
      doses: course.doses,
      images,
    }),
  );
}

/**
 * Reads a record back; null for one of another version, which cannot be used.
 * @param position of the record among the population, for the error.
 * @throws {DomainError} INVALID_INPUT where the bytes are longer than 16 MiB, truncated or no such record.
 */
export function decodePersonalRecord(
  bytes: Uint8Array,
  images: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
  position: number,
): PersonalRecord | null {
  const found = recordOfJson(jsonOfRecord(bytes, PERSONAL_RECORD, MAXIMUM_BYTES, position), PERSONAL_RECORD, position);
  if (found === null) return null;
  const { measurements, doses, statics, treatmentKeys } = found;
  if (doses.some(({ fromDay, toDay }) => toDay < fromDay)) {
    throw recordRefusal(position, 'has a dose that ends too early');
  }
  const imageRecord = changeRecordOf(found.images, images, position);
  return imageRecord === null ? null : { course: { measurements, doses, statics }, treatmentKeys, images: imageRecord };
}
