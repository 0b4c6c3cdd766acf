import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../twins/ports.ts';

/** How this server proves who it is to the EHR. */
export type FhirAuthentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | {
      /** SMART App Launch 2.x, Backend Services: a signed assertion for a short-lived token. */
      readonly kind: 'smart-backend-services';
      readonly clientId: string;
      /** PKCS #8, PEM. */
      readonly privateKeyPem: string;
      /** `kid` of the public key that the EHR knows. */
      readonly keyId: string;
      readonly algorithm: 'RS384' | 'ES384';
      /** E.g. `system/*.rs`. */
      readonly scope: string;
      /** Absent: discovered from `<base>/.well-known/smart-configuration`. */
      readonly tokenEndpoint?: string;
    };

/** The types of resource that a pull can ask for. */
export const RESOURCE_TYPES = [
  'Condition',
  'Procedure',
  'MedicationAdministration',
  'MedicationStatement',
  'MedicationRequest',
  'Observation',
  'ImagingStudy',
] as const;

/** Where the EHR is and how patient we are with it. Only the first four have no default. */
export interface FhirSourceOptions {
  /** The FHIR R4 service base, e.g. `https://ehr.example/fhir`. Credentials never leave its origin. */
  readonly baseUrl: string;
  readonly authentication: FhirAuthentication;
  /** Other bases under which the server writes its links and references (a proxy in front of it, say). */
  readonly linkBases: readonly string[];
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
  /** Must reject when the signal aborts. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1), for the jitter between retries. */
  readonly random?: () => number;
  /** Per attempt, body included. Default 30 s. */
  readonly timeoutMs?: number;
  /** Retries after the first attempt, of requests that can be repeated without harm. Default 3. */
  readonly maximumRetries?: number;
  /** The first wait between attempts; it doubles. Default 250 ms. */
  readonly retryBaseMs?: number;
  /** A server that asks for a longer wait (`Retry-After`) is not waited for. Default 60 s. */
  readonly maximumRetryAfterMs?: number;
  /** Of one answer, decompressed. Default 32 MiB. */
  readonly maximumResponseBytes?: number;
  /** Entries asked for per page (`_count`); the server may give fewer or more. Default 200. */
  readonly pageSize?: number;
  /** Of one search. Default 2,000 pages, 200,000 entries. */
  readonly maximumPages?: number;
  readonly maximumEntries?: number;
  /** How far before `since` a pull begins, for resources that were committed late. Default 5 minutes. */
  readonly overlapMs?: number;
  /** Medications and Endpoints that one pull may read one by one. Default 500. */
  readonly maximumReferenceReads?: number;
  /**
   * What a pull asks for. Default all. A type that the EHR never grants (403) is better left out: while part of the record
   * is missing, the watermark stays and every pull reads everything.
   */
  readonly resourceTypes?: readonly (typeof RESOURCE_TYPES)[number][];
}

export type FhirSettings = Required<FhirSourceOptions>;

/** The options with every default filled in. */
export function withDefaults(options: FhirSourceOptions): FhirSettings {
  return {
    fetch: globalThis.fetch,
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal });
    },
    random: Math.random,
    timeoutMs: 30_000,
    maximumRetries: 3,
    retryBaseMs: 250,
    maximumRetryAfterMs: 60_000,
    maximumResponseBytes: 32 * 1024 * 1024,
    pageSize: 200,
    maximumPages: 2000,
    maximumEntries: 200_000,
    overlapMs: 5 * 60_000,
    maximumReferenceReads: 500,
    resourceTypes: RESOURCE_TYPES,
    ...options,
  };
}
