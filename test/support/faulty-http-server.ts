import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FaultyHttpServer {
  readonly baseUrl: string;
  /** Method and path with query of every request, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * A real HTTP server on loopback whose answers a test writes byte by byte.
 * @param answer gets the number of the request, from 0.
 */
export async function startFaultyHttpServer(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<FaultyHttpServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response, requests.push(`${request.method} ${request.url}`) - 1);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
