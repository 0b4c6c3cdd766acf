import { DomainError } from '../../errors.ts';
import type { Page, PageRequest } from '../../twins/ports.ts';

const LARGEST_PAGE = 500;
const LONGEST_CURSOR = 1000;

/**
 * The number of rows to ask the server for: one more than wanted tells whether there is a next page.
 * @throws {DomainError} INVALID_INPUT when `first` is not a whole number of 1..500.
 */
export function rowLimit(first: number): number {
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE) {
    throw new DomainError('INVALID_INPUT', `A page holds 1 to ${LARGEST_PAGE} rows.`, { field: 'first' });
  }
  return first + 1;
}

/** `rows` may hold one more than `first`; `keyOf` gives the values that the rows are ordered by. */
export function pageOf<T>(rows: readonly T[], first: number, keyOf: (row: T) => readonly string[]): Page<T> {
  return {
    rows: rows.slice(0, first).map((node) => ({ node, cursor: encode(keyOf(node)) })),
    hasNextPage: rows.length > first,
  };
}

/**
 * The key of the last row seen; null for the first page.
 * @param checks one per value of the key.
 * @throws {DomainError} INVALID_INPUT when the cursor is not one of ours.
 */
export function keyAfter(
  { after }: Pick<PageRequest, 'after'>,
  checks: readonly ((value: string) => boolean)[],
): readonly string[] | null {
  if (after === null) {
    return null;
  }
  const key = decode(after);
  if (key === null || key.length !== checks.length || !checks.every((check, index) => check(key[index] ?? ''))) {
    throw new DomainError('INVALID_INPUT', 'This cursor does not belong to this list.', { field: 'after' });
  }
  return key;
}

/** A day that exists, of a year that PostgreSQL knows: it has no year 0. */
export function isInstant(value: string): boolean {
  const at = new Date(value);
  return !value.startsWith('0000') && !Number.isNaN(at.getTime()) && at.toISOString() === value && value.length === 24;
}

export const isText = (value: string): boolean => !value.includes('\0');

export const isRevision = (value: string): boolean => /^\d{1,9}$/.test(value);

const encode = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

function decode(cursor: string): readonly string[] | null {
  if (cursor.length > LONGEST_CURSOR) {
    return null;
  }
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(key) && key.every((value) => typeof value === 'string') ? key : null;
  } catch {
    return null;
  }
}
