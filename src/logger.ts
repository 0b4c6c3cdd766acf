/**
 * Structured logs without PHI. Anything that could carry a patient's identity, an address or a credential is removed
 * by key; errors are reduced to their class, message and stack of our own making, because foreign messages may quote
 * server text.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import { ConfigurationError, DomainError, FaultError, IntegrationError } from './errors.ts';

export type Logger = pino.Logger;

interface LogContext {
  readonly requestId?: string;
  readonly jobId?: string;
}
const context = new AsyncLocalStorage<LogContext>();

/** Everything logged while `work` runs carries these ids. */
export const withLogContext = <T>(values: LogContext, work: () => T): T => context.run(values, work);

const SECRET_KEYS = [
  'authorization',
  'cookie',
  'token',
  'password',
  'url',
  'name',
  'familyName',
  'givenNames',
  'birthDate',
  'identifiers',
  'identifier',
  'fhirId',
  'patientId',
  'body',
  'headers',
];

/** Writes JSON lines to stderr, so that stdout stays free for a command's result. */
export function createLogger(level: string, destination: pino.DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), remove: true },
      mixin: () => ({ ...context.getStore() }),
      serializers: { err: (error: unknown) => describeError(error) },
    },
    destination,
  );
}

/** Of an error and what caused it: a chain may be long, or a ring. */
const MOST_CAUSES = 5;
/** Names and codes of foreign errors; a longer text, or one with spaces, may be anything. */
const WORD = /^\w{1,64}$/;

function describeError(error: unknown, causes = MOST_CAUSES): Record<string, unknown> {
  if (!(error instanceof Error)) {
    return { type: typeof error };
  }
  const isOurs =
    error instanceof DomainError ||
    error instanceof IntegrationError ||
    error instanceof FaultError ||
    error instanceof ConfigurationError;
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: WORD.test(error.name) ? error.name : 'Error',
    ...(isOurs ? { message: error.message } : {}),
    ...(typeof code === 'string' && WORD.test(code) ? { code } : {}),
    ...(error instanceof IntegrationError ? { kind: error.kind, status: error.status } : {}),
    ...(error instanceof DomainError ? { reason: error.reason } : {}),
    // Frames only: the first lines of a stack repeat the message.
    at: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(error.cause === undefined || causes === 0 ? {} : { cause: describeError(error.cause, causes - 1) }),
  };
}
