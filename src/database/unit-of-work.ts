import { QueryFailedError } from 'typeorm';
import { DomainError, FaultError } from '../errors.ts';
import type { Actor, Clock, JobQueue, Stores, UnitOfWork } from '../twins/ports.ts';
import { isTenantId } from '../twins/tenant-id.ts';
import { APP_ROLE } from './app-role.ts';
import type { Database } from './data-source.ts';
import { executorOf, type SqlExecutor } from './sql-executor.ts';
import { sqlState, unreachable } from './sql-state.ts';
import { createAuditLog } from './stores/audit-log.ts';
import { createBackTestStore } from './stores/back-test-store.ts';
import { createDiseaseTwinStore } from './stores/disease-twin-store.ts';
import { createEventLog } from './stores/event-log.ts';
import { createForecastStore } from './stores/forecast-store.ts';
import { createImageCatalogue } from './stores/image-catalogue.ts';
import { LockOrder } from './stores/lock-order.ts';
import { createPatientStore } from './stores/patient-store.ts';
import { createPopulationStore } from './stores/population-store.ts';
import { createPosteriorStore } from './stores/posterior-store.ts';
import { createRegistrationStore } from './stores/registration-store.ts';
import type { StoreContext } from './stores/store-context.ts';
import { createTimelineStore } from './stores/timeline-store.ts';

export type { SqlExecutor } from './sql-executor.ts';

const FOREIGN_KEY_VIOLATION = '23503';

export interface UnitOfWorkOptions {
  readonly clock: Clock;
  readonly jobQueue: (sql: SqlExecutor, actor: Actor) => JobQueue;
}

/**
 * Transactions as one actor: they run as a role that owns nothing and sees the rows of the actor's tenant only. Role and
 * tenant end with the transaction, so a connection that goes back to the pool belongs to nobody.
 */
export function createUnitOfWork({ dataSource }: Database, { clock, jobQueue }: UnitOfWorkOptions): UnitOfWork {
  return {
    async run(actor, work) {
      if (!isTenantId(actor.tenantId)) {
        throw new DomainError('INVALID_INPUT', 'The tenant is not a lower-case name of letters, digits and hyphens.');
      }
      let hasBegun = false;
      try {
        return await dataSource.transaction(async (manager) => {
          hasBegun = true;
          const sql = executorOf(manager);
          await sql.query(
            `select set_config('role', $1, true), set_config('app.tenant', $2, true), set_config('app.user', $3, true)`,
            [APP_ROLE, actor.tenantId, actor.userId],
          );
          const context: StoreContext = { manager, sql, actor, clock, lockOrder: new LockOrder() };
          const stores: Stores = {
            patients: createPatientStore(context),
            twins: createDiseaseTwinStore(context),
            timeline: createTimelineStore(context),
            registrations: createRegistrationStore(context),
            forecasts: createForecastStore(context),
            backTests: createBackTestStore(context),
            posteriors: createPosteriorStore(context),
            population: createPopulationStore(context),
            images: createImageCatalogue(context),
            events: createEventLog(context),
            jobs: jobQueue(sql, actor),
            audit: createAuditLog(context),
          };
          return work(stores);
        });
      } catch (error) {
        throw hasBegun ? inOwnWords(error) : unreachable(error);
      }
    },
  };
}

/** What the server says may hold values of a patient: it stays in the cause. */
function inOwnWords(error: unknown): unknown {
  if (error instanceof QueryFailedError) {
    const code = sqlState(error.driverError);
    return code === FOREIGN_KEY_VIOLATION
      ? new DomainError('NOT_FOUND', 'Something that this refers to does not exist.', { cause: error })
      : new FaultError(`the database refused a statement (${code ?? 'connection lost'})`, { cause: error });
  }
  return error;
}
