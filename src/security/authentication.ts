import type { Caller } from '../twins/caller.ts';

/** A caller and how long the proof of who it is lasts; null for no end. */
export interface AuthenticatedCaller extends Caller {
  readonly expiresAt: Date | null;
}

/**
 * Says who is behind the value of an `Authorization` header, or of a WebSocket's `connection_init`.
 * @throws {AuthenticationError} when nobody is, or the proof is not good.
 */
export type Authenticate = (authorization: string | null) => Promise<AuthenticatedCaller>;

/** Why a token was not accepted, in words that are safe for a log and for the client. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
  /** The code of RFC 6750 for the `WWW-Authenticate` header; null where no token was sent at all. */
  readonly code: 'invalid_token' | null;

  constructor(message: string, options: { code: 'invalid_token' | null; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
