import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { ensureAppRole } from './app-role.ts';

/** Any fixed number: says which advisory lock is ours. */
const MIGRATION_LOCK = 7_273_352;

/** Brings the schema up to date; several processes may do so at once. */
export async function migrateUp(dataSource: DataSource, url: string): Promise<void> {
  await underMigrationLock(url, async (client) => {
    await ensureAppRole(client);
    await dataSource.runMigrations({ transaction: 'all' });
  });
}

/** Takes the newest migration back, and with it the data that only it has a place for. */
export async function migrateDown(dataSource: DataSource, url: string): Promise<void> {
  await underMigrationLock(url, () => dataSource.undoLastMigration({ transaction: 'all' }));
}

/** The lock is held by a connection of its own: it outlives the transactions of the migrations. */
async function underMigrationLock(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'sequela-migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await work(client);
  } finally {
    await client.end();
  }
}
