import type { Actor } from './ports.ts';

/** What a caller of the API may do; the schema says what each one opens. */
export const PERMISSIONS = [
  'READ_PATIENT',
  'READ_RECORD',
  'READ_IMAGE',
  'READ_TWIN',
  'WRITE_TWIN',
  'RUN_FORECAST',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Who is asking, and what they may do. */
export interface Caller {
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
}

/** `message` is safe for a client; `isTokenInvalid` is false where no token was sent at all. */
export type Authentication =
  | { readonly caller: Caller; /** Null: without end. */ readonly expiresAt: Date | null }
  | { readonly caller: null; readonly message: string; readonly isTokenInvalid: boolean };

/**
 * Says who is behind the value of an `Authorization` header, or of a WebSocket's `connection_init`.
 * @throws {FaultError} when that cannot be found out at the moment.
 */
export type Authenticate = (authorization: string | null) => Promise<Authentication>;
