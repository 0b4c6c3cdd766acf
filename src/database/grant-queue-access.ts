import type { Database } from './data-source.ts';
import { APP_ROLE } from './app-role.ts';

/**
 * Lets requests enqueue and cancel in the transaction that they run in. Called once the queue has made its schema
 * `pgboss`; calling it again is harmless.
 */
export async function grantQueueAccess({ dataSource }: Database): Promise<void> {
  await dataSource.query(`
    grant usage on schema pgboss to ${APP_ROLE};
    grant select, insert, update, delete on all tables in schema pgboss to ${APP_ROLE};
    grant usage on all sequences in schema pgboss to ${APP_ROLE};
    grant execute on all functions in schema pgboss to ${APP_ROLE};
  `);
}
