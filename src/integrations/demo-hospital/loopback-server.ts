import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; what it throws becomes a bare 500. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves paths by their first segment on 127.0.0.1 only; everything else is 404. */
export async function startLoopbackServer(
  port: number,
  handlers: Readonly<Record<string, RequestHandler>>,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const handler = handlers[url.pathname.split('/')[1] ?? ''];
      if (handler === undefined) {
        send(response, 404, null);
        return;
      }
      await handler(request, response, url);
    };
    answer().catch(() => {
      if (response.headersSent) {
        response.destroy();
      } else {
        send(response, 500, null);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Sends a whole body, or none. */
export function send(
  response: ServerResponse,
  status: number,
  body: { readonly type: string; readonly content: string | Uint8Array } | null,
  headers: Readonly<Record<string, string>> = {},
): void {
  const content = body === null ? null : Buffer.from(body.content as Uint8Array);
  response.writeHead(status, {
    ...headers,
    ...(body !== null && { 'content-type': body.type }),
    ...(status !== 204 && status !== 304 && { 'content-length': String(content?.byteLength ?? 0) }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}

/** The body, or null when it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length <= limit) {
      chunks.push(chunk);
    }
  }
  return length > limit ? null : Buffer.concat(chunks);
}
