import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { Job, JobKind, JobRun, JobStatus } from '../twins/job.ts';
import type { Actor, JobQueue } from '../twins/ports.ts';
import type { JobMessage } from './queue.ts';

/** Runs a statement in the caller's transaction. */
export interface SqlExecutor {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[]; rowCount: number }>;
}

interface JobRunRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly kind: JobKind;
  readonly subject_id: string;
  readonly status: JobStatus;
  readonly progress: number;
  readonly message: string | null;
  readonly attempt: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'id, tenant_id, kind, subject_id, status, progress, message, attempt, created_at, updated_at';

/** The subject's newest runs that are worth showing. */
const RUNS_PER_SUBJECT = 10;

/**
 * The domain's job queue inside one transaction: a row of `job_run`, which people and subscriptions look at, and the
 * pg-boss job that makes it happen, under the same id.
 */
export function createJobQueue(boss: PgBoss): (sql: SqlExecutor, actor: Actor) => JobQueue {
  return (sql, actor) => {
    const inTransaction = {
      executeSql: async (text: string, values?: unknown[]) => ({ rows: (await sql.query(text, values)).rows }),
    };
    const select = async (condition: string, values: unknown[], lock = ''): Promise<JobRun[]> => {
      const { rows } = await sql.query(`select ${COLUMNS} from job_run where ${condition} ${lock}`, values);
      return rows.map((row) => toJobRun(row as unknown as JobRunRow));
    };

    return {
      async enqueue(job) {
        const subjectId = subjectOf(job);
        for (;;) {
          const { rows } = await sql.query(
            `insert into job_run (id, tenant_id, kind, subject_id, status, progress, attempt, created_at, updated_at)
             values ($1, $2, $3, $4, 'QUEUED', 0, 0, now(), now())
             on conflict do nothing returning ${COLUMNS}`,
            [randomUUID(), actor.tenantId, job.kind, subjectId],
          );
          const [inserted] = rows;
          if (inserted !== undefined) {
            const run = toJobRun(inserted as unknown as JobRunRow);
            const message: JobMessage = { runId: run.id, kind: job.kind, subjectId, ...actor };
            await boss.send(job.kind, message, { id: run.id, db: inTransaction });
            return run;
          }
          // Locked, so that it does not start before the caller's transaction commits: it would not see what that one
          // wrote, and nothing would ask for it again.
          const [queued] = await select(
            `kind = $1 and subject_id = $2 and status = 'QUEUED'`,
            [job.kind, subjectId],
            'for update',
          );
          if (queued !== undefined) {
            return queued;
          }
          // It was started between the two statements: the next round inserts.
        }
      },
      async byIds(ids) {
        return select('id = any($1::uuid[])', [ids]);
      },
      async newestBySubject(subjectIds) {
        const { rows } = await sql.query(
          `select run.* from unnest($1::uuid[]) as subject(id)
           cross join lateral (
             select ${COLUMNS} from job_run where subject_id = subject.id order by created_at desc, id limit ${RUNS_PER_SUBJECT}
           ) as run`,
          [subjectIds],
        );
        return Map.groupBy(
          rows.map((row) => toJobRun(row as unknown as JobRunRow)),
          (run) => run.subjectId,
        );
      },
      async cancel(id) {
        const { rows } = await sql.query(
          `update job_run set status = 'CANCELLED', updated_at = now()
           where id = $1 and status in ('QUEUED', 'RUNNING') returning kind`,
          [id],
        );
        const kind = rows[0]?.['kind'];
        if (typeof kind !== 'string') {
          return false;
        }
        await boss.cancel(kind, id, { db: inTransaction });
        return true;
      },
      async update(id, { status, progress, message, attempt }) {
        // Terminal states are final: a worker that lost its lease must not undo what another one settled.
        await sql.query(
          `update job_run set
             status = coalesce($2, status), progress = coalesce($3, progress), attempt = coalesce($4, attempt),
             message = case when $6 then $5 else message end, updated_at = now()
           where id = $1 and status in ('QUEUED', 'RUNNING')`,
          [id, status ?? null, progress ?? null, attempt ?? null, message ?? null, message !== undefined],
        );
      },
    };
  };
}

function subjectOf(job: Job): string {
  switch (job.kind) {
    case 'sync-patient':
      return job.patientId;
    case 'register-twin':
      return job.twinId;
    case 'issue-forecast':
      return job.forecastId;
  }
}

const toJobRun = (row: JobRunRow): JobRun => ({
  id: row.id,
  tenantId: row.tenant_id,
  kind: row.kind,
  subjectId: row.subject_id,
  status: row.status,
  progress: row.progress,
  message: row.message,
  attempt: row.attempt,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
