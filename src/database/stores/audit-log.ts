import type { AuditLog } from '../../twins/ports.ts';
import type { StoreContext } from './store-context.ts';

export function createAuditLog({ sql, actor, clock }: StoreContext): AuditLog {
  return {
    async record({ action, subjectKind, subjectId }) {
      await sql.query(
        `insert into audit_record (tenant_id, user_id, action, subject_kind, subject_id, recorded_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [actor.tenantId, actor.userId, action, subjectKind, subjectId, clock.now()],
      );
    },
  };
}
