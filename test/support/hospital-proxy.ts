import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of the hospital on its way to the client, to be changed or replaced. */
export interface PassingAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * Decides about one request: null lets it pass, `down` breaks the connection, `silent` never answers; otherwise the
 * answer to send, given the hospital's own.
 */
export type Interference = (
  request: { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] },
  forward: () => Promise<PassingAnswer>,
) => Promise<PassingAnswer | null> | PassingAnswer | 'down' | 'silent' | null;

export interface HospitalProxy {
  readonly origin: string;
  /** Method and path with query of every request, in order. */
  readonly requests: string[];
  interfere: Interference | null;
  /** Asked first, with the raw request; true where it answers itself. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  stop(): Promise<void>;
}

/** A real HTTP server between a client and a hospital, which can misbehave as networks and servers do. */
export async function startHospitalProxy(target: string): Promise<HospitalProxy> {
  const requests: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (proxy.answer?.(request, response) === true) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const path = request.url ?? '/';
    const method = request.method ?? 'GET';
    requests.push(`${method} ${path}`);
    const forward = async (): Promise<PassingAnswer> => {
      const accept = request.headers.accept ?? '*/*';
      const type = request.headers['content-type'];
      const answer = await fetch(`${target}${path}`, {
        method,
        headers: { accept, 'accept-encoding': 'identity', ...(type !== undefined && { 'content-type': type }) },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      });
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => KEPT_HEADERS.has(name)));
      return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) };
    };
    const decided = await proxy.interfere?.({ method, path, headers: request.headers }, forward);
    if (decided === 'silent') return;
    if (decided === 'down') {
      response.destroy();
      return;
    }
    const { status, headers, body } = decided ?? (await forward());
    response.writeHead(status, { ...headers, 'content-length': String(body.byteLength) }).end(body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: HospitalProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    interfere: null,
    answer: null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return proxy;
}

const KEPT_HEADERS = new Set(['content-type', 'etag', 'last-modified', 'date', 'warning', 'retry-after']);

/** What a log-in page in front of a server answers. */
export const LOGIN_PAGE: PassingAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: Buffer.from('<html><body>Please log in to PATIENT^SECRET</body></html>'),
};
