import type { EntityManager } from 'typeorm';
import type { Actor, Clock } from '../../twins/ports.ts';
import type { SqlExecutor } from '../sql-executor.ts';
import type { LockOrder } from './lock-order.ts';

/** The transaction that the stores share. */
export interface StoreContext {
  readonly manager: EntityManager;
  readonly sql: SqlExecutor;
  readonly actor: Actor;
  readonly clock: Clock;
  readonly lockOrder: LockOrder;
}
