import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openHttpServer, type HttpServerParts } from '../../src/composition/open-http-server.ts';
import { type Database, openDatabase } from '../../src/database/data-source.ts';
import { grantQueueAccess } from '../../src/database/grant-queue-access.ts';
import { createUnitOfWork } from '../../src/database/unit-of-work.ts';
import { openWakeUps } from '../../src/database/wake-ups.ts';
import { createFileBlobStore } from '../../src/integrations/blob-store.ts';
import { createJobQueue } from '../../src/jobs/job-queue.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { createLogger } from '../../src/logger.ts';
import { createForecasters } from '../../src/ml/forecasting/forecasters.ts';
import { createWorkerThreads } from '../../src/ml/worker-threads.ts';
import type { Hospitals, Registrar, TwinDependencies } from '../../src/twins/ports.ts';
import { DomainError, FaultError } from '../../src/errors.ts';
import { diseaseDefinition, testUnits } from './twin-builders.ts';

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly hospitals?: Hospitals;
  readonly config?: Partial<HttpServerParts['config']>;
  readonly options?: HttpServerParts['options'];
  /** The clinician's page. */
  readonly pages?: HttpServerParts['pages'];
  /** Receives the log, line by line. */
  readonly onLog?: (line: string) => void;
}

/** A whole API on loopback over a real database; several of them can share one. */
export interface ApiServer {
  readonly url: string;
  readonly database: Database;
  readonly dependencies: TwinDependencies;
  /** Sends an operation; the answer as it came. */
  post(query: string, variables?: object, token?: string): Promise<{ status: number; body: GraphqlAnswer }>;
  /** The data of an operation that must have some. */
  ask<T>(query: string, variables?: object, token?: string): Promise<T>;
  /** A WebSocket client that does not come back by itself. */
  client(token?: string): Client;
  close(): Promise<void>;
}

export interface GraphqlAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

const noHospitals: Hospitals = {
  tenantIds: ['hospital-a'],
  of: () => {
    throw new DomainError('UNSUPPORTED', 'No sources are configured.');
  },
};
/** The API only asks for work; whoever does it is another process. */
const noRegistrar: Registrar = {
  version: 'none',
  pairsAtOnce: 1,
  register: () => Promise.reject(new FaultError('the API registers nothing')),
};

export async function startApi({ databaseUrl, ...more }: ApiOptions): Promise<ApiServer> {
  await using opened = new AsyncDisposableStack();
  const database = opened.adopt(await openDatabase({ url: databaseUrl, poolSize: 8 }), (open) => open.close());
  const boss = opened.adopt(await openQueue({ url: databaseUrl, isWorker: false, onError: () => undefined }), (queue) =>
    queue.stop({ graceful: false }),
  );
  await grantQueueAccess(database);
  const threads = opened.adopt(createWorkerThreads({ threads: 1 }), (pool) => pool.close());
  const folder = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-api-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  const wakeUps = opened.adopt(await openWakeUps(databaseUrl), (bus) => bus.close());
  const definition = diseaseDefinition();
  const clock = { now: () => new Date() };
  const dependencies: TwinDependencies = {
    unitOfWork: createUnitOfWork(database, { clock, jobQueue: createJobQueue(boss) }),
    hospitals: more.hospitals ?? noHospitals,
    diseases: new Map([[definition.id, definition]]),
    registrar: noRegistrar,
    forecasters: createForecasters({ threads }),
    blobs: createFileBlobStore(folder),
    units: testUnits,
    clock,
  };
  const server = opened.adopt(
    await openHttpServer({
      dependencies,
      wakeUps,
      database,
      config: {
        isProduction: false,
        host: '127.0.0.1',
        oidc: null,
        metricsToken: null,
        allowedOrigins: [],
        trustedProxies: 0,
        requestsPerMinute: 600,
        ...more.config,
      },
      engine: { engine: 'test engine', device: 'test processor', threads: 1 },
      logger: createLogger('info', { write: (line) => more.onLog?.(line) }),
      ...(more.options === undefined ? {} : { options: more.options }),
      ...(more.pages === undefined ? {} : { pages: more.pages }),
    }),
    (http) => http.close(),
  );
  const url = await server.listen(0, '127.0.0.1');
  const resources = opened.move();
  const post: ApiServer['post'] = async (query, variables = {}, token) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: (await response.json()) as GraphqlAnswer };
  };
  return {
    url,
    database,
    dependencies,
    post,
    async ask<T>(query: string, variables?: object, token?: string) {
      const { body } = await post(query, variables, token);
      if (body.data == null) throw new Error(`no data: ${JSON.stringify(body.errors)}`);
      return body.data as T;
    },
    client: (token) =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        lazy: true,
        ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
      }),
    close: () => resources.disposeAsync(),
  };
}
