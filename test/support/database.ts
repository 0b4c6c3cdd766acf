import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../src/database/data-source.ts';
import { createUnitOfWork, type UnitOfWorkOptions } from '../../src/database/unit-of-work.ts';
import type { JobQueue, UnitOfWork } from '../../src/twins/ports.ts';
import { TEMPLATE } from './database-cluster.ts';
import { databaseUrl } from './database-url.ts';

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  readonly unitOfWork: UnitOfWork;
  close(): Promise<void>;
}

/** A migrated database of its own; without a queue unless one is given, and on the real clock. */
export async function createTestDatabase(
  options: Partial<UnitOfWorkOptions> & { readonly poolSize?: number } = {},
): Promise<TestDatabase> {
  const { poolSize = 5, ...unitOfWork } = options;
  const copy = await cloneTemplate();
  const database = await openDatabase({ url: copy.url, poolSize });
  return {
    url: copy.url,
    database,
    unitOfWork: createUnitOfWork(database, {
      clock: { now: () => new Date() },
      jobQueue: () => noQueue,
      ...unitOfWork,
    }),
    async close() {
      await database.close();
      await copy.drop();
    },
  };
}

/** A copy of the migrated database, or an empty one, that nobody is connected to. */
export async function cloneTemplate(template = TEMPLATE): Promise<{ url: string; drop(): Promise<void> }> {
  const clusterUrl = inject('databaseClusterUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const administer = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: clusterUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await administer(`create database ${name} template ${template}`);
  return { url: databaseUrl(clusterUrl, name), drop: () => administer(`drop database ${name} with (force)`) };
}

const refuse = async (): Promise<never> => {
  throw new Error('this test asked for no queue');
};
/** For tests that enqueue nothing. */
export const noQueue: JobQueue = {
  enqueue: refuse,
  byIds: refuse,
  newestBySubject: refuse,
  cancel: refuse,
  update: refuse,
};
