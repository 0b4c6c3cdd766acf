import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { DomainError } from '../errors.ts';

/** Codes of errors that this server or its libraries write for clients; the text of any other stays inside. */
const PUBLIC_CODES = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
]);

export interface ClientError {
  readonly formatted: GraphQLFormattedError;
  /** The fault behind it, to be logged once; null where the client is at fault. */
  readonly fault: unknown;
}

/** What a client may read of an error: a refusal with its reason, or a fault as nothing but a request id. */
export function toClientError(error: GraphQLError, requestId: string): ClientError {
  const cause = error.originalError ?? null;
  const place = {
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
  };
  if (cause instanceof DomainError) {
    const extensions = { code: cause.reason, ...(cause.field === undefined ? {} : { field: cause.field }) };
    return { formatted: { message: cause.message, ...place, extensions }, fault: null };
  }
  const code = error.extensions['code'];
  if (typeof code === 'string' && PUBLIC_CODES.has(code)) {
    const { requires } = error.extensions;
    const extensions = { code, ...(requires === undefined ? {} : { requires }) };
    return { formatted: { message: error.message, ...place, extensions }, fault: null };
  }
  if (code === undefined && error.path === undefined) {
    // The library's own words about the query or its variables: nothing was executed yet.
    return { formatted: { message: error.message, ...place, extensions: { code: 'BAD_USER_INPUT' } }, fault: null };
  }
  return {
    formatted: {
      message: 'Something went wrong on the server.',
      ...place,
      extensions: { code: 'INTERNAL', requestId },
    },
    fault: cause ?? error,
  };
}
