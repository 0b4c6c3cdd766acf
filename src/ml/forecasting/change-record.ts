import { z } from 'zod';
import { DomainError } from '../../errors.ts';

/**
 * What one patient's visit pairs say about change: sums over rows z = [local features..., y], y being the change from the
 * earlier to the later visit. Everything that is fitted or validated is a sum of these.
 */
export interface PairStatistics {
  /** `image`, or `log/<variable>` and `difference/<variable>` after the scale that the change is measured on. */
  readonly target: string;
  readonly intervalDays: number;
  /** Treatment amounts over the interval, in the order of the record's `treatmentKeys`. */
  readonly exposures: readonly number[];
  /** Epoch milliseconds from which every visit behind these sums may be used. */
  readonly knownAtMs: number;
  /** Rows summed: 1 for a value, the foreground voxels for an image. */
  readonly count: number;
  /** Mean of z z' over the rows: lower triangle, row by row. */
  readonly moments: readonly number[];
}

/** One patient's record. Holds no identifier, no date of the patient's and no image. */
export interface ChangeRecord {
  readonly format: 'sequela-change-record';
  readonly version: 1;
  readonly modelId: string;
  /** Version of the model's features: sums of other features mean something else. */
  readonly featureVersion: number;
  readonly treatmentKeys: readonly string[];
  readonly pairs: readonly PairStatistics[];
}

const MAXIMUM_BYTES = 8 * 1024 * 1024;
const name = z.string().min(1).max(128);
const finite = z.number().refine(Number.isFinite);

const record = z.strictObject({
  format: z.literal('sequela-change-record'),
  version: z.literal(1),
  modelId: name,
  featureVersion: z.number().int().positive(),
  treatmentKeys: z.array(name).max(64),
  pairs: z
    .array(
      z.strictObject({
        target: name,
        intervalDays: z.number().positive().max(50_000),
        exposures: z.array(finite.nonnegative()).max(64),
        knownAtMs: finite,
        count: z.number().int().positive(),
        moments: z.array(finite).min(3).max(600),
      }),
    )
    .max(20_000),
});

/** Deterministic: equal records are equal bytes. */
export const encodeChangeRecord = (value: ChangeRecord): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * Reads a record back; null for one that an earlier or later version of the same model made, which cannot be used.
 * @param position of the record among the population, for the error.
 * @throws {DomainError} INVALID_INPUT where the bytes are longer than 8 MiB, truncated, of another format or model, or
 *   where their sums do not fit their header.
 */
export function decodeChangeRecord(
  bytes: Uint8Array,
  expected: Pick<ChangeRecord, 'modelId' | 'featureVersion'>,
  position: number,
): ChangeRecord | null {
  if (bytes.byteLength > MAXIMUM_BYTES) {
    throw refusal(position, `is ${bytes.byteLength} bytes long; at most ${MAXIMUM_BYTES} are read`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refusal(position, 'is not a complete change record', cause);
  }
  const parsed = record.safeParse(json);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw refusal(position, `is not a change record of version 1${at === '' ? '' : `: ${at} is at fault`}`);
  }
  if (parsed.data.modelId !== expected.modelId) {
    throw refusal(position, `was made for another model; expected ${expected.modelId}`);
  }
  for (const pair of parsed.data.pairs) {
    if (pair.exposures.length !== parsed.data.treatmentKeys.length || !isTriangular(pair.moments.length)) {
      throw refusal(position, 'has a pair whose sums do not fit its header');
    }
  }
  return parsed.data.featureVersion === expected.featureVersion ? parsed.data : null;
}

const isTriangular = (length: number): boolean => {
  const size = Math.round((Math.sqrt(8 * length + 1) - 1) / 2);
  return (size * (size + 1)) / 2 === length;
};

const refusal = (position: number, what: string, cause?: unknown): DomainError =>
  new DomainError('INVALID_INPUT', `What was learned from another patient (record ${position}) ${what}.`, {
    field: `population[${position}]`,
    cause,
  });
