import { api } from 'dicomweb-client';
import { IntegrationError } from '../../errors.ts';
import { authorizationHeader } from './authorization.ts';
import type { DicomwebAuthorization } from './authorization.ts';
import { dicomJsonArray, textOf } from './dicom-json.ts';
import type { DicomJson } from './dicom-json.ts';
import { FetchRequest } from './fetch-request.ts';
import type { FetchRequestOptions } from './fetch-request.ts';
import { withRetry } from './retry.ts';
import type { RetryPolicy } from './retry.ts';
import { readStoreResponse } from './store-response.ts';
import type { StoreResult } from './store-response.ts';

export interface DicomwebClientOptions {
  /** The DICOMweb root, e.g. `https://pacs.example.org/dicom-web`. */
  readonly root: string;
  readonly authorization: DicomwebAuthorization;
  /** Origins that may be asked besides the root's own. */
  readonly allowedOrigins: readonly string[];
  /** For each request, its body included. */
  readonly timeoutMs: number;
  /** Decompressed; of an answer in JSON 64 MiB at most. */
  readonly maximumResponseBytes: number;
  readonly retry: RetryPolicy;
  readonly fetch: typeof fetch;
}

type Query = readonly (readonly [name: string, value: string])[];
type Expected = Pick<FetchRequestOptions, 'accept' | 'expects' | 'query'>;

const ANY_SYNTAX = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const DICOM_JSON = 'application/dicom+json';
const PAGE_SIZE = 500;
const MAXIMUM_RESULTS = 10_000;
/** Of search results and of what a store says: JSON is read in one go, on the thread that answers requests. */
const MAXIMUM_JSON_BYTES = 64 * 1024 ** 2;

/**
 * The one door to dicomweb-client: QIDO-RS, WADO-RS and STOW-RS (DICOM PS3.18) with what the library lacks: timeouts,
 * abort, bounds, completeness, an allow-list, retries of what is idempotent, and errors without URLs or server text.
 *
 * Every method throws `IntegrationError`. Nothing is logged.
 */
export class DicomwebClient {
  readonly #options: DicomwebClientOptions;
  readonly #library: InstanceType<typeof api.DICOMwebClient>;
  readonly #origins: ReadonlySet<string>;

  constructor(options: DicomwebClientOptions) {
    this.#options = options;
    // Not `verbose`: the library prints requests with their Authorization header.
    const url = options.root.replace(/\/+$/, '');
    this.#library = new api.DICOMwebClient({ url, verbose: false, singlepart: false });
    this.#origins = new Set([options.root, ...options.allowedOrigins].map((address) => new URL(address).origin));
  }

  /** Studies that match `query`, e.g. `[['PatientID', '123']]`; all pages. */
  searchStudies(query: Query, signal: AbortSignal): Promise<readonly DicomJson[]> {
    return this.#search('searchForStudies', {}, query, '0020000D', signal);
  }

  async searchSeries(studyInstanceUid: string, query: Query, signal: AbortSignal): Promise<readonly DicomJson[]> {
    return this.#search('searchForSeries', { studyInstanceUID: uid(studyInstanceUid) }, query, '0020000E', signal);
  }

  /** @param first where given, at most so many instances, and no further page. */
  async searchInstances(
    studyInstanceUid: string,
    seriesInstanceUid: string,
    query: Query,
    signal: AbortSignal,
    first?: number,
  ): Promise<readonly DicomJson[]> {
    const path = { studyInstanceUID: uid(studyInstanceUid), seriesInstanceUID: uid(seriesInstanceUid) };
    return this.#search('searchForInstances', path, query, '00080018', signal, first);
  }

  /** The original file in the transfer syntax that the archive stores: no server is asked to transcode. */
  async retrieveInstance(
    studyInstanceUid: string,
    seriesInstanceUid: string,
    sopInstanceUid: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const path = {
      studyInstanceUID: uid(studyInstanceUid),
      seriesInstanceUID: uid(seriesInstanceUid),
      sopInstanceUID: uid(sopInstanceUid),
    };
    const expected = { accept: ANY_SYNTAX, expects: 'dicom', query: [] } as const;
    const { value } = await this.#repeat(
      (request) => this.#library.retrieveInstance({ ...path, request: { instance: request } }),
      expected,
      signal,
    );
    if (!(value instanceof ArrayBuffer)) throw new IntegrationError('protocol', 'a retrieved instance has no content');
    return new Uint8Array(value);
  }

  /**
   * Stores DICOM files. Not repeated on a fault: whether the first try arrived is unknown, so read back first.
   * @throws {IntegrationError} partial-store where the archive refused any of them.
   */
  async storeInstances(files: readonly Uint8Array[], signal: AbortSignal): Promise<StoreResult> {
    const datasets = files.map((file) => new Uint8Array(file).buffer);
    const expected = { accept: DICOM_JSON, expects: 'store-result', query: [] } as const;
    const { value } = await this.#once(
      (request) => this.#library.storeInstances({ datasets, request: { instance: request } }),
      expected,
      signal,
    );
    return readStoreResponse(value, files.length);
  }

  async #search(
    method: 'searchForStudies' | 'searchForSeries' | 'searchForInstances',
    path: { studyInstanceUID?: string; seriesInstanceUID?: string },
    query: Query,
    uidTag: string,
    signal: AbortSignal,
    first?: number,
  ): Promise<readonly DicomJson[]> {
    const found = new Map<string, DicomJson>();
    const limit = first ?? PAGE_SIZE;
    for (let offset = 0; ;) {
      const paging = [
        ['limit', String(limit)],
        ['offset', String(offset)],
      ] as const;
      const { value, request } = await this.#repeat(
        (instance) => this.#library[method]({ ...path, request: { instance } }),
        { accept: DICOM_JSON, expects: 'json', query: [...query, ...paging] },
        signal,
      );
      const page = dicomJsonArray(value);
      const knownBefore = found.size;
      for (const match of page) {
        const key = textOf(match, uidTag);
        if (key === null) throw new IntegrationError('protocol', 'a search result has no UID');
        found.set(key, match);
      }
      // A server that caps the page says so in a Warning (PS3.18 8.3.4.4); one that ignores paging repeats itself.
      const hasMore = page.length >= limit || request.getResponseHeader('warning')?.startsWith('299') === true;
      if (first !== undefined || !hasMore || found.size === knownBefore) return [...found.values()];
      if (found.size >= MAXIMUM_RESULTS) {
        throw new IntegrationError('too-large', `a search has more than ${MAXIMUM_RESULTS} results`);
      }
      offset += page.length;
    }
  }

  #repeat(call: (request: FetchRequest) => Promise<unknown>, expected: Expected, signal: AbortSignal) {
    return withRetry(() => this.#once(call, expected, signal), this.#options.retry, signal);
  }

  async #once(
    call: (request: FetchRequest) => Promise<unknown>,
    expected: Expected,
    signal: AbortSignal,
  ): Promise<{ value: unknown; request: FetchRequest }> {
    const { timeoutMs, maximumResponseBytes: maximumBytes } = this.#options;
    if (signal.aborted) throw aborted();
    const request = new FetchRequest({
      ...expected,
      fetch: this.#options.fetch,
      authorization: await authorizationHeader(this.#options.authorization, signal),
      isAllowed: (url) => this.#origins.has(url.origin),
      signal,
      timeoutMs,
      maximumBytes: expected.expects === 'dicom' ? maximumBytes : Math.min(maximumBytes, MAXIMUM_JSON_BYTES),
    });
    try {
      return { value: await Promise.race([call(request), request.callbackFailed]), request };
    } catch (error) {
      throw faultOf(error, request, signal);
    }
  }
}

/** Never keeps the library's error as cause: it holds the request with its Authorization header. */
function faultOf(error: unknown, request: FetchRequest, signal: AbortSignal): IntegrationError {
  if (error instanceof IntegrationError) return error;
  const { failure, status } = request;
  if (failure instanceof IntegrationError) return failure;
  if (signal.aborted) return aborted();
  if (failure instanceof Error) {
    if (failure.name === 'TimeoutError') {
      return new IntegrationError('timeout', 'the imaging archive did not answer in time');
    }
    if (failure.cause instanceof Error && failure.cause.message === 'unexpected redirect') {
      return new IntegrationError('off-origin', 'the imaging archive answered with a redirect, which is refused');
    }
    return request.getResponseHeader('content-type') === null
      ? new IntegrationError('network', 'the imaging archive cannot be reached', { cause: failure })
      : new IntegrationError('truncated', 'the imaging archive broke off its answer', { cause: failure });
  }
  const retryAfterMs = retryAfter(request.getResponseHeader('retry-after'));
  if (status === 401 || status === 403) {
    return new IntegrationError('unauthorised', 'the imaging archive refused the credentials', { status });
  }
  if (status === 429)
    return new IntegrationError('rate-limited', 'the imaging archive is overloaded', { status, retryAfterMs });
  if (status === 409)
    return new IntegrationError('partial-store', 'the imaging archive stored none of the images', { status });
  if (status >= 300) {
    return new IntegrationError('http', `the imaging archive answered with status ${status}`, { status, retryAfterMs });
  }
  return new IntegrationError('protocol', 'the imaging archive answered in an unexpected form', { status });
}

const aborted = () => new IntegrationError('aborted', 'the request to the imaging archive was cancelled');

/** Seconds only: a date would need the server's clock. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** A UID becomes part of a path: nothing but digits and dots may (PS3.5 section 9.1). */
function uid(value: string): string {
  if (value.length > 64 || !/^\d+(\.\d+)*$/.test(value))
    throw new IntegrationError('protocol', 'a UID is not a valid DICOM UID');
  return value;
}
