import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperationOutcome, Resource } from '@medplum/fhirtypes';
import { capabilityStatement } from './capability-statement.ts';
import { FhirRefusal } from './fhir-refusal.ts';
import { includedResources, SEARCH_PARAMETERS, searchResources } from './fhir-search.ts';
import type { FhirStore, StoredResource } from './fhir-store.ts';
import { readBody, type RequestHandler, send } from './loopback-server.ts';
import { SearchPages } from './search-pages.ts';

const MOST_BODY_BYTES = 4 * 1024 * 1024;
const JSON_TYPE = 'application/fhir+json; charset=utf-8';

/**
 * A FHIR R4 REST server over a store: capabilities, read, vread, history, search by GET and POST, create, conditional create, and
 * update with `If-Match` (FHIR R4 3.1.0). Refusals are OperationOutcomes.
 * @param baseUrl its own address, without a trailing slash; the path must be one segment.
 */
export function fhirHandler(store: FhirStore, clock: { now(): Date }, baseUrl: () => string): RequestHandler {
  const pages = new SearchPages((matches, includes) =>
    includedResources(matches, includes, (type, id) => store.read(type, id)),
  );

  const search = (
    type: string,
    parameters: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    requireType(type);
    const isStrict = /\bhandling=strict\b/.test(String(request.headers['prefer'] ?? ''));
    const result = searchResources(type, store.all(type), parameters, isStrict);
    sendJson(response, 200, pages.first(baseUrl(), type, result, parameters));
  };

  const read = (type: string, id: string, request: IncomingMessage, response: ServerResponse): void => {
    const resource = found(store.read(type, id));
    if (request.headers['if-none-match'] === etag(resource)) {
      send(response, 304, null, versionHeaders(resource));
      return;
    }
    sendJson(response, 200, resource, versionHeaders(resource));
  };

  const history = (type: string, id: string, version: string | undefined, response: ServerResponse): void => {
    const versions = store.history(type, id);
    if (version !== undefined) {
      const resource = found(versions.find(({ meta }) => meta.versionId === version) ?? null);
      sendJson(response, 200, resource, versionHeaders(resource));
      return;
    }
    found(versions[0] ?? null);
    sendJson(response, 200, {
      resourceType: 'Bundle',
      type: 'history',
      total: versions.length,
      entry: versions.toReversed().map((resource) => ({
        fullUrl: `${baseUrl()}/${type}/${id}`,
        resource,
        request: { method: resource.meta.versionId === '1' ? 'POST' : 'PUT', url: `${type}/${id}` },
        response: { status: '200', etag: etag(resource), lastModified: resource.meta.lastUpdated },
      })),
    });
  };

  const created = (resource: StoredResource, status: number, response: ServerResponse): void => {
    const location = `${baseUrl()}/${resource.resourceType}/${resource.id}/_history/${resource.meta.versionId}`;
    sendJson(response, status, resource, { ...versionHeaders(resource), location });
  };

  const create = async (type: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requireType(type);
    const body = await resourceIn(request, type);
    const condition = request.headers['if-none-exist'];
    if (typeof condition === 'string') {
      const { matches } = searchResources(type, store.all(type), new URLSearchParams(condition), true);
      if (matches.length > 1) {
        throw new FhirRefusal(412, 'conflict', 'If-None-Exist matches several resources');
      }
      if (matches[0] !== undefined) {
        created(matches[0], 200, response);
        return;
      }
    }
    const id = `${type.toLowerCase()}-${store.all(type).length + 1}-${clock.now().getTime().toString(36)}`;
    created(store.write({ ...body, id }, clock.now().getTime()), 201, response);
  };

  const update = async (
    type: string,
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    requireType(type);
    const body = await resourceIn(request, type);
    if (body.id !== id || !/^[A-Za-z0-9.-]{1,64}$/.test(id)) {
      throw new FhirRefusal(400, 'invalid', 'the id in the body is not a FHIR id or not the id in the URL');
    }
    const before = store.read(type, id);
    const expected = request.headers['if-match'];
    if (expected !== undefined && (before === null || expected !== etag(before))) {
      throw new FhirRefusal(412, 'conflict', 'the resource has another version than If-Match says');
    }
    created(store.write(body, clock.now().getTime()), before === null ? 201 : 200, response);
  };

  const route: RequestHandler = async (request, response, url) => {
    const [, , type = '', id, operation, version] = url.pathname.split('/').map(decodeURIComponent);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && type === 'metadata') {
      sendJson(response, 200, capabilityStatement());
    } else if (isRead && type === '' && url.searchParams.has('_getpages')) {
      sendJson(response, 200, pages.next(baseUrl(), url.searchParams));
    } else if (isRead && id === undefined) {
      search(type, url.searchParams, request, response);
    } else if (request.method === 'POST' && id === '_search') {
      const body = await readBody(request, MOST_BODY_BYTES);
      const form = [...url.searchParams, ...new URLSearchParams(body?.toString() ?? '')];
      search(type, new URLSearchParams(form), request, response);
    } else if (isRead && id !== undefined && operation === undefined) {
      requireType(type);
      read(type, id, request, response);
    } else if (isRead && id !== undefined && operation === '_history') {
      history(type, id, version, response);
    } else if (request.method === 'POST' && id === undefined) {
      await create(type, request, response);
    } else if (request.method === 'PUT' && id !== undefined && operation === undefined) {
      await update(type, id, request, response);
    } else {
      throw new FhirRefusal(405, 'not-supported', 'this server does not offer that interaction');
    }
  };

  return async (request, response, url) => {
    try {
      await route(request, response, url);
    } catch (error) {
      const refusal =
        error instanceof FhirRefusal
          ? error
          : new FhirRefusal(error instanceof URIError ? 400 : 500, 'invalid', 'the request could not be answered');
      sendJson(response, refusal.status, outcomeOf(refusal));
    }
  };
}

function requireType(type: string): void {
  if (!Object.hasOwn(SEARCH_PARAMETERS, type)) {
    throw new FhirRefusal(404, 'not-supported', 'this server does not know that resource type');
  }
}

function found(resource: StoredResource | null): StoredResource {
  if (resource === null) {
    throw new FhirRefusal(404, 'not-found', 'there is no such resource');
  }
  return resource;
}

async function resourceIn(request: IncomingMessage, type: string): Promise<Resource> {
  const body = await readBody(request, MOST_BODY_BYTES);
  if (body === null) {
    throw new FhirRefusal(413, 'too-long', 'the resource is too large');
  }
  let resource: unknown;
  try {
    resource = JSON.parse(body.toString('utf8'));
  } catch {
    throw new FhirRefusal(400, 'invalid', 'the body is not JSON');
  }
  if (typeof resource !== 'object' || resource === null || (resource as Resource).resourceType !== type) {
    throw new FhirRefusal(400, 'invalid', 'the body is not a resource of the type in the URL');
  }
  return resource as Resource;
}

const outcomeOf = ({ code, message }: FhirRefusal): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics: message }],
});

const etag = (resource: StoredResource): string => `W/"${resource.meta.versionId}"`;

const versionHeaders = (resource: StoredResource): Record<string, string> => ({
  etag: etag(resource),
  'last-modified': new Date(resource.meta.lastUpdated).toUTCString(),
});

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, { type: JSON_TYPE, content: JSON.stringify(body) }, headers);
}
