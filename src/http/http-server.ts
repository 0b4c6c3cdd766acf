import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { BlobStore, UnitOfWork } from '../twins/ports.ts';
import type { Authenticate } from '../twins/caller.ts';
import type { Logger } from '../logger.ts';
import { authentication } from './authentication.ts';
import { cohortDownload, type CohortText } from './cohort-download.ts';
import { createGraphqlEndpoint } from './graphql-endpoint.ts';
import type { GraphqlApi } from './graphql-api.ts';
import { createGraphqlSockets } from './graphql-sockets.ts';
import { health } from './health.ts';
import { landingPage } from './landing-page.ts';
import { createMetrics, metricsEndpoint } from './metrics.ts';
import { displacementFields, type FieldNifti } from './pictures/displacement-fields.ts';
import { pictures, type NiftiHeader } from './pictures/pictures.ts';
import { answerFault, notFound } from './problem.ts';
import { requestLog } from './request-log.ts';
import { requestRate } from './request-rate.ts';
import { hostCheck, isTrustedOrigin, securityHeaders } from './same-origin.ts';

export interface HttpServerOptions {
  /** True where only this machine can reach the server: other `Host` names are refused (DNS rebinding). */
  readonly isLoopback: boolean;
  /** Origins of web pages that may open a WebSocket, besides the server's own. */
  readonly allowedOrigins: readonly string[];
  /** Proxies in front of the server whose `X-Forwarded-For` counts; 0 for none. */
  readonly trustedProxies: number;
  readonly requestsPerMinute: number;
  readonly picturesPerMinute: number;
  /** Null: `/metrics` answers this machine only. */
  readonly metricsToken: string | null;
  /** How long requests may take to end when the server closes. */
  readonly drainMs: number;
}

export const DEFAULT_HTTP_OPTIONS = {
  isLoopback: true,
  allowedOrigins: [],
  trustedProxies: 0,
  requestsPerMinute: 600,
  picturesPerMinute: 6000,
  metricsToken: null,
  drainMs: 10_000,
} satisfies HttpServerOptions;

export interface HttpServerDependencies {
  readonly api: GraphqlApi;
  readonly authenticate: Authenticate;
  readonly unitOfWork: UnitOfWork;
  readonly blobs: BlobStore;
  readonly niftiHeader: NiftiHeader;
  readonly fieldNifti: FieldNifti;
  readonly cohortText: CohortText;
  readonly logger: Logger;
  /** Rejects or answers false when the database does not answer. */
  readonly isReady: () => Promise<boolean>;
  /** Served for everything else, such as the clinician's page; a small static page when absent. */
  readonly pages?: express.RequestHandler;
}

export interface HttpServer {
  /** Resolves to where it listens, such as `http://127.0.0.1:4000`; port 0 takes any free one. */
  listen(port: number, host: string): Promise<string>;
  /** Answers `/readyz` with 503, ends subscriptions, lets requests end, then closes. */
  close(): Promise<void>;
}

export async function createHttpServer(
  dependencies: HttpServerDependencies,
  options: HttpServerOptions = DEFAULT_HTTP_OPTIONS,
): Promise<HttpServer> {
  const { api, authenticate, logger, unitOfWork, blobs, niftiHeader, fieldNifti, cohortText } = dependencies;
  let isDraining = false;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustedProxies);
  // Text only: nobody here needs `a[b]=c` to become an object.
  app.set('query parser', 'simple');
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 60_000 }, app);

  const metrics = createMetrics();
  app.use(requestLog(logger, metrics));
  app.use(hostCheck(options.isLoopback), securityHeaders());
  app.use(health({ isReady: async () => !isDraining && (await dependencies.isReady()) }));
  app.get('/metrics', metricsEndpoint(metrics, options.metricsToken));

  const endpoint = await createGraphqlEndpoint(api, { server, logger, metrics, drainMs: options.drainMs });
  app.use('/graphql', authentication(authenticate), requestRate(options.requestsPerMinute), endpoint.handler);
  app.get(
    '/images/:file',
    authentication(authenticate),
    requestRate(options.picturesPerMinute),
    pictures({ unitOfWork, blobs, niftiHeader }),
  );
  app.get(
    '/fields/:file',
    authentication(authenticate),
    requestRate(options.picturesPerMinute),
    displacementFields({ unitOfWork, blobs, fieldNifti }),
  );
  app.get(
    '/cohorts/:file',
    authentication(authenticate),
    requestRate(options.requestsPerMinute),
    cohortDownload(cohortText),
  );
  app.use(dependencies.pages ?? landingPage());
  app.use(notFound, answerFault(logger));

  const sockets = createGraphqlSockets(api, authenticate, {
    server,
    logger,
    metrics,
    operationsPerMinute: options.requestsPerMinute,
    isTrusted: (request) => !isDraining && isTrustedOrigin(request, options),
  });

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          const { address, family, port } = server.address() as AddressInfo;
          resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
        });
      }),
    async close() {
      isDraining = true;
      await sockets.close();
      await endpoint.stop();
      server.closeAllConnections();
      if (server.listening) {
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
