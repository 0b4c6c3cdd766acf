import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** Talks to a Sequela server the way a front end does: GraphQL over HTTP and WebSocket, pictures over HTTP. */
export interface SequelaClient {
  request<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Ends when `until` says so of an item. */
  follow<Data>(query: string, variables: Record<string, unknown>, until: (data: Data) => boolean): Promise<Data[]>;
  download(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function createSequelaClient(url: string): SequelaClient {
  const socket = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: true });
  return {
    async request<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(60_000),
      });
      if (response.status === 429) {
        await response.body?.cancel();
        await wait(1000 * Number(response.headers.get('retry-after') ?? 1));
        return this.request(query, variables);
      }
      const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
      if (errors !== undefined || data === undefined) {
        throw new Error(`GraphQL answered ${response.status}: ${errors?.map(({ message }) => message).join('; ')}`);
      }
      return data;
    },
    async follow<Data>(query: string, variables: Record<string, unknown>, until: (data: Data) => boolean) {
      const seen: Data[] = [];
      for await (const { data, errors } of socket.iterate<Data>({ query, variables })) {
        if (errors !== undefined || data === undefined || data === null) {
          throw new Error(`the subscription failed: ${errors?.map(({ message }) => message).join('; ')}`);
        }
        seen.push(data);
        if (until(data)) {
          break;
        }
      }
      return seen;
    },
    async download(path) {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(60_000) });
      if (!response.ok) {
        throw new Error(`the picture was answered with ${response.status}`);
      }
      return new Uint8Array(await response.arrayBuffer());
    },
    async close() {
      await socket.dispose();
    },
  };
}
