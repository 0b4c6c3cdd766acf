import { elementsOf } from './element.ts';
import type { Element } from './element.ts';

/** What an OperationOutcome inside a searchset says about its completeness. */
export interface OutcomeFault {
  /** An issue type of R4 (http://hl7.org/fhir/issue-type), or `unknown`. */
  readonly code: string;
  /** True where the missing part may come another time. */
  readonly isTransient: boolean;
}

/** Issue types that say "this is not everything" at any severity (R4 issue-type: transient, too-costly, suppressed). */
const PARTIAL = new Set([
  'transient',
  'incomplete',
  'timeout',
  'throttled',
  'exception',
  'lock-error',
  'no-store',
  'too-costly',
  'suppressed',
]);
const LASTING = new Set(['not-supported', 'suppressed', 'forbidden', 'security', 'too-costly']);

/** Null where no issue means that something is missing: warnings and information about anything else. */
export function outcomeFault(outcome: Element): OutcomeFault | null {
  for (const issue of elementsOf(outcome['issue'])) {
    const code = typeof issue['code'] === 'string' && /^[a-z-]{1,32}$/.test(issue['code']) ? issue['code'] : 'unknown';
    const isFault = issue['severity'] === 'error' || issue['severity'] === 'fatal';
    if (isFault || PARTIAL.has(code)) return { code, isTransient: !LASTING.has(code) };
  }
  return null;
}
