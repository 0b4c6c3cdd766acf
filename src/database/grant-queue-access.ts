import type { Database } from './data-source.ts';
import { APP_ROLE } from './app-role.ts';

/** Any number that nothing else locks: processes that start at once grant one after the other. */
const GRANTING = 7_391_204_415;

/**
 * Lets requests enqueue and cancel in the transaction that they run in. Called once the queue has made its schema
 * `pgboss`; calling it again is harmless.
 */
export async function grantQueueAccess({ dataSource }: Database): Promise<void> {
  // Statements of one query are one transaction: the lock ends with it.
  await dataSource.query(`
    select pg_advisory_xact_lock(${GRANTING});
    grant usage on schema pgboss to ${APP_ROLE};
    grant select, insert, update, delete on all tables in schema pgboss to ${APP_ROLE};
    grant usage on all sequences in schema pgboss to ${APP_ROLE};
    grant execute on all functions in schema pgboss to ${APP_ROLE};
  `);
}
