/**
 * The only reader of the environment. All faults are reported at once, by variable name, without their values: a value
 * may be a secret.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors.ts';

const tenantId = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'must be lower-case words joined by hyphens');
const webUrl = z.url({ protocol: /^https?$/ });

const authentication = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username: z.string().min(1), passwordFile: z.string().min(1) }),
  z.strictObject({ kind: z.literal('bearer'), tokenFile: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('smart-backend-services'),
    clientId: z.string().min(1),
    privateKeyFile: z.string().min(1),
    keyId: z.string().min(1),
    algorithm: z.enum(['RS384', 'ES384']),
    scope: z.string().min(1),
  }),
]);

/** One hospital: its EHR, its PACS and how the identifiers of the two belong together. */
const hospital = z.strictObject({
  tenantId,
  fhir: z.strictObject({
    baseUrl: webUrl,
    authentication: authentication.default({ kind: 'none' }),
    /** Other bases under which the server writes its paging links (a proxy in front of it, say). */
    linkBases: z.array(webUrl).default([]),
  }),
  dicomweb: z.strictObject({
    baseUrl: webUrl,
    authentication: authentication.default({ kind: 'none' }),
    /** Other origins that images may be fetched from (`Endpoint.address`). */
    allowedOrigins: z.array(webUrl).default([]),
    /** DICOM IssuerOfPatientID by FHIR identifier system; null where the PACS leaves the issuer empty. */
    issuers: z.record(z.string(), z.string().nullable()),
    /** Zone of images that do not state one, e.g. `+01:00`. */
    defaultTimeZoneOffset: z
      .string()
      .regex(/^[+-]\d\d:\d\d$/)
      .default('+00:00'),
  }),
});
export type HospitalConfig = z.output<typeof hospital>;

const hospitalsFile = z.strictObject({ hospitals: z.array(hospital).min(1) }).superRefine((value, context) => {
  const seen = new Set<string>();
  value.hospitals.forEach((entry, index) => {
    if (seen.has(entry.tenantId)) {
      context.addIssue({ code: 'custom', path: ['hospitals', index, 'tenantId'], message: 'is used twice' });
    }
    seen.add(entry.tenantId);
  });
});

const emptyIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsAbsent, schema.optional());
const whole = (fallback: number, low: number, high: number) =>
  z.preprocess(emptyIsAbsent, z.coerce.number().int().min(low).max(high).default(fallback));

/** Origins of web pages (RFC 6454), separated by commas, as a browser sends them: no path, no slash at the end. */
const webOrigins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every(isWebOrigin), 'must be web origins such as https://viewer.example.org');

function isWebOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const environment = z.object({
  NODE_ENV: z.preprocess(emptyIsAbsent, z.enum(['development', 'test', 'production']).default('development')),
  LOG_LEVEL: z.preprocess(
    emptyIsAbsent,
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  ),
  // Not z.url: an address by socket, `postgres://user@/name?host=/directory`, is none to the URL standard.
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')),
  SEQUELA_HOST: z.preprocess(emptyIsAbsent, z.string().default('127.0.0.1')),
  SEQUELA_PORT: whole(4000, 0, 65535),
  SEQUELA_ALLOWED_ORIGINS: optional(webOrigins),
  SEQUELA_TRUSTED_PROXIES: whole(0, 0, 10),
  SEQUELA_REQUESTS_PER_MINUTE: whole(600, 1, 1_000_000),
  SEQUELA_DATA_DIRECTORY: z.preprocess(emptyIsAbsent, z.string().default('.sequela')),
  SEQUELA_HOSPITALS_FILE: optional(z.string()),
  SEQUELA_DEMO_PATIENTS: whole(24, 1, 500),
  SEQUELA_DEMO_SEED: whole(20_260_629, 0, 2 ** 31 - 1),
  SEQUELA_COMPUTE_THREADS: whole(2, 1, 64),
  SEQUELA_IMAGE_PROVIDER: z.preprocess(
    emptyIsAbsent,
    z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt']).default('auto'),
  ),
  SEQUELA_SYNC_INTERVAL_MINUTES: whole(15, 1, 7 * 24 * 60),
  SEQUELA_OIDC_ISSUER: optional(webUrl),
  SEQUELA_OIDC_AUDIENCE: optional(z.string()),
  SEQUELA_OIDC_JWKS_URL: optional(webUrl),
  SEQUELA_OIDC_CLIENT_ID: optional(z.string()),
  SEQUELA_OIDC_TENANT_CLAIM: z.preprocess(emptyIsAbsent, z.string().default('tenant')),
  SEQUELA_METRICS_TOKEN: optional(z.string().min(16)),
});

export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Null: discovered from the issuer. */
  readonly jwksUrl: string | null;
  readonly tenantClaim: string;
}

export interface Config {
  readonly isProduction: boolean;
  readonly logLevel: z.output<typeof environment>['LOG_LEVEL'];
  readonly host: string;
  readonly port: number;
  /** Origins of web pages that may open a WebSocket, besides the server's own. */
  readonly allowedOrigins: readonly string[];
  /** Proxies in front of the server. */
  readonly trustedProxies: number;
  /** Operations of one user, per process. */
  readonly requestsPerMinute: number;
  readonly dataDirectory: string;
  /** `url` is null for the embedded PostgreSQL. */
  readonly database: { readonly url: string | null };
  /** Null: the demo hospital. */
  readonly hospitals: readonly HospitalConfig[] | null;
  readonly demo: { readonly patients: number; readonly seed: number };
  readonly computeThreads: number;
  /** What image forecasts are computed on: a provider of the network engine, or `auto`. */
  readonly imageProvider: z.output<typeof environment>['SEQUELA_IMAGE_PROVIDER'];
  readonly syncIntervalMinutes: number;
  /** Null: the development identity, which exists on loopback outside production only. */
  readonly oidc: OidcConfig | null;
  /** The page as a public client of the OIDC issuer; null: nobody can sign in there. */
  readonly viewerClientId: string | null;
  readonly metricsToken: string | null;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/**
 * Reads and checks the whole configuration.
 * @throws {ConfigurationError} with every problem found.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = [];
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    throw new ConfigurationError('the environment is not valid', problems);
  }
  const value = parsed.data;
  const isProduction = value.NODE_ENV === 'production';

  let oidc: OidcConfig | null = null;
  if (value.SEQUELA_OIDC_ISSUER !== undefined) {
    if (value.SEQUELA_OIDC_AUDIENCE === undefined) {
      problems.push('SEQUELA_OIDC_AUDIENCE: is needed beside SEQUELA_OIDC_ISSUER');
    } else {
      oidc = {
        issuer: value.SEQUELA_OIDC_ISSUER,
        audience: value.SEQUELA_OIDC_AUDIENCE,
        jwksUrl: value.SEQUELA_OIDC_JWKS_URL ?? null,
        tenantClaim: value.SEQUELA_OIDC_TENANT_CLAIM,
      };
    }
  } else if (isProduction) {
    problems.push('SEQUELA_OIDC_ISSUER: is required in production, which has no development identity');
  } else if (!isLoopback(value.SEQUELA_HOST)) {
    problems.push('SEQUELA_HOST: must be a loopback address unless SEQUELA_OIDC_ISSUER is set');
  }

  let hospitals: readonly HospitalConfig[] | null = null;
  if (value.SEQUELA_HOSPITALS_FILE !== undefined) {
    const file = readHospitals(value.SEQUELA_HOSPITALS_FILE);
    hospitals = file.hospitals;
    problems.push(...file.problems);
  } else if (isProduction) {
    problems.push('SEQUELA_HOSPITALS_FILE: is required in production, which never starts the demo hospital');
  }

  if (problems.length > 0) {
    throw new ConfigurationError('the environment is not valid', problems);
  }
  return {
    isProduction,
    logLevel: value.LOG_LEVEL,
    host: value.SEQUELA_HOST,
    port: value.SEQUELA_PORT,
    allowedOrigins: value.SEQUELA_ALLOWED_ORIGINS ?? [],
    trustedProxies: value.SEQUELA_TRUSTED_PROXIES,
    requestsPerMinute: value.SEQUELA_REQUESTS_PER_MINUTE,
    dataDirectory: path.resolve(value.SEQUELA_DATA_DIRECTORY),
    database: { url: value.DATABASE_URL ?? null },
    hospitals,
    demo: { patients: value.SEQUELA_DEMO_PATIENTS, seed: value.SEQUELA_DEMO_SEED },
    computeThreads: value.SEQUELA_COMPUTE_THREADS,
    imageProvider: value.SEQUELA_IMAGE_PROVIDER,
    syncIntervalMinutes: value.SEQUELA_SYNC_INTERVAL_MINUTES,
    oidc,
    viewerClientId: value.SEQUELA_OIDC_CLIENT_ID ?? null,
    metricsToken: value.SEQUELA_METRICS_TOKEN ?? null,
  };
}

function readHospitals(file: string): { hospitals: readonly HospitalConfig[] | null; problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    return { hospitals: null, problems: [`SEQUELA_HOSPITALS_FILE: the file ${reason}`] };
  }
  const parsed = hospitalsFile.safeParse(json);
  return parsed.success
    ? { hospitals: parsed.data.hospitals, problems: [] }
    : {
        hospitals: null,
        problems: parsed.error.issues.map(
          (issue) => `SEQUELA_HOSPITALS_FILE: ${issue.path.join('.')}: ${issue.message}`,
        ),
      };
}
