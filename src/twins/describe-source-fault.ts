import { DomainError, IntegrationError } from '../errors.ts';
import type { GapBody } from './timeline.ts';

const SENTENCE: Record<IntegrationError['kind'], string> = {
  network: 'could not be reached',
  timeout: 'did not answer in time',
  aborted: 'was not asked to the end, because the synchronisation was stopped',
  http: 'answered with an error',
  unauthorised: 'refused our access',
  'rate-limited': 'asked us to come back later',
  truncated: 'sent an incomplete answer',
  malformed: 'sent an answer that cannot be read',
  'unexpected-content-type': 'sent something other than what was asked for',
  'too-large': 'sent more than this server accepts',
  'off-origin': 'pointed to a server that is not allowed',
  loop: 'sent pages that lead in a circle',
  'partial-store': 'did not store everything',
  protocol: 'did not follow the standard',
};

/**
 * Puts a fault of a source into a gap that a clinician understands: what is missing and whether it may still come.
 * @param source what was asked, as the subject of a sentence, e.g. "The image archive".
 * @throws the error itself when it is neither a fault of the source nor a refusal of its content.
 */
export function gapFor(missing: GapBody['missing'], source: string, error: unknown): GapBody {
  if (error instanceof IntegrationError) {
    return {
      kind: 'gap',
      missing,
      reason: error.kind,
      message: `${source} ${SENTENCE[error.kind]}.`,
      isTransient: error.isTransient,
    };
  }
  if (error instanceof DomainError) {
    return { kind: 'gap', missing, reason: error.reason, message: error.message, isTransient: false };
  }
  throw error;
}
