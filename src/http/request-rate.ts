import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { problem } from './problem.ts';
import { callerOf } from './request-scope.ts';

/** Limits how often one user may ask, counted per process. */
export function requestRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request, response) => {
      const actor = callerOf(response)?.actor;
      return actor === undefined ? ipKeyGenerator(request.ip ?? '') : JSON.stringify([actor.tenantId, actor.userId]);
    },
    handler: (_request, response) => problem(response, 429, 'Too many requests; try again in a minute.'),
  });
}
