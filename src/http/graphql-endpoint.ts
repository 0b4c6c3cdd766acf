import type { Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type RequestHandler, type Response } from 'express';
import { GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { FaultError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { GraphqlApi } from './graphql-api.ts';
import type { Metrics } from './metrics.ts';
import { callerOf, requestId } from './request-scope.ts';

/** No operation of the viewer or of an EHR comes near it. */
const MAX_BODY = '256kb';

/** GraphQL over HTTP. */
export async function createGraphqlEndpoint(
  api: GraphqlApi,
  { server, logger, metrics, drainMs }: { server: Server; logger: Logger; metrics: Metrics; drainMs: number },
): Promise<{ readonly handler: RequestHandler[]; stop(): Promise<void> }> {
  const apollo = new ApolloServer<BaseContext>({
    schema: api.schema,
    introspection: api.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: api.maxTokens },
    hideSchemaDetailsFromClientErrors: !api.introspection,
    includeStacktraceInErrorResponses: false,
    // Otherwise a signal would end the process before our own order of closing.
    stopOnTerminationSignals: false,
    logger: quiet,
    formatError: (formatted, error) => {
      const asGraphql =
        error instanceof GraphQLError
          ? error
          : new GraphQLError(formatted.message, {
              extensions: formatted.extensions ?? {},
              originalError: error instanceof Error ? error : null,
            });
      const { formatted: safe, fault } = api.toClientError(asGraphql, requestId());
      if (fault !== null) {
        logger.error({ err: fault, field: asGraphql.path?.[0] }, 'operation failed');
      }
      return safe;
    },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: server, stopGracePeriodMillis: drainMs }),
      checkLimits(api),
      measure(metrics),
    ],
  });
  await apollo.start();
  return {
    handler: [
      express.json({ limit: MAX_BODY, type: 'application/json' }),
      expressMiddleware(apollo, {
        context: ({ res }) => Promise.resolve(contextOf(api, res)),
      }),
    ],
    stop: () => apollo.stop(),
  };
}

function contextOf(api: GraphqlApi, response: Response): object {
  const caller = callerOf(response);
  if (caller === undefined) {
    throw new FaultError('the endpoint was reached without authentication');
  }
  const abandoned = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abandoned.abort();
  });
  return api.createContext(caller, { requestId: requestId(), signal: abandoned.signal, isSubscription: false });
}

const checkLimits = (api: GraphqlApi): ApolloServerPlugin => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ document, operation, request }) => {
        const broken = operation === undefined ? null : api.checkLimits(document, operation, request.variables ?? {});
        return broken === null ? Promise.resolve() : Promise.reject(broken);
      },
    }),
});

const measure = (metrics: Metrics): ApolloServerPlugin => ({
  requestDidStart: () => {
    const stop = metrics.operationSeconds.startTimer();
    return Promise.resolve({
      willSendResponse: ({ operation, errors }) => {
        const outcome = errors === undefined || errors.length === 0 ? 'ok' : 'error';
        stop({ type: operation?.operation ?? 'none', field: rootField(operation), outcome });
        return Promise.resolve();
      },
    });
  },
});

function rootField(operation: OperationDefinitionNode | undefined): string {
  const first = operation?.selectionSet.selections[0];
  return first?.kind === Kind.FIELD ? first.name.value : 'none';
}

/** What went wrong is logged by `formatError`, once and without foreign text. */
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
