import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.ts';
import { createUnitOfWork } from '../../../src/database/unit-of-work.ts';
import type { FaultError } from '../../../src/errors.ts';
import { noQueue } from '../../support/database.ts';
import { NORTH, patientRecord } from '../../support/record-builders.ts';

const MODULE = path.resolve(import.meta.dirname, '../../../src/database/embedded-postgres.ts');

/** Starts or joins the server of a folder, says how, and stays until it is killed. */
const STARTER = `
  const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)});
  const { url, isOwner } = await startEmbeddedPostgres({ directory: process.argv[1] });
  console.log(JSON.stringify({ url, isOwner }));
  setInterval(() => {}, 1000);`;

let folder: string;
let directory: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sequela-embedded-'));
  chmodSync(folder, 0o755);
  directory = path.join(folder, 'cluster');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    await kill(child);
  }
  await until(async () => !isAlive(postmaster()));
});

async function startInChild(): Promise<{ child: ChildProcess; url: string; isOwner: boolean }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STARTER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { url: string; isOwner: boolean }) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** 0 when none was ever started. */
function postmaster(): number {
  try {
    return Number(readFileSync(path.join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await sleep(20)) {
    if (Date.now() > deadline) {
      throw new Error('waited in vain');
    }
  }
}

async function query<Row extends QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

test('several processes that start at once share one server, and one of them owns it', async () => {
  const started = await Promise.all([startInChild(), startInChild(), startInChild()]);
  expect(started.filter(({ isOwner }) => isOwner)).toHaveLength(1);
  expect(new Set(started.map(({ url }) => url)).size).toBe(1);
  const [settings] = await query<{ tcp: string; version: string }>(
    started[0].url,
    `select current_setting('listen_addresses') as tcp, current_setting('server_version') as version`,
  );
  expect(settings).toEqual({ tcp: '', version: expect.stringMatching(/^18\./) as string });
});

test('it stops by itself when its process is killed, and what was committed is there at the next start', async () => {
  const first = await startInChild();
  await query(first.url, 'create table if not exists kept (n integer primary key)');
  const acknowledged: number[] = [];
  const writer = new Client({ connectionString: first.url });
  writer.on('error', () => {});
  await writer.connect();
  const writing = (async () => {
    for (let n = 0; ; n += 1) {
      await writer.query('insert into kept values ($1)', [n]);
      acknowledged.push(n);
      if (n === 50) {
        first.child.kill('SIGKILL');
      }
    }
  })();
  // What is being written or read when the server goes away decides which of these it is.
  await expect(writing).rejects.toThrow(/terminat|connection|EPIPE|ECONNRESET/i);
  await until(async () => !isAlive(postmaster()));

  const second = await startEmbeddedPostgres({ directory });
  expect(second.isOwner).toBe(true);
  const rows = await query<{ n: number }>(second.url, 'select n from kept');
  const kept = new Set(rows.map(({ n }) => n));
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(acknowledged.filter((n) => !kept.has(n))).toEqual([]);
  await second.stop();
});

test('a server that dies is reported and started again, and an open pool finds it without a new start of ours', async () => {
  const reports: FaultError[] = [];
  const server = await startEmbeddedPostgres({ directory, onUnexpectedExit: (error) => reports.push(error) });
  const database = await openDatabase({ url: server.url, poolSize: 3 });
  const unitOfWork = createUnitOfWork(database, { clock: { now: () => new Date() }, jobQueue: () => noQueue });
  const before = await unitOfWork.run(NORTH, (stores) => stores.patients.upsert(patientRecord('before')));

  const killed = postmaster();
  process.kill(killed, 'SIGKILL');
  await until(async () => reports.length > 0);
  await until(() => database.isReady());

  expect(postmaster()).not.toBe(killed);
  expect(reports.map(({ message }) => message)).toEqual([expect.stringContaining('it is started again')]);
  expect(await unitOfWork.run(NORTH, (stores) => stores.patients.byFhirId('before'))).toEqual(before);
  await database.close();
  await server.stop();
});

test('locks that a killed start left behind are recovered from', async () => {
  writeFileSync(path.join(directory, 'start.lock'), '999999999');
  const started = performance.now();
  const server = await startEmbeddedPostgres({ directory });
  expect(server.isOwner).toBe(true);
  expect(performance.now() - started).toBeLessThan(10_000);
  await server.stop();
});
