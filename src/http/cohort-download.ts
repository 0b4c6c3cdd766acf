import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { FaultError } from '../errors.ts';
import type { Actor } from '../twins/ports.ts';
import { problem } from './problem.ts';
import { callerOf } from './request-scope.ts';

/** The text of the cohort of a disease, piece by piece; null for a disease that the server does not know. */
export type CohortText = (actor: Actor, diseaseId: string) => AsyncIterable<string> | null;

/**
 * `/cohorts/DISEASE.json`: the courses of all twins of a disease without identity or dates, as `npm run train` and `npm run
 * predict` read them. Streamed, so that a large cohort takes no memory.
 */
export function cohortDownload(cohortText: CohortText): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    if (caller === undefined) throw new FaultError('a cohort was asked for without authentication');
    const [, diseaseId] = /^([a-z][a-z0-9-]*)\.json$/.exec(String(request.params['file'])) ?? [];
    if (diseaseId === undefined) return problem(response, 404);
    if (!caller.permissions.has('READ_RECORD') || !caller.permissions.has('READ_TWIN')) {
      return problem(response, 403, 'You may not take the records of a cohort.');
    }
    const text = cohortText(caller.actor, diseaseId);
    if (text === null) return problem(response, 404);
    response.type('application/json').set({ 'cache-control': 'no-store' });
    return pipeline(Readable.from(text), response);
  };
}
