import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { CloseCode, handleProtocols, type Context } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { FaultError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Authenticate, Caller } from '../twins/caller.ts';
import type { GraphqlApi } from './graphql-api.ts';
import type { Metrics } from './metrics.ts';
import { createOperationRate } from './operation-rate.ts';
import { newRequestId } from './request-scope.ts';
import { untilFault } from './until-fault.ts';

const MAX_PAYLOAD = 64 * 1024;
const MAX_OPERATIONS_PER_SOCKET = 100;
const INIT_TIMEOUT_MS = 5000;
/** Longest delay that a timer of Node can have. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** RFC 6455: the server cannot go on with this socket; clients come back. */
const CLOSE_FAULT = 1011;

interface Session {
  caller?: Caller;
  expiry?: NodeJS.Timeout;
  abandoned?: AbortController;
}
type SocketContext = Context<Record<string, unknown> | undefined, Extra & Partial<Session>>;

interface SocketOptions {
  readonly server: Server;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly isTrusted: (request: IncomingMessage) => boolean;
  /** Operations that one user may start per minute, over all sockets. */
  readonly operationsPerMinute: number;
}

/**
 * GraphQL over WebSocket (`graphql-transport-ws`) at `/graphql`, by the same rules as over HTTP. The token comes with
 * `connection_init` as `authorization`; when it expires the socket is closed with 4403, and a client that comes back
 * with a new token goes on with `after`.
 */
export function createGraphqlSockets(
  api: GraphqlApi,
  authenticate: Authenticate,
  { server, logger, metrics, isTrusted, operationsPerMinute }: SocketOptions,
): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, handleProtocols });
  const mayStart = createOperationRate(operationsPerMinute);
  metrics.watchSockets(() => sockets.clients.size);
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node no longer listens to a socket that it hands over: a client that resets it would end the process.
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?', 1)[0];
    if (path !== '/graphql' || !isTrusted(request)) {
      socket.end(`HTTP/1.1 ${path === '/graphql' ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
      // The transport would print it beside our log; ws itself closes the socket with the code that fits.
      opened.removeAllListeners('error').on('error', (err) => logger.debug({ err }, 'a socket failed'));
    });
  };
  server.on('upgrade', upgrade);

  const transport = useServer<Record<string, unknown> | undefined, Partial<Session>>(
    {
      schema: api.schema,
      isProd: true,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async (context: SocketContext) => {
        const { authorization } = context.connectionParams ?? {};
        const result = await authenticate(typeof authorization === 'string' ? authorization : null).catch(
          (error: unknown) => {
            logger.error({ err: error }, 'authentication failed');
            context.extra.socket.close(CLOSE_FAULT, 'Try again later');
            return null;
          },
        );
        if (result === null || result.caller === null) return false;
        context.extra.caller = result.caller;
        context.extra.abandoned = new AbortController();
        if (result.expiresAt !== null) {
          const ms = Math.min(Math.max(result.expiresAt.getTime() - Date.now(), 0), MAX_TIMER_MS);
          const close = () => context.extra.socket.close(CloseCode.Forbidden, 'The token has expired');
          context.extra.expiry = setTimeout(close, ms).unref();
        }
        return true;
      },
      onClose: (context: SocketContext) => {
        clearTimeout(context.extra.expiry);
        context.extra.abandoned?.abort();
      },
      onSubscribe: (context: SocketContext, _id, payload) => {
        if (Object.keys(context.subscriptions).length > MAX_OPERATIONS_PER_SOCKET) {
          return [
            new GraphQLError('Too many operations on one connection.', { extensions: { code: 'QUERY_TOO_COMPLEX' } }),
          ];
        }
        if (context.extra.caller !== undefined && !mayStart(context.extra.caller.actor)) {
          return [
            new GraphQLError('Too many requests; try again in a minute.', { extensions: { code: 'RATE_LIMITED' } }),
          ];
        }
        const { query, variables, operationName } = payload;
        return prepare(api, context, query, variables ?? {}, operationName ?? null);
      },
      onOperation: (context: SocketContext, _id, _payload, _args, result) => {
        if (!(Symbol.asyncIterator in result)) return result;
        return untilFault(result as AsyncGenerator<ExecutionResult>, (error) => {
          logger.error({ err: error }, 'subscription failed');
          context.extra.socket.close(CLOSE_FAULT, 'Try again');
        });
      },
      onNext: (_context: SocketContext, _id, _payload, args, { data, errors }) =>
        errors === undefined
          ? undefined
          : {
              ...(data === undefined ? {} : { data }),
              errors: errors.map((error) => safe(error, requestIdOf(args))),
            },
      onError: (_context, _id, _payload, errors) => errors.map((error) => safe(error, newRequestId())),
    },
    sockets,
  );

  function safe(error: GraphQLError, requestId: string) {
    const { formatted, fault } = api.toClientError(error, requestId);
    if (fault !== null) {
      logger.error({ err: fault, requestId, field: error.path?.[0] }, 'operation failed');
    }
    return formatted;
  }

  return {
    async close() {
      server.off('upgrade', upgrade);
      await transport.dispose();
      sockets.close();
    },
  };
}

/** What HTTP does to an operation before it is executed. */
function prepare(
  api: GraphqlApi,
  context: SocketContext,
  query: string,
  variables: Record<string, unknown>,
  operationName: string | null,
): ExecutionArgs | readonly GraphQLError[] {
  const { caller, abandoned } = context.extra;
  if (caller === undefined || abandoned === undefined) {
    throw new FaultError('an operation on a socket without a caller');
  }
  let document;
  try {
    document = parse(query, { maxTokens: api.maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return [coded(error, 'GRAPHQL_PARSE_FAILED')];
    throw error;
  }
  const invalid = api.validate(document);
  if (invalid.length > 0) return invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
  const operation = getOperationAST(document, operationName);
  if (operation == null) return [new GraphQLError('The operation cannot be identified.')];
  const broken = api.checkLimits(document, operation, variables);
  if (broken !== null) return [broken];
  const contextValue = api.createContext(caller, {
    requestId: newRequestId(),
    signal: abandoned.signal,
    isSubscription: operation.operation === OperationTypeNode.SUBSCRIPTION,
  });
  return { schema: api.schema, document, operationName, variableValues: variables, contextValue };
}

/** The code that Apollo gives to the same error over HTTP. */
function coded(error: GraphQLError, code: string): GraphQLError {
  error.extensions['code'] = code;
  return error;
}

const requestIdOf = (args: ExecutionArgs): string => (args.contextValue as { readonly requestId: string }).requestId;
