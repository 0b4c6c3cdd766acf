/**
 * The one door to @medplum/core. Its own retries, cache, paging and login stay off: they retry creates, share mutable
 * objects, break on other servers' links and expect Medplum's tokens.
 */
import { MedplumClient } from '@medplum/core';
import { IntegrationError } from '../../errors.ts';
import { createAuthorizer } from './access-token.ts';
import { asElement } from './element.ts';
import type { Element } from './element.ts';
import { createFhirFetch } from './fhir-fetch.ts';
import type { FhirRequest } from './fhir-fetch.ts';
import { parseInstant } from './fhir-time.ts';
import type { FhirSettings } from './options.ts';

type FhirResourceType = Parameters<MedplumClient['fhirSearchUrl']>[0];

interface FhirAnswer {
  readonly resource: Element;
  /** The server's clock when it answered (HTTP Date, else `meta.lastUpdated` of a Bundle); null where it tells neither. */
  readonly serverTime: Date | null;
}

export interface FhirClient {
  /** The service base with a slash at its end, and the other bases that stand for it. */
  readonly base: string;
  readonly bases: readonly string[];
  searchUrl(type: FhirResourceType, parameters: Readonly<Record<string, string>>): string;
  /** @throws {IntegrationError} also where the answer is no resource. */
  get(url: string, signal: AbortSignal): Promise<FhirAnswer>;
  /** Null where there is none, or no longer (404, 410). */
  read(type: string, id: string, signal: AbortSignal): Promise<FhirAnswer | null>;
}

/** A client of one FHIR R4 server. */
export function createFhirClient(settings: FhirSettings): FhirClient {
  const base = withSlash(settings.baseUrl);
  const send = createFhirFetch(settings, createAuthorizer(settings));
  const serverTimes = new WeakMap<object, Date>();
  const medplum = new MedplumClient({
    baseUrl: base,
    fhirUrlPath: '',
    extendedMode: false,
    maxRetries: 0,
    cacheTime: 0,
    logLevel: 'none',
    // Handed over as parsed: on JSON that it cannot parse itself, the client prints part of it to the console.
    fetch: async (url: string, request: FhirRequest) => {
      const { status, headers, json, text } = await send(url, request);
      const at = Date.parse(headers.get('date') ?? '');
      if (asElement(json) !== null && !Number.isNaN(at)) serverTimes.set(json as object, new Date(at));
      return { status, headers, json: async () => json, text: async () => text };
    },
  });

  const get = async (url: string, signal: AbortSignal): Promise<FhirAnswer> => {
    const answer: unknown = await medplum.get<unknown>(url, {
      cache: 'reload',
      signal,
      headers: { Accept: 'application/fhir+json', Prefer: 'handling=strict' },
    });
    const resource = asElement(answer);
    if (resource === null || typeof resource['resourceType'] !== 'string') {
      throw new IntegrationError('malformed', 'the FHIR server answered with something other than a resource');
    }
    return { resource, serverTime: serverTimes.get(resource) ?? bundleTime(resource) };
  };
  return {
    base,
    bases: [base, ...settings.linkBases.map(withSlash)],
    searchUrl: (type, parameters) => medplum.fhirSearchUrl(type, parameters).href,
    get,
    async read(type, id, signal) {
      try {
        return await get(medplum.fhirUrl(type, id).href, signal);
      } catch (error) {
        if (error instanceof IntegrationError && (error.status === 404 || error.status === 410)) return null;
        throw error;
      }
    },
  };
}

function bundleTime(resource: Element): Date | null {
  return resource['resourceType'] === 'Bundle' ? parseInstant(asElement(resource['meta'])?.['lastUpdated']) : null;
}

const withSlash = (url: string): string => url.replace(/\/*$/, '/');
