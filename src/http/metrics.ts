import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { problem } from './problem.ts';

/** Every label has few possible values: a client cannot grow the registry. */
export interface Metrics {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** `field` is the first root field of the operation, which the schema bounds. */
  readonly operationSeconds: Histogram<'type' | 'field' | 'outcome'>;
  watchSockets(count: () => number): void;
}

const BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'sequela_http_request_seconds',
      help: 'Time to answer an HTTP request.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    }),
    operationSeconds: new Histogram({
      name: 'sequela_graphql_operation_seconds',
      help: 'Time to answer a GraphQL operation over HTTP.',
      labelNames: ['type', 'field', 'outcome'],
      buckets: BUCKETS,
      registers: [registry],
    }),
    watchSockets: (count) => {
      const gauge: Gauge = new Gauge({
        name: 'sequela_graphql_sockets',
        help: 'Open GraphQL WebSockets.',
        registers: [registry],
        collect: (): void => gauge.set(count()),
      });
    },
  };
}

/** For the bearer of the configured token; without one, for this machine when asked directly. */
export function metricsEndpoint({ registry }: Metrics, token: string | null): RequestHandler {
  return async (request, response) => {
    const allowed =
      token === null
        ? isLoopbackAddress(request.socket.remoteAddress) && request.get('x-forwarded-for') === undefined
        : isSame(request.get('authorization') ?? '', `Bearer ${token}`);
    if (!allowed) {
      problem(response, 403);
      return;
    }
    response
      .set('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  };
}

const isLoopbackAddress = (address = ''): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address);

/** Compares digests, so that the time tells neither the length nor the first difference. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
