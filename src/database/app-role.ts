import type { Client } from 'pg';
import { FaultError } from '../errors.ts';
import { sqlState } from './sql-state.ts';

/** What every request runs as: it owns nothing, so that row level security and the grants bind it. */
export const APP_ROLE = 'sequela_app';

const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Makes sure that the role exists and that this connection may take it. Roles belong to the whole server, so another
 * database of it may have made the role already.
 * @throws {FaultError} when the connection may not create it; says what an administrator has to do.
 */
export async function ensureAppRole(client: Client): Promise<void> {
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [APP_ROLE]);
    if (rowCount === 0) {
      await client.query(`create role ${APP_ROLE} nologin nobypassrls`).catch((error: unknown) => {
        const code = sqlState(error);
        if (code !== DUPLICATE_OBJECT && code !== UNIQUE_VIOLATION) {
          throw error;
        }
      });
    }
    if (!(await mayTakeRole(client))) {
      await client.query(`grant ${APP_ROLE} to current_user`);
    }
  } catch (cause) {
    if (sqlState(cause) !== INSUFFICIENT_PRIVILEGE) {
      throw cause;
    }
    throw new FaultError(
      `the database user may neither create the role ${APP_ROLE} nor take it; give it CREATEROLE, or let an ` +
        `administrator run: create role ${APP_ROLE} nologin; grant ${APP_ROLE} to <the user of DATABASE_URL>;`,
      { cause },
    );
  }
  const { rows } = await client.query<{ isUnbound: boolean }>(
    'select rolsuper or rolbypassrls as "isUnbound" from pg_roles where rolname = $1',
    [APP_ROLE],
  );
  if (rows[0]?.isUnbound !== false) {
    throw new FaultError(`the role ${APP_ROLE} must be neither superuser nor BYPASSRLS: it would see every tenant`);
  }
}

async function mayTakeRole(client: Client): Promise<boolean> {
  try {
    await client.query(`begin; set local role ${APP_ROLE}; rollback`);
    return true;
  } catch (error) {
    await client.query('rollback');
    if (sqlState(error) === INSUFFICIENT_PRIVILEGE) {
      return false;
    }
    throw error;
  }
}
