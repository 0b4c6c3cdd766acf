import { createServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createGraphqlSockets } from '../../../src/http/graphql-sockets.ts';
import { createMetrics } from '../../../src/http/metrics.ts';
import { createLogger } from '../../../src/logger.ts';
import { createApiSchema } from '../../../src/resolvers/schema.ts';

it.each(['/elsewhere', '/graphql'])('a client that resets an upgrade to %s does not end the process', (path) => {
  const server = createServer();
  createGraphqlSockets(
    {
      schema: createApiSchema(),
      introspection: true,
      maxTokens: 100,
      createContext: () => ({}),
      validate: () => [],
      checkLimits: () => null,
      toClientError: () => ({ formatted: { message: '' }, fault: null }),
    },
    () => Promise.resolve({ caller: null, message: '', isTokenInvalid: false }),
    {
      server,
      logger: createLogger('silent'),
      metrics: createMetrics(),
      isTrusted: () => false,
      operationsPerMinute: 1,
    },
  );
  const request = new IncomingMessage(new Socket());
  request.url = path;
  const socket = new PassThrough();
  server.emit('upgrade', request, socket, Buffer.alloc(0));
  // An error event that nobody listens to is thrown.
  expect(() => socket.emit('error', new Error('ECONNRESET'))).not.toThrow();
});
