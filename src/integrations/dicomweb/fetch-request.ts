import { IntegrationError } from '../../errors.ts';
import { readSinglePart } from './multipart.ts';

export interface FetchRequestOptions {
  readonly fetch: typeof fetch;
  readonly isAllowed: (url: URL) => boolean;
  readonly authorization: string | null;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maximumBytes: number;
  /** Replaces what the library would ask for. */
  readonly accept: string;
  /** Query parameters added to the library's; a name may repeat, which the library cannot express. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly expects: 'dicom' | 'json' | 'store-result';
}

/**
 * What dicomweb-client takes for an XMLHttpRequest: one request over fetch, with the checks that the library lacks.
 *
 * The library drives it through `open`, `setRequestHeader`, `send` and `onreadystatechange`, reads `status`, `response`
 * and the headers, and reports a failure as status 0; the reason is kept in `failure`. It also throws inside the
 * callback, where its own promise can no longer hear it: that comes out of `callbackFailed`.
 */
export class FetchRequest {
  readyState = 0;
  status = 0;
  response: unknown = null;
  responseType = '';
  withCredentials = false;
  onreadystatechange: (() => void) | null = null;
  onprogress: unknown = null;
  onloadstart: unknown = null;
  onloadend: unknown = null;

  failure: unknown = undefined;
  readonly callbackFailed: Promise<never>;
  readonly #failCallback: (error: unknown) => void;
  readonly #options: FetchRequestOptions;
  readonly #headers = new Headers();
  #responseHeaders = new Headers();
  #method = 'GET';
  #url: URL | null = null;

  constructor(options: FetchRequestOptions) {
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    this.callbackFailed = promise;
    this.#failCallback = reject;
    // Nobody may be listening any more when the library has settled first.
    promise.catch(() => undefined);
    if (options.authorization !== null) this.#headers.set('authorization', options.authorization);
    this.#headers.set('accept', options.accept);
    // Pixels hardly shrink, and an archive that compresses them on the fly is ten times slower.
    if (options.expects === 'dicom') this.#headers.set('accept-encoding', 'identity');
  }

  open(method: string, address: string): void {
    const url = new URL(address);
    // Not URLSearchParams, which writes a space as a plus sign that archives take literally.
    const query = this.#options.query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    if (query !== '') url.search = query;
    this.#method = method.toUpperCase();
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    if (name.toLowerCase() !== 'accept') this.#headers.set(name, value);
  }

  getResponseHeader(name: string): string | null {
    return this.#responseHeaders.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#responseHeaders].map(([name, value]) => `${name}: ${value}`).join('\r\n');
  }

  send(body?: ArrayBuffer): void {
    void this.#run(body);
  }

  async #run(body: ArrayBuffer | undefined): Promise<void> {
    await this.#exchange(body);
    this.readyState = 4;
    try {
      this.onreadystatechange?.();
    } catch (cause) {
      this.#failCallback(
        new IntegrationError('protocol', 'the imaging archive answered in an unexpected form', { cause }),
      );
    }
  }

  async #exchange(body: ArrayBuffer | undefined): Promise<void> {
    const { timeoutMs, signal, isAllowed } = this.#options;
    try {
      if (this.#url === null || !isAllowed(this.#url)) {
        throw new IntegrationError('off-origin', 'a request to an address that is not allow-listed was refused');
      }
      const response = await this.#options.fetch(this.#url, {
        method: this.#method,
        headers: this.#headers,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        ...(body === undefined ? {} : { body }),
      });
      this.#responseHeaders = response.headers;
      const bytes = await this.#readBody(response);
      if (response.ok) this.response = this.#checkBody(response, bytes);
      else this.response = null;
      this.status = response.status;
    } catch (error) {
      this.failure = error;
      this.status = 0;
    }
  }

  async #readBody(response: Response): Promise<Buffer> {
    const { maximumBytes } = this.#options;
    const stated = Number(response.headers.get('content-length') ?? Number.NaN);
    const tooLarge = () => new IntegrationError('too-large', `a response exceeds ${maximumBytes} bytes`);
    if (stated > maximumBytes) {
      await response.body?.cancel();
      throw tooLarge();
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Leaving the loop early cancels the stream.
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maximumBytes) throw tooLarge();
      chunks.push(chunk);
    }
    const isEncoded = response.headers.has('content-encoding');
    if (!isEncoded && Number.isFinite(stated) && length !== stated) {
      throw new IntegrationError('truncated', `a response has ${length} of ${stated} bytes`);
    }
    return Buffer.concat(chunks, length);
  }

  #checkBody(response: Response, bytes: Buffer): unknown {
    const contentType = response.headers.get('content-type') ?? '';
    if (this.#options.expects !== 'dicom') {
      if (bytes.length === 0) return null;
      if (!/\bjson\b/i.test(contentType)) throw unexpected(contentType);
      try {
        return JSON.parse(bytes.toString('utf8'), withoutNul);
      } catch {
        // The parser's own message quotes the response.
        throw new IntegrationError('malformed', 'a response is not valid JSON');
      }
    }
    let file = bytes;
    if (/^multipart\/related\b/i.test(contentType)) {
      file = readSinglePart(bytes, contentType);
      // The library takes a single part as it is.
      this.#responseHeaders = new Headers({ 'content-type': 'application/dicom' });
    } else if (!/^application\/dicom\s*(;|$)/i.test(contentType)) {
      throw unexpected(contentType);
    }
    return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  }
}

/** Only the type itself is named, and only where it is one of the usual: the rest is text of the server. */
function unexpected(contentType: string): IntegrationError {
  const known = /^(text\/html|text\/plain|application\/json|application\/dicom\+json|application\/dicom\+xml)\b/i.exec(
    contentType,
  );
  return new IntegrationError(
    'unexpected-content-type',
    `a response is ${known?.[1] ?? 'of another type'} instead of the data asked for`,
  );
}

/** Some archives pass the padding of DICOM strings on; PostgreSQL cannot store it. */
const withoutNul = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '') : value;
