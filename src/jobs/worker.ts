import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { DomainError, FaultError } from '../errors.ts';
import { type Logger, withLogContext } from '../logger.ts';
import type { JobKind, JobRun } from '../twins/job.ts';
import type { Actor, JobContext, UnitOfWork } from '../twins/ports.ts';
import { DEAD_LETTER_QUEUE, JOB_KINDS, type JobMessage, SYNC_DUE_QUEUE } from './queue.ts';

/**
 * READ BEFORE CHANGING. Delivery is at least once: a worker that dies or stops answering has its job run again from the
 * start, elsewhere, while the first one may still be at it. Handlers must be safe to repeat, and what they settle must
 * be settled in one transaction that checks that it is still unsettled.
 */
export interface JobHandlers {
  readonly run: Readonly<Record<JobKind, (actor: Actor, subjectId: string, context: JobContext) => Promise<void>>>;
  /** Called for a job that will not be tried again; safe to repeat like the others. */
  readonly giveUp: (actor: Actor, kind: JobKind, subjectId: string, reason: string) => Promise<void>;
  /** Enqueues the synchronisations that are due. */
  readonly syncDue: (signal: AbortSignal) => Promise<void>;
}

export interface WorkerOptions {
  readonly boss: PgBoss;
  readonly unitOfWork: UnitOfWork;
  readonly handlers: JobHandlers;
  readonly logger: Logger;
  /** Jobs of one kind that run at once in this process. */
  readonly concurrency: number;
  readonly syncIntervalMinutes: number;
  readonly pace?: WorkerPace;
}

/** How often a worker looks for jobs that nobody announces (retries), and tells that it lives; seconds. */
export interface WorkerPace {
  readonly pollingIntervalSeconds: number;
  readonly notifyPollingIntervalSeconds: number;
  /** Also how long a cancelled job may run on. */
  readonly heartbeatRefreshSeconds: number;
}

const DEFAULT_PACE: WorkerPace = {
  pollingIntervalSeconds: 1,
  notifyPollingIntervalSeconds: 2,
  heartbeatRefreshSeconds: 3,
};

/** Progress is written at most this often; a subscriber sees no more than a few pictures a second anyway. */
const PROGRESS_INTERVAL_MS = 250;

const GIVEN_UP = 'It failed repeatedly and was given up; the log has the cause.';

/** Starts taking jobs. The promise resolves once every queue is being listened to; `boss.stop` ends it. */
export async function startWorker(options: WorkerOptions): Promise<void> {
  const { boss, handlers } = options;
  for (const kind of JOB_KINDS) {
    await takeJobs<JobMessage>(options, kind, options.concurrency, (job) => runJob(options, job));
  }
  await takeJobs<JobMessage>(options, DEAD_LETTER_QUEUE, 1, (job) => giveUpDeadJob(options, job));
  await takeJobs(options, SYNC_DUE_QUEUE, 1, (job) => handlers.syncDue(job.signal));
  await boss.schedule(SYNC_DUE_QUEUE, cronEvery(options.syncIntervalMinutes), null, { tz: 'UTC' });
}

async function takeJobs<Data>(
  { boss, logger, pace = DEFAULT_PACE }: WorkerOptions,
  queue: string,
  localConcurrency: number,
  handle: (job: JobWithMetadata<Data>) => Promise<void>,
): Promise<void> {
  let workerId: string | null = null;
  workerId = await boss.work<Data, void, WorkerPace & { includeMetadata: true; localConcurrency: number }>(
    queue,
    { ...pace, includeMetadata: true, localConcurrency },
    async ([job]) => {
      // With notifications on, a worker otherwise waits for the next poll after each job.
      if (workerId !== null) {
        boss.notifyWorker(workerId);
      }
      if (job === undefined) {
        return;
      }
      try {
        await handle(job);
      } catch (err) {
        if (!job.signal.aborted) {
          logger.error({ queue, jobId: job.id, attempt: job.retryCount + 1, err }, 'job failed');
        }
        // The queue keeps what it is told in a table that belongs to no tenant: causes may quote a patient's values.
        throw new FaultError('the job failed; the log has the cause');
      }
    },
  );
}

async function giveUpDeadJob(
  { unitOfWork, handlers, logger }: WorkerOptions,
  { data: { runId, tenantId, userId, kind, subjectId } }: JobWithMetadata<JobMessage>,
): Promise<void> {
  const actor: Actor = { tenantId, userId };
  const [run] = await unitOfWork.run(actor, (stores) => stores.jobs.byIds([runId]));
  if (run === undefined || hasEnded(run)) {
    return;
  }
  await handlers.giveUp(actor, kind, subjectId, GIVEN_UP);
  await unitOfWork.run(actor, (stores) => stores.jobs.update(runId, { status: 'FAILED', message: GIVEN_UP }));
  logger.error({ kind, jobId: runId }, 'job given up');
}

const hasEnded = ({ status }: JobRun): boolean => status !== 'QUEUED' && status !== 'RUNNING';

async function runJob(
  { unitOfWork, handlers, logger }: WorkerOptions,
  job: JobWithMetadata<JobMessage>,
): Promise<void> {
  const { runId, tenantId, userId, kind, subjectId } = job.data;
  const actor: Actor = { tenantId, userId };
  const update = (change: Parameters<Parameters<Parameters<UnitOfWork['run']>[1]>[0]['jobs']['update']>[1]) =>
    unitOfWork.run(actor, (stores) => stores.jobs.update(runId, change));

  await withLogContext({ jobId: runId }, async () => {
    const [run] = await unitOfWork.run(actor, (stores) => stores.jobs.byIds([runId]));
    if (run === undefined || hasEnded(run)) {
      return;
    }
    const started = performance.now();
    await update({ status: 'RUNNING', attempt: job.retryCount + 1, message: null });
    let lastReport = Number.NEGATIVE_INFINITY;
    try {
      await handlers.run[kind](actor, subjectId, {
        signal: job.signal,
        report: async (progress, message) => {
          const now = performance.now();
          if (now - lastReport >= PROGRESS_INTERVAL_MS) {
            lastReport = now;
            await update({ progress, message });
          }
        },
      });
      await update({ status: 'SUCCEEDED', progress: 1, message: null });
      logger.info({ kind, ms: Math.round(performance.now() - started) }, 'job done');
    } catch (error) {
      if (error instanceof DomainError) {
        // Trying again would find the same.
        await handlers.giveUp(actor, kind, subjectId, error.message);
        await update({ status: 'FAILED', message: error.message });
        logger.warn({ kind, err: error }, 'job refused');
        return;
      }
      if (!job.signal.aborted && job.retryCount < job.retryLimit) {
        await update({ message: 'It failed and will be tried again.' }).catch(() => undefined);
      }
      throw error;
    }
  });
}

/** A cron expression for every so many minutes; beyond an hour, whole hours, beyond a day, once a day. */
export function cronEvery(minutes: number): string {
  if (minutes < 60) {
    return `*/${minutes} * * * *`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 24 ? `0 */${hours} * * *` : '0 0 * * *';
}
