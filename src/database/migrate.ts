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

/**
 * Takes the newest migration back, and with it the data that only it has a place for. False where there is none.
 */
export async function migrateDown(dataSource: DataSource, url: string): Promise<boolean> {
  return underMigrationLock(url, async (client) => {
    const { rows } = await client.query<{ exists: boolean }>(`select to_regclass('migration') is not null as exists`);
    if (rows[0]?.exists !== true || (await client.query('select from migration')).rowCount === 0) {
      return false;
    }
    await dataSource.undoLastMigration({ transaction: 'all' });
    return true;
  });
}

/** The lock is held by a connection of its own: it outlives the transactions of the migrations. */
async function underMigrationLock<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'sequela-migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
}
