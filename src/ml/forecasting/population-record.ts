import { z } from 'zod';
import { DomainError } from '../../errors.ts';

/** A kind of record that one patient leaves for forecasts of others: a JSON object that names its format and version. */
export interface RecordFormat<T> {
  readonly format: string;
  readonly version: number;
  /** As it reads after "is not". */
  readonly title: string;
  readonly schema: z.ZodType<T>;
}

/**
 * The JSON of a record's bytes.
 * @param position of the record among the population, for the error.
 * @throws {DomainError} INVALID_INPUT where they are longer than `maximumBytes`, truncated or no JSON in UTF-8.
 */
export function jsonOfRecord(
  bytes: Uint8Array,
  { title }: Pick<RecordFormat<unknown>, 'title'>,
  maximumBytes: number,
  position: number,
): unknown {
  if (bytes.byteLength > maximumBytes) {
    throw recordRefusal(position, `is ${bytes.byteLength} bytes long; at most ${maximumBytes} are read`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw recordRefusal(position, `is not a complete ${title}`, cause);
  }
}

/**
 * A record of a format; null for one of another version, which cannot be used.
 * @throws {DomainError} INVALID_INPUT naming what is at fault where it is no such record.
 */
export function recordOfJson<T>(
  json: unknown,
  { format, version, title, schema }: RecordFormat<T>,
  position: number,
): T | null {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const known = named.safeParse(json);
  if (known.success && known.data.format === format && known.data.version !== version) return null;
  const at = parsed.error.issues[0]?.path.join('.') ?? '';
  throw recordRefusal(position, `is not a ${title} of version ${version}${at === '' ? '' : `: ${at} is at fault`}`);
}

const named = z.looseObject({ format: z.string(), version: z.number().int() });

/** The refusal of one record among the population. */
export const recordRefusal = (position: number, what: string, cause?: unknown): DomainError =>
  new DomainError('INVALID_INPUT', `What was learned from another patient (record ${position}) ${what}.`, {
    field: `population[${position}]`,
    cause,
  });
