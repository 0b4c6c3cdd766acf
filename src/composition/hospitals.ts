import { readFileSync } from 'node:fs';
import type { HospitalConfig } from '../config.ts';
import { ConfigurationError, DomainError } from '../errors.ts';
import type { DicomwebAuthorization } from '../integrations/dicomweb/authorization.ts';
import { createImagingSource } from '../integrations/dicomweb/imaging-source.ts';
import { createClinicalSource } from '../integrations/fhir/clinical-source.ts';
import type { FhirAuthentication } from '../integrations/fhir/options.ts';
import type { Clock, Hospital, Hospitals } from '../twins/ports.ts';

export interface OpenHospitals extends Hospitals {
  close(): Promise<void>;
}

/** How long sources are waited for; what is left out has the default of its door. */
export interface SourcePatience {
  /** Per request. */
  readonly timeoutMs: number;
  readonly maximumRetries: number;
  readonly firstRetryMs: number;
}

/**
 * Opens the sources of every configured tenant. Secrets are read from their files once, here.
 * @throws {ConfigurationError} when a secret's file cannot be read, or an authentication does not fit its source.
 */
export function openHospitals(
  configs: readonly HospitalConfig[],
  clock: Clock,
  patience?: SourcePatience,
): OpenHospitals {
  const hospitals = new Map<string, Hospital>();
  const closing: (() => Promise<void>)[] = [];
  for (const { tenantId, fhir, dicomweb } of configs) {
    const imaging = createImagingSource({
      baseUrl: dicomweb.baseUrl,
      authorization: dicomwebAuthorization(dicomweb.authentication),
      allowedOrigins: dicomweb.allowedOrigins.map((url) => new URL(url).origin),
      issuers: dicomweb.issuers,
      defaultTimeZoneOffset: dicomweb.defaultTimeZoneOffset,
      ...(patience && {
        timeoutMs: patience.timeoutMs,
        retry: { attempts: patience.maximumRetries + 1, firstDelayMs: patience.firstRetryMs },
      }),
    });
    const clinical = createClinicalSource({
      baseUrl: fhir.baseUrl,
      authentication: fhirAuthentication(fhir.authentication),
      linkBases: fhir.linkBases,
      clock,
      ...(patience && {
        timeoutMs: patience.timeoutMs,
        maximumRetries: patience.maximumRetries,
        retryBaseMs: patience.firstRetryMs,
      }),
    });
    hospitals.set(tenantId, { clinical, imaging });
    closing.push(() => imaging.close());
  }
  return {
    tenantIds: [...hospitals.keys()],
    of(tenantId) {
      const hospital = hospitals.get(tenantId);
      if (hospital === undefined) {
        throw new DomainError('UNSUPPORTED', 'No health record system and no image archive are configured here.');
      }
      return hospital;
    },
    async close() {
      await Promise.all(closing.map((close) => close()));
    },
  };
}

type Authentication = HospitalConfig['fhir']['authentication'];

function fhirAuthentication(configured: Authentication): FhirAuthentication {
  if (configured.kind !== 'smart-backend-services') {
    return credentials(configured);
  }
  const { privateKeyFile, ...rest } = configured;
  return { ...rest, privateKeyPem: secret(privateKeyFile) };
}

function dicomwebAuthorization(configured: Authentication): DicomwebAuthorization {
  if (configured.kind !== 'smart-backend-services') {
    return credentials(configured);
  }
  throw new ConfigurationError('the image archive cannot be reached', [
    'dicomweb.authentication: smart-backend-services is for FHIR servers; use basic or bearer',
  ]);
}

function credentials(
  configured: Exclude<Authentication, { kind: 'smart-backend-services' }>,
): FhirAuthentication & DicomwebAuthorization {
  switch (configured.kind) {
    case 'none':
      return configured;
    case 'basic':
      return { kind: 'basic', username: configured.username, password: secret(configured.passwordFile) };
    case 'bearer':
      return { kind: 'bearer', token: secret(configured.tokenFile) };
  }
}

function secret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigurationError('a secret cannot be read', [`the file "${file}" cannot be read`]);
  }
}
