import type { StoreContext } from './store-context.ts';

/**
 * READ BEFORE CHANGING. An append reads the clock before it commits. Without these two a view could be taken in between
 * and the entry would appear in the past of that view later.
 */
const KEY = `hashtextextended(current_setting('app.tenant') || '/' || patient_id, 0)`;

type Transaction = Pick<StoreContext, 'sql' | 'lockOrder'>;

/** From here until the transaction ends, views of this patient wait. To be called before the clock is read. */
export async function beginAppend({ sql, lockOrder }: Transaction, patientId: string): Promise<void> {
  lockOrder.reachTimeline();
  await sql.query(`select pg_advisory_xact_lock(${KEY}) from (select $1::uuid::text as patient_id) as patient`, [
    patientId,
  ]);
}

/** Waits for the appends to these patients that are under way; it holds up none that come later. */
export async function appendsSettled({ sql, lockOrder }: Transaction, patientIds: readonly string[]): Promise<void> {
  lockOrder.reachTimeline();
  await sql.query(
    `select pg_advisory_lock_shared(${KEY}), pg_advisory_unlock_shared(${KEY})
     from (select unnest($1::uuid[])::text as patient_id) as patient`,
    [patientIds],
  );
}
