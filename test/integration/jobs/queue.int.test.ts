import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/data-source.ts';
import { grantQueueAccess } from '../../../src/database/grant-queue-access.ts';
import { openWakeUps } from '../../../src/database/wake-ups.ts';
import { DomainError, FaultError } from '../../../src/errors.ts';
import { openQueue } from '../../../src/jobs/queue.ts';
import type { JobContext } from '../../../src/twins/ports.ts';
import { cloneTemplate } from '../../support/database.ts';
import { JOB_ACTOR, type JobWorkers, openJobWorkers } from '../../support/job-workers.ts';
import { until } from '../../support/sequela-server.ts';

let jobs: JobWorkers;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  jobs = await openJobWorkers();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
});
afterAll(() => jobs.close());

const work = async (...options: Parameters<JobWorkers['work']>) => {
  const worker = await jobs.work(...options);
  running.push(worker);
  return worker;
};
const enqueueSync = (patientId: string) =>
  jobs.unitOfWork.run(JOB_ACTOR, (stores) => stores.jobs.enqueue({ kind: 'sync-patient', patientId }));
const aborted = ({ signal }: JobContext): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

test('a job exists exactly if the transaction that asks for it commits', async () => {
  const patientId = randomUUID();
  const done: string[] = [];
  await expect(
    jobs.unitOfWork.run(JOB_ACTOR, async (stores) => {
      await stores.jobs.enqueue({ kind: 'sync-patient', patientId });
      throw new Error('the caller changed its mind');
    }),
  ).rejects.toThrow('changed its mind');
  const kept = await enqueueSync(patientId);
  await work({ 'sync-patient': async (_, id) => void done.push(id) });

  expect(await jobs.ended(kept.id)).toMatchObject({ status: 'SUCCEEDED', progress: 1, attempt: 1 });
  expect(done).toEqual([patientId]);
  const inQueue = await jobs.query(`select state from pgboss.job where data ->> 'subjectId' = $1`, [patientId]);
  expect(inQueue).toHaveLength(1);
});

test('a job that still waits is given to everybody who asks for it; one that runs is not', async () => {
  const patientId = randomUUID();
  const asked = await Promise.all(Array.from({ length: 6 }, () => enqueueSync(patientId)));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);

  const release = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  await work({
    'sync-patient': async () => {
      started.resolve();
      await release.promise;
    },
  });
  await started.promise;
  const next = await enqueueSync(patientId);
  expect(next.id).not.toBe(asked[0]!.id);
  release.resolve();
  await jobs.ended(asked[0]!.id);
  await jobs.ended(next.id);
});

test('a waiting job that is asked for again does not start before the asker has committed', async () => {
  const patientId = randomUUID();
  const first = await enqueueSync(patientId);
  const started = Promise.withResolvers<void>();
  const seen: string[] = [];
  const asking = jobs.unitOfWork.run(JOB_ACTOR, async (stores) => {
    const again = await stores.jobs.enqueue({ kind: 'sync-patient', patientId });
    started.resolve();
    // Long enough for a worker to take it, were it free.
    await pause(1200);
    seen.push('asker commits');
    return again;
  });
  await started.promise;
  await work({ 'sync-patient': async () => void seen.push('job starts') });

  expect((await asking).id).toBe(first.id);
  await jobs.ended(first.id);
  expect(seen).toEqual(['asker commits', 'job starts']);
});

test('progress and end of a job wake whoever listens to it', async () => {
  const { id } = await enqueueSync(randomUUID());
  const wakeUps = await openWakeUps(jobs.databaseUrl);
  const listening = new AbortController();
  const seen: { status: string; progress: number; message: string | null }[] = [];
  const step = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const _ of wakeUps.listen({ tenantId: JOB_ACTOR.tenantId, kind: 'job', id }, listening.signal)) {
      const { status, progress, message } = await jobs.run(id);
      seen.push({ status, progress, message });
      if (progress === 0.5) step.resolve();
      if (status === 'SUCCEEDED') return;
    }
  })();
  await work({
    'sync-patient': async (_actor, _id, context) => {
      await context.report(0.5, 'Half of it is done');
      await step.promise;
    },
  });
  await following;
  listening.abort();
  await wakeUps.close();

  expect(seen).toContainEqual({ status: 'RUNNING', progress: 0.5, message: 'Half of it is done' });
  expect(seen.at(-1)).toEqual({ status: 'SUCCEEDED', progress: 1, message: null });
});

test('a job that fails is tried again and then given up once, with a reason, and says nothing of the cause', async () => {
  const patientId = randomUUID();
  const { id } = await enqueueSync(patientId);
  const attempts: number[] = [];
  const givenUp: string[][] = [];
  await work(
    {
      'sync-patient': async () => {
        attempts.push((await jobs.run(id)).attempt);
        throw new FaultError('the record could not be stored', { cause: new Error('value (Petrov, MRN-77) refused') });
      },
    },
    { giveUp: async (_, kind, subjectId, reason) => void givenUp.push([kind, subjectId, reason]) },
  );
  const run = await jobs.ended(id);

  expect(attempts).toEqual([1, 2]);
  expect(run).toMatchObject({ status: 'FAILED', attempt: 2, message: expect.stringContaining('given up') });
  expect(givenUp).toEqual([['sync-patient', patientId, run.message]]);
  const [kept] = await jobs.query(`select string_agg(output::text, '') as output from pgboss.job`);
  expect(kept?.['output']).toContain('the log has the cause');
  expect(kept?.['output']).not.toMatch(/Petrov|MRN-77|could not be stored/);
  expect(jobs.log.filter((line) => line.includes('could not be stored'))).toHaveLength(2);
  expect(jobs.log.join('')).not.toMatch(/Petrov|MRN-77/);
});

test('a refusal ends a job at once: trying again would find the same', async () => {
  const { id } = await enqueueSync(randomUUID());
  let attempts = 0;
  const givenUp: string[] = [];
  await work(
    {
      'sync-patient': async () => {
        attempts += 1;
        throw new DomainError('UNSUPPORTED', 'No image archive is configured here.');
      },
    },
    { giveUp: async (_actor, _kind, _id, reason) => void givenUp.push(reason) },
  );
  expect(await jobs.ended(id)).toMatchObject({ status: 'FAILED', message: 'No image archive is configured here.' });
  await pause(1000);
  expect(attempts).toBe(1);
  expect(givenUp).toEqual(['No image archive is configured here.']);
});

test('a waiting job that is cancelled never starts', async () => {
  const { id } = await enqueueSync(randomUUID());
  expect(await jobs.unitOfWork.run(JOB_ACTOR, (stores) => stores.jobs.cancel(id))).toBe(true);
  expect(await jobs.unitOfWork.run(JOB_ACTOR, (stores) => stores.jobs.cancel(id))).toBe(false);
  const after = await enqueueSync(randomUUID());
  const done: string[] = [];
  await work({ 'sync-patient': async (_, subjectId) => void done.push(subjectId) });
  await jobs.ended(after.id);
  expect(done).toEqual([after.subjectId]);
  expect(await jobs.run(id)).toMatchObject({ status: 'CANCELLED', attempt: 0 });
});

test('a running job that is cancelled is told at the next heartbeat, stays cancelled and is not tried again', async () => {
  const { id } = await enqueueSync(randomUUID());
  const started = Promise.withResolvers<void>();
  let attempts = 0;
  const told = Promise.withResolvers<void>();
  await work({
    'sync-patient': async (_actor, _id, context) => {
      attempts += 1;
      started.resolve();
      await aborted(context).finally(told.resolve);
    },
  });
  await started.promise;
  const cancelledAt = performance.now();
  await jobs.unitOfWork.run(JOB_ACTOR, (stores) => stores.jobs.cancel(id));
  await told.promise;
  expect(performance.now() - cancelledAt).toBeLessThan(3000);
  await pause(1500);
  expect(attempts).toBe(1);
  expect(await jobs.run(id)).toMatchObject({ status: 'CANCELLED' });
});

test('a worker that is stopped lets its running job end and takes no further one', async () => {
  const first = await enqueueSync(randomUUID());
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const done: string[] = [];
  const worker = await work(
    {
      'sync-patient': async (_, subjectId) => {
        started.resolve();
        await release.promise;
        done.push(subjectId);
      },
    },
    { concurrency: 1 },
  );
  await started.promise;
  const second = await enqueueSync(randomUUID());
  const stopped = worker.stop();
  await pause(600);
  release.resolve();
  await stopped;

  expect(done).toEqual([first.subjectId]);
  expect(await jobs.run(first.id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await jobs.run(second.id)).toMatchObject({ status: 'QUEUED' });
  await work({ 'sync-patient': async (_, subjectId) => void done.push(subjectId) });
  await jobs.ended(second.id);
  expect(done).toEqual([first.subjectId, second.subjectId]);
});

test('a job whose worker no longer answers is done by another one', async () => {
  const { id } = await enqueueSync(randomUUID());
  const started = Promise.withResolvers<void>();
  let attempts = 0;
  await work({
    'sync-patient': async (_actor, _id, context) => {
      attempts += 1;
      if (attempts === 1) {
        started.resolve();
        await aborted(context);
      }
    },
  });
  await started.promise;
  // As though it had not been heard of for longer than its lease; the next heartbeat may be quicker than the search.
  await until(async () => {
    await jobs.query(`update pgboss.job set heartbeat_on = now() - interval '1 minute' where id = $1`, [id]);
    return attempts === 2 ? true : null;
  });
  expect(await jobs.ended(id)).toMatchObject({ status: 'SUCCEEDED', attempt: 2 });
});

test('several processes may open the queues of a new database at once', async () => {
  const clone = await cloneTemplate();
  try {
    const opened = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const database = await openDatabase({ url: clone.url, poolSize: 1 });
        const errors: Error[] = [];
        const queue = await openQueue({ url: clone.url, isWorker: true, onError: (error) => errors.push(error) });
        await grantQueueAccess(database);
        return { database, queue, errors };
      }),
    );
    expect(opened.flatMap(({ errors }) => errors)).toEqual([]);
    await Promise.all(
      opened.map(async ({ database, queue }) => {
        await queue.stop({ graceful: false });
        await database.close();
      }),
    );
  } finally {
    await clone.drop();
  }
});
