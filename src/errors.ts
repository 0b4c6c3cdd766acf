/**
 * The family of errors that this project throws.
 *
 * A *refusal* (`DomainError`) is an expected outcome: it carries a `reason` from a closed list and a `message` that a
 * clinician can read, without identifiers; the GraphQL layer turns it into a result type. A *fault* (`FaultError`) is
 * everything else: it carries a cause, is logged once, and never reaches a client as text.
 */
export const REFUSAL_REASONS = [
  'NOT_FOUND',
  'FORBIDDEN',
  'INVALID_INPUT',
  'ALREADY_EXISTS',
  'CONFLICT',
  'INSUFFICIENT_HISTORY',
  'SOURCE_UNAVAILABLE',
  'SOURCE_INCOMPLETE',
  'UNSUPPORTED',
  'TOO_LARGE',
  'CANCELLED',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly reason: RefusalReason;
  /** Path of the input field at fault, e.g. `interventions[0].amountPerDay`. */
  readonly field: string | undefined;

  constructor(reason: RefusalReason, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.field = options.field;
  }
}

/** What went wrong with a system outside of ours, in words that a retry policy and a person can both use. */
export type IntegrationFaultKind =
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'http'
  | 'unauthorised'
  | 'rate-limited'
  | 'truncated'
  | 'malformed'
  | 'unexpected-content-type'
  | 'too-large'
  | 'off-origin'
  | 'loop'
  | 'partial-store'
  | 'protocol';

/** A fault of the PACS or the EHR. `message` never holds a URL, an identifier or text from the server. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
  readonly kind: IntegrationFaultKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: IntegrationFaultKind,
    message: string,
    options: { status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** True where the same request may succeed later without anybody changing anything. */
  get isTransient(): boolean {
    return (
      this.kind === 'network' ||
      this.kind === 'timeout' ||
      this.kind === 'rate-limited' ||
      this.kind === 'truncated' ||
      (this.kind === 'http' && (this.status ?? 0) >= 500)
    );
  }
}

/** Configuration or a file of ours is wrong; lists every fault found, not only the first. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[]) {
    super(`${what}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** A defect or an environment failure; the cause is for the log only. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}
