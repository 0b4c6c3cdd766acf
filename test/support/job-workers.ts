import { openDatabase } from '../../src/database/data-source.ts';
import { grantQueueAccess } from '../../src/database/grant-queue-access.ts';
import { createUnitOfWork, type SqlExecutor } from '../../src/database/unit-of-work.ts';
import { createJobQueue } from '../../src/jobs/job-queue.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { startWorker, type WorkerOptions } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/logger.ts';
import type { JobRun } from '../../src/twins/job.ts';
import type { Actor, UnitOfWork } from '../../src/twins/ports.ts';
import { cloneTemplate } from './database.ts';
import { until } from './sequela-server.ts';

export const JOB_ACTOR: Actor = { tenantId: 'hospital-a', userId: 'test' };

/** A database with its queues; workers come and go. */
export interface JobWorkers {
  readonly databaseUrl: string;
  readonly unitOfWork: UnitOfWork;
  /** As the owner of the database. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Everything that was logged by the workers. */
  readonly log: readonly string[];
  /** Starts a worker with these handlers; ends with the test's database unless stopped before. */
  work(handlers: Partial<WorkerOptions['handlers']['run']>, more?: WorkerMore): Promise<{ stop(): Promise<void> }>;
  run(id: string): Promise<JobRun>;
  ended(id: string): Promise<JobRun>;
  close(): Promise<void>;
}

interface WorkerMore {
  readonly giveUp?: WorkerOptions['handlers']['giveUp'];
  readonly syncDue?: WorkerOptions['handlers']['syncDue'];
  readonly concurrency?: number;
}

const PACE = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, heartbeatRefreshSeconds: 0.2 };

export async function openJobWorkers(retryLimit = 1): Promise<JobWorkers> {
  await using opened = new AsyncDisposableStack();
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  const database = opened.adopt(await openDatabase({ url: clone.url, poolSize: 6 }), (open) => open.close());
  const log: string[] = [];
  const logger = createLogger('trace', { write: (line) => log.push(line) });
  const open = (isWorker: boolean) =>
    openQueue({
      url: clone.url,
      isWorker,
      retryLimit,
      superviseSeconds: 1,
      onError: (err) => logger.error({ err }, 'queue'),
    });
  const asking = opened.adopt(await open(false), (queue) => queue.stop({ graceful: false }));
  await grantQueueAccess(database);
  const workers = opened.use(new AsyncDisposableStack());
  const unitOfWork = createUnitOfWork(database, {
    clock: { now: () => new Date() },
    jobQueue: (sql: SqlExecutor, actor: Actor) => createJobQueue(asking)(sql, actor),
  });
  const run = async (id: string): Promise<JobRun> => {
    const [found] = await unitOfWork.run(JOB_ACTOR, ({ jobs }) => jobs.byIds([id]));
    if (found === undefined) throw new Error('no such run');
    return found;
  };
  const resources = opened.move();
  return {
    databaseUrl: clone.url,
    unitOfWork,
    log,
    run,
    query: (text, values = []) => database.dataSource.query<Record<string, unknown>[]>(text, values),
    async work(handlers, { giveUp = async () => {}, syncDue = async () => {}, concurrency = 2 } = {}) {
      const boss = await open(true);
      let hasStopped = false;
      const stop = async (): Promise<void> => {
        if (!hasStopped) {
          hasStopped = true;
          await boss.stop({ graceful: true, timeout: 5000 });
        }
      };
      workers.defer(stop);
      const unexpected = () => Promise.reject(new Error('this test expects no such job'));
      await startWorker({
        boss,
        unitOfWork,
        logger,
        concurrency,
        syncIntervalMinutes: 24 * 60,
        pace: PACE,
        handlers: {
          run: { 'sync-patient': unexpected, 'register-twin': unexpected, 'issue-forecast': unexpected, ...handlers },
          giveUp,
          syncDue,
        },
      });
      return { stop };
    },
    ended: (id) =>
      until(async () => {
        const found = await run(id);
        return found.status === 'QUEUED' || found.status === 'RUNNING' ? null : found;
      }),
    close: () => resources.disposeAsync(),
  };
}
