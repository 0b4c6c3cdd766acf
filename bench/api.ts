import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { createUnitOfWork } from '../src/database/unit-of-work.ts';
import type { JobQueue } from '../src/twins/ports.ts';
import { followTwin } from './api/follow-twin.ts';
import { familyName, loadTwins } from './api/load-twins.ts';
import { type BenchReport, type BenchRow, describeMachine, targetOf } from './report.ts';

export interface ApiBenchOptions {
  /** Numbers of twins in the database, rising. */
  readonly sizes?: readonly number[];
  readonly requests?: number;
  readonly subscribers?: number;
  readonly events?: number;
}

const PROCESSES = 2;
const CONCURRENCY = 4;
const WARM_UP = 300;
const SEED = 7;
const TARGET_GROWTH = 1.5;

/** Ten patients, their twins, each twin's visits and newest forecasts, each forecast's values and inputs. */
const FOUR_LEVELS = `query ($search: String!) { patients(first: 20, search: $search) { nodes { familyName twins { status
  visits { occurredAt values { status value } registration { verdict } }
  forecasts(first: 2) { nodes { status values { key value baseline } inputs { id occurredAt } } } } } } }`;

/**
 * The API over a real database and real HTTP, in two processes of their own: how long a four-level query takes when the
 * record grows a hundredfold, and whether many subscribers each get every event in order.
 */
export default async function api(options: ApiBenchOptions = {}): Promise<BenchReport> {
  const { sizes = [1000, 10_000, 100_000], requests = 600, subscribers = 200, events = 300 } = options;
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-bench-api-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  const postgres = opened.adopt(await startEmbeddedPostgres({ directory: path.join(folder, 'postgresql') }), (server) =>
    server.stop(),
  );
  const database = opened.adopt(await openDatabase({ url: postgres.url, poolSize: 2 }), (open) => open.close());
  const servers: string[] = [];
  for (let count = 0; count < PROCESSES; count++) {
    const { child, url } = await startServer(postgres.url);
    opened.adopt(child, stop);
    servers.push(url);
  }

  const rows: BenchRow[] = [];
  const p95s: number[] = [];
  let loaded = 0;
  for (const size of sizes) {
    await loadTwins(database, loaded + 1, size);
    loaded = size;
    await measure(servers[0]!, size, WARM_UP);
    const { latenciesMs, perSecond } = await measure(servers[0]!, size, requests);
    const row = (metric: string, value: number, unit: string): BenchRow => ({
      case: `${size} twins`,
      subject: 'four-level query',
      metric,
      value,
      unit,
    });
    const p95 = quantile(latenciesMs, 0.95);
    p95s.push(p95);
    rows.push(
      row('p50', quantile(latenciesMs, 0.5), 'ms'),
      row('p95', p95, 'ms'),
      row('throughput', perSecond, 'requests/s'),
    );
  }

  const unitOfWork = createUnitOfWork(database, { clock: { now: () => new Date() }, jobQueue: () => noQueue });
  const [{ id: twinId }] = await database.dataSource.query<[{ id: string }]>('select id from disease_twin limit 1');
  const following = await followTwin(servers, unitOfWork, { twinId, subscribers, events });
  const subject = `${subscribers} subscribers on ${PROCESSES} processes`;
  const live = (metric: string, value: number, unit: string): BenchRow => ({
    case: `${events} events`,
    subject,
    metric,
    value,
    unit,
  });
  rows.push(
    live('got every event in order', following.complete, 'subscribers'),
    live('deliveries', (subscribers * events) / (following.elapsedMs / 1000), 'events/s'),
    live('latency p50', quantile(following.latenciesMs, 0.5), 'ms'),
    live('latency p99', quantile(following.latenciesMs, 0.99), 'ms'),
  );
  return {
    name: 'api',
    machine: describeMachine(PROCESSES),
    seeds: [SEED],
    rows,
    targets: [
      targetOf(`p95 at ${sizes.at(-1)} twins over p95 at ${sizes[0]}`, p95s.at(-1)! / p95s[0]!, TARGET_GROWTH, 'max'),
      targetOf('subscribers that got every event in order', following.complete, subscribers, 'min'),
    ],
    notes: [
      `The query names 10 patients of all by a name's beginning; ${CONCURRENCY} requests at a time, ${requests} in all.`,
      'Clients, both servers and PostgreSQL share the machine; events were written as fast as they committed.',
    ],
  };
}

async function measure(
  url: string,
  size: number,
  requests: number,
): Promise<{ latenciesMs: number[]; perSecond: number }> {
  const random = generator(SEED);
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      // Ten whose names differ in the last digit only.
      const search = familyName(10 * Math.floor((random() * (size - 10)) / 10) + 10).slice(0, -1);
      const sentAt = performance.now();
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: FOUR_LEVELS, variables: { search } }),
      });
      const { data } = (await response.json()) as { data?: { patients: { nodes: { twins: unknown[] }[] } } };
      latenciesMs.push(performance.now() - sentAt);
      const found = data?.patients.nodes.flatMap(({ twins }) => twins).length ?? 0;
      if (found < 1) throw new Error(`a query found ${found} twins, HTTP status ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { latenciesMs, perSecond: requests / ((performance.now() - startedAt) / 1000) };
}

async function startServer(databaseUrl: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(new URL('./api/serve.ts', import.meta.url), [databaseUrl]);
  const [url] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`an API process ended with ${String(code)} before it listened`);
    }),
  ])) as [string];
  return { child, url };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Mulberry32: the same searches in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const refuse = (): Promise<never> => Promise.reject(new Error('the benchmark enqueues nothing'));
const noQueue: JobQueue = {
  enqueue: refuse,
  byIds: refuse,
  newestBySubject: refuse,
  cancel: refuse,
  update: refuse,
};
