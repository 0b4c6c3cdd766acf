import { readFileSync } from 'node:fs';
import { type Config, isLoopback } from '../config.ts';
import type { Database } from '../database/data-source.ts';
import {
  createHttpServer,
  DEFAULT_HTTP_OPTIONS,
  type HttpServer,
  type HttpServerDependencies,
  type HttpServerOptions,
} from '../http/http-server.ts';
import { niftiHeader } from '../integrations/image-files/write-nifti.ts';
import type { Logger } from '../logger.ts';
import { writeFieldNifti } from '../ml/registration/transform-files/field-nifti.ts';
import { createApiContext } from '../resolvers/context.ts';
import { toClientError } from '../resolvers/format-error.ts';
import { createApiSchema } from '../resolvers/schema.ts';
import { createDevelopmentIdentity } from '../security/development-identity.ts';
import { createOidcAuthentication } from '../security/oidc.ts';
import { checkQueryLimits, DEFAULT_QUERY_LIMITS, validateOperation } from '../security/query-limits.ts';
import type { Authenticate } from '../twins/caller.ts';
import type { TwinDependencies, WakeUps } from '../twins/ports.ts';
import { cohortText } from './cohort-text.ts';
import type { EngineSummary } from './find-engine.ts';

export interface HttpServerParts {
  readonly dependencies: TwinDependencies;
  readonly wakeUps: WakeUps;
  readonly database: Pick<Database, 'isReady'>;
  readonly config: Pick<Config, 'isProduction' | 'host' | 'oidc' | 'metricsToken'> &
    Pick<Config, 'allowedOrigins' | 'trustedProxies' | 'requestsPerMinute'>;
  readonly logger: Logger;
  readonly engine: EngineSummary;
  readonly pages?: HttpServerDependencies['pages'];
  readonly options?: Partial<HttpServerOptions>;
}

/** Puts the API together; it listens when it is told to. */
export async function openHttpServer(parts: HttpServerParts): Promise<HttpServer> {
  const { dependencies, wakeUps, database, config, logger, engine } = parts;
  const schema = createApiSchema();
  const introspection = !config.isProduction;
  const server = { version: packageVersion(), ...engine };
  return createHttpServer(
    {
      api: {
        schema,
        introspection,
        maxTokens: DEFAULT_QUERY_LIMITS.tokens,
        createContext: (caller, operation) =>
          createApiContext({ twins: dependencies, wakeUps, server }, caller, operation),
        validate: (document) => validateOperation(schema, document, { introspection }),
        checkLimits: (document, operation, variables) =>
          checkQueryLimits(schema, document, operation, variables, DEFAULT_QUERY_LIMITS),
        toClientError,
      },
      authenticate: await authenticationOf(config, dependencies),
      unitOfWork: dependencies.unitOfWork,
      blobs: dependencies.blobs,
      niftiHeader,
      fieldNifti: writeFieldNifti,
      cohortText: cohortText(dependencies),
      logger,
      isReady: () => database.isReady(),
      ...(parts.pages === undefined ? {} : { pages: parts.pages }),
    },
    {
      ...DEFAULT_HTTP_OPTIONS,
      isLoopback: isLoopback(config.host),
      metricsToken: config.metricsToken,
      allowedOrigins: config.allowedOrigins,
      trustedProxies: config.trustedProxies,
      requestsPerMinute: config.requestsPerMinute,
      ...parts.options,
    },
  );
}

function authenticationOf(
  { oidc, isProduction, host }: HttpServerParts['config'],
  { hospitals }: TwinDependencies,
): Promise<Authenticate> | Authenticate {
  if (oidc !== null) return createOidcAuthentication(oidc);
  const [tenantId = 'demo'] = hospitals.tenantIds;
  return createDevelopmentIdentity({ tenantId, isProduction, isLoopback: isLoopback(host) });
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
