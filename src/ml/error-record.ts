import { ConfigurationError, DomainError, FaultError, IntegrationError } from '../errors.ts';
import type { IntegrationFaultKind, RefusalReason } from '../errors.ts';

/** An error as plain data, so that it keeps its class and its fields on the way between threads. */
export type ErrorRecord = {
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: ErrorRecord | undefined;
} & (
  | { readonly class: 'DomainError'; readonly reason: RefusalReason; readonly field: string | undefined }
  | {
      readonly class: 'IntegrationError';
      readonly kind: IntegrationFaultKind;
      readonly status: number | undefined;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly class: 'ConfigurationError'; readonly problems: readonly string[] }
  | { readonly class: 'FaultError' }
  | { readonly class: 'other'; readonly name: string }
);

const MAXIMUM_CAUSES = 8;

/** Whatever was thrown, as a record; causes deeper than eight are left out. */
export function recordOfError(error: unknown, depth = 0): ErrorRecord {
  if (!(error instanceof Error)) {
    return { class: 'other', name: 'Error', message: String(error), stack: undefined, cause: undefined };
  }
  const cause =
    error.cause === undefined || depth >= MAXIMUM_CAUSES ? undefined : recordOfError(error.cause, depth + 1);
  const base = { message: error.message, stack: error.stack, cause };
  if (error instanceof DomainError) {
    return { ...base, class: 'DomainError', reason: error.reason, field: error.field };
  }
  if (error instanceof IntegrationError) {
    const { kind, status, retryAfterMs } = error;
    return { ...base, class: 'IntegrationError', kind, status, retryAfterMs };
  }
  if (error instanceof ConfigurationError) {
    return { ...base, class: 'ConfigurationError', problems: error.problems };
  }
  return error instanceof FaultError ? { ...base, class: 'FaultError' } : { ...base, class: 'other', name: error.name };
}

/**
 * The error that a record was made of: the same class, message, fields, stack and causes. An error of a class that is not
 * ours comes back as the cause of a `FaultError`, which is never shown to a client.
 */
export function errorOfRecord(record: ErrorRecord): Error {
  if (record.class === 'other') {
    return new FaultError('a task in a worker thread failed', { cause: plainError(record) });
  }
  const error = errorOfClass(record);
  restoreStack(error, record);
  return error;
}

function errorOfClass(record: Exclude<ErrorRecord, { class: 'other' }>): Error {
  const cause = record.cause === undefined ? undefined : causeOfRecord(record.cause);
  if (record.class === 'DomainError') {
    const { reason, message, field } = record;
    return new DomainError(reason, message, { cause, ...(field === undefined ? {} : { field }) });
  }
  if (record.class === 'IntegrationError') {
    const { kind, message, status, retryAfterMs } = record;
    return new IntegrationError(kind, message, { cause, status, retryAfterMs });
  }
  return record.class === 'ConfigurationError'
    ? Object.assign(new ConfigurationError('', record.problems), { message: record.message, cause })
    : new FaultError(record.message, { cause });
}

const causeOfRecord = (record: ErrorRecord): Error =>
  record.class === 'other' ? plainError(record) : errorOfRecord(record);

function plainError(record: Extract<ErrorRecord, { class: 'other' }>): Error {
  const error = new Error(record.message, record.cause === undefined ? {} : { cause: causeOfRecord(record.cause) });
  error.name = record.name;
  restoreStack(error, record);
  return error;
}

function restoreStack(error: Error, record: ErrorRecord): void {
  if (record.stack !== undefined) {
    error.stack = record.stack;
  }
}
