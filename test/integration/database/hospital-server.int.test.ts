import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/database/data-source.ts';
import { grantQueueAccess } from '../../../src/database/grant-queue-access.ts';
import { createUnitOfWork } from '../../../src/database/unit-of-work.ts';
import { createJobQueue } from '../../../src/jobs/job-queue.ts';
import { openQueue } from '../../../src/jobs/queue.ts';
import type { UnitOfWork } from '../../../src/twins/ports.ts';
import { noQueue } from '../../support/database.ts';
import { databaseUrl } from '../../support/database-url.ts';
import { debianPostgresBinaries, startDebianPostgres } from '../../support/debian-postgres.ts';
import { draft, NORTH, seedTwinAs, SOUTH } from '../../support/record-builders.ts';

const bin = debianPostgresBinaries();

describe.skipIf(bin === null)("a hospital's own server, where we are no superuser (needs Debian's PostgreSQL)", () => {
  let cluster: Awaited<ReturnType<typeof startDebianPostgres>>;
  let administrator: Client;
  const as = (user: string, name: string): string => databaseUrl(cluster.url, name).replace('//sequela@', `//${user}@`);
  beforeAll(async () => {
    cluster = await startDebianPostgres(bin ?? '');
    administrator = new Client({ connectionString: cluster.url });
    await administrator.connect();
  });
  afterAll(async () => {
    await administrator.end();
    await cluster.stop();
  });

  test('a user that may create no role is told what is missing', async () => {
    await administrator.query('create role plain login');
    await administrator.query('create database plain owner plain');
    await expect(openDatabase({ url: as('plain', 'plain'), poolSize: 1 })).rejects.toThrow(
      /neither create the role sequela_app nor take it; give it CREATEROLE/,
    );
  });

  describe('with CREATEROLE', () => {
    let database: Database;
    let unitOfWork: UnitOfWork;
    beforeAll(async () => {
      await administrator.query('create role hospital login createrole');
      await administrator.query('create database hospital owner hospital');
      database = await openDatabase({ url: as('hospital', 'hospital'), poolSize: 3 });
      unitOfWork = createUnitOfWork(database, { clock: { now: () => new Date() }, jobQueue: () => noQueue });
    });
    afterAll(() => database.close());

    test('the schema comes up and the stores work', async () => {
      const { patientId, twinId } = await seedTwinAs(unitOfWork, NORTH, 'h1');
      const view = await unitOfWork.run(NORTH, async (stores) => {
        await stores.timeline.append(patientId, [draft('Observation/1')]);
        await stores.audit.record({ action: 'create', subjectKind: 'DiseaseTwin', subjectId: twinId });
        const asOf = { at: new Date(Date.now() + 1000), clock: 'recorded' } as const;
        const found = await stores.patients.page(
          { first: 5, after: null },
          { search: 'EXAM', diseaseId: 'test-disease' },
        );
        const entries = (await stores.timeline.view([patientId], asOf)).get(patientId);
        await stores.events.append([{ twinId, type: 'TWIN_CREATED', message: 'Created.' }]);
        return [entries?.length, found.rows.length];
      });
      expect(view).toEqual([1, 1]);
    });

    test('a job is enqueued in the transaction of the request, and not where that is rolled back', async () => {
      const boss = await openQueue({ url: as('hospital', 'hospital'), isWorker: false, onError: () => {} });
      try {
        await grantQueueAccess(database);
        const withQueue = createUnitOfWork(database, {
          clock: { now: () => new Date() },
          jobQueue: createJobQueue(boss),
        });
        const { patientId } = await seedTwinAs(withQueue, NORTH, 'h-job');
        const job = { kind: 'sync-patient', patientId } as const;
        const rolledBack = withQueue.run(NORTH, async (stores) => {
          await stores.jobs.enqueue(job);
          throw new Error('changed my mind');
        });
        await expect(rolledBack).rejects.toThrow('changed my mind');
        const first = await withQueue.run(NORTH, (stores) => stores.jobs.enqueue(job));
        const again = await withQueue.run(NORTH, (stores) => stores.jobs.enqueue(job));
        expect(again).toEqual(first);
        const queued: unknown = await database.dataSource.query('select id from pgboss.job where name = $1', [
          job.kind,
        ]);
        expect(queued).toEqual([{ id: first.id }]);
        expect(await withQueue.run(SOUTH, (stores) => stores.jobs.byIds([first.id]))).toEqual([]);
        expect(await withQueue.run(NORTH, (stores) => stores.jobs.cancel(first.id))).toBe(true);
      } finally {
        await boss.stop({ graceful: false });
      }
    });

    test('the owner of the tables is bound by row level security too', async () => {
      await seedTwinAs(unitOfWork, SOUTH, 'h2');
      expect(await database.dataSource.query('select * from patient')).toEqual([]);
      const page = await unitOfWork.run(SOUTH, (stores) =>
        stores.patients.page({ first: 10, after: null }, { search: null, diseaseId: null }),
      );
      expect(page.rows).toHaveLength(1);
    });
  });

  test('a user that an administrator let take the role needs no right to create one', async () => {
    await administrator.query('create role guest login');
    await administrator.query('grant sequela_app to guest');
    await administrator.query('create database guest owner guest');
    const database = await openDatabase({ url: as('guest', 'guest'), poolSize: 1 });
    expect(await database.isReady()).toBe(true);
    await database.close();
  });
});
