import type { Request, RequestHandler } from 'express';
import { type Logger, withLogContext } from '../logger.ts';
import type { Metrics } from './metrics.ts';
import { callerOf, inRequest, newRequestId } from './request-scope.ts';

/** One line per request: no address, no parameter, no identity but the hospital's. */
export function requestLog(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const requestId = newRequestId(request.get('x-request-id'));
    const startedAt = performance.now();
    response.setHeader('x-request-id', requestId);
    response.once('close', () => {
      const ms = performance.now() - startedAt;
      const route = routeOf(request);
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestSeconds.observe({ method: methodOf(request), route, status: String(status) }, ms / 1000);
      if (route === '/livez' || route === '/readyz' || route === '/metrics') return;
      const tenant = callerOf(response)?.actor.tenantId;
      logger.info({ requestId, method: methodOf(request), route, status, ms: Math.round(ms), tenant }, 'request');
    });
    withLogContext({ requestId }, () => inRequest(requestId, next));
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const methodOf = (request: Request): string => (METHODS.has(request.method) ? request.method : 'other');

/** The template of the route, never the path: a path may hold what must not be logged, and anybody can invent one. */
function routeOf(request: Request): string {
  const route: unknown = (request.route as { path?: unknown } | undefined)?.path;
  if (typeof route === 'string') return `${request.baseUrl}${route}`;
  return request.baseUrl === '/graphql' || /^\/graphql(?:[/?]|$)/.test(request.originalUrl) ? '/graphql' : 'other';
}
