/**
 * One PostgreSQL for all integration tests, with a migrated database that each test file gets a copy of: the embedded
 * server, or Debian's with SEQUELA_TEST_DATABASE=debian.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { databaseUrl } from './database-url.ts';
import { debianPostgresBinaries, startDebianPostgres } from './debian-postgres.ts';

export const TEMPLATE = 'sequela_template';

declare module 'vitest' {
  interface ProvidedContext {
    readonly databaseClusterUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  const client = new Client({ connectionString: cluster.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = await openDatabase({ url: databaseUrl(cluster.url, TEMPLATE), poolSize: 1 });
  await template.close();
  project.provide('databaseClusterUrl', cluster.url);
  return () => cluster.stop();
}

async function startCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  if (process.env['SEQUELA_TEST_DATABASE'] === 'debian') {
    const bin = debianPostgresBinaries();
    if (bin === null) {
      throw new Error('SEQUELA_TEST_DATABASE=debian, but Debian has no PostgreSQL server here');
    }
    return startDebianPostgres(bin);
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sequela-test-'));
  // Otherwise a server that may not run as root is put elsewhere, where nobody clears it away.
  chmodSync(directory, 0o755);
  const embedded = await startEmbeddedPostgres({ directory: path.join(directory, 'cluster') });
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
