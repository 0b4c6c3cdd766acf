import { FaultError } from '../errors.ts';

/** The SQLSTATE or the system's code of an error; undefined where it has none. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A connection that could not be opened: the cause may hold the address of the server. */
export const unreachable = (cause: unknown): FaultError =>
  new FaultError(`the database cannot be reached (${sqlState(cause) ?? 'no code'})`, { cause });
