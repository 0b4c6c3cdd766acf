import type { RequestHandler } from 'express';
import type { Authenticate } from '../twins/caller.ts';
import { problem } from './problem.ts';
import { setCaller } from './request-scope.ts';

/** Lets only requests of known callers through (RFC 6750). */
export function authentication(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const result = await authenticate(request.get('authorization') ?? null);
    if (result.caller === null) {
      const challenge = result.isTokenInvalid ? 'Bearer error="invalid_token"' : 'Bearer';
      response.set('www-authenticate', challenge);
      problem(response, 401, result.message);
      return;
    }
    setCaller(response, result.caller);
    next();
  };
}
