import type { EntityManager } from 'typeorm';
import { FaultError } from '../errors.ts';

/** Runs a statement in the caller's transaction. */
export interface SqlExecutor {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[]; rowCount: number }>;
}

export function executorOf({ queryRunner }: EntityManager): SqlExecutor {
  if (queryRunner === undefined) {
    throw new FaultError('a statement was asked for outside of a transaction');
  }
  return {
    async query(text, values) {
      const { records, affected } = await queryRunner.query(text, values, true);
      const rows = (records ?? []) as Record<string, unknown>[];
      return { rows, rowCount: affected ?? rows.length };
    },
  };
}
