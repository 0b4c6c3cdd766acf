/**
 * The one door to pg-boss: its queues live in the same PostgreSQL as everything else, so that a job can be enqueued in
 * the transaction that needs it, and workers on any number of machines share them.
 */
import { PgBoss } from 'pg-boss';
import type { JobKind } from '../twins/job.ts';

export const JOB_KINDS = ['sync-patient', 'register-twin', 'issue-forecast'] as const satisfies readonly JobKind[];

/** Where a job goes that failed on its last attempt, or whose workers died once too often. */
export const DEAD_LETTER_QUEUE = 'dead-letter';
/** Fires on a schedule; its handler enqueues the synchronisations that are due. */
export const SYNC_DUE_QUEUE = 'sync-due';

const RETRY_LIMIT = 3;
/** How often jobs of dead workers are looked for. */
const SUPERVISE_SECONDS = 5;
/** A job that no worker took for so long is dropped; until then it waits, however long there is no worker. */
const RETENTION_SECONDS = 10 * 365 * 24 * 60 * 60;
/**
 * A worker that does not answer for this long is taken for dead and its job is given to another. Work is done in
 * threads, so that the event loop, which keeps the heartbeat, is never blocked.
 */
const HEARTBEAT_SECONDS = 15;
const EXPIRE_SECONDS = 6 * 60 * 60;

export interface JobMessage {
  readonly runId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly subjectId: string;
  readonly kind: JobKind;
}

export interface QueueOptions {
  readonly url: string;
  /** False in a process that only enqueues. */
  readonly isWorker: boolean;
  readonly onError: (error: Error) => void;
  /** How often a job is tried again before it is given up; default 3. */
  readonly retryLimit?: number;
  readonly superviseSeconds?: number;
}

/**
 * Opens the queues, creating or migrating their schema where needed (pg-boss takes a lock, so several processes may
 * start at once).
 */
export async function openQueue({
  url,
  isWorker,
  onError,
  retryLimit = RETRY_LIMIT,
  superviseSeconds = SUPERVISE_SECONDS,
}: QueueOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    max: isWorker ? 4 : 2,
    useListenNotify: isWorker,
    supervise: isWorker,
    schedule: isWorker,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  });
  boss.on('error', onError);
  await boss.start();
  await boss.createQueue(DEAD_LETTER_QUEUE, {
    notify: true,
    retryLimit: 10,
    retryDelay: 1,
    retryBackoff: true,
    retentionSeconds: RETENTION_SECONDS,
  });
  await boss.createQueue(SYNC_DUE_QUEUE, { notify: true, retryLimit: 0, policy: 'exclusive' });
  for (const kind of JOB_KINDS) {
    await boss.createQueue(kind, {
      notify: true,
      retryLimit,
      retryDelay: 1,
      retryBackoff: true,
      deadLetter: DEAD_LETTER_QUEUE,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      retentionSeconds: RETENTION_SECONDS,
    });
  }
  return boss;
}
