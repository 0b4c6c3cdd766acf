import { afterAll, beforeAll, expect, test } from 'vitest';
import { DomainError, FaultError } from '../../../src/errors.ts';
import type { Stores } from '../../../src/twins/ports.ts';
import { openDatabase } from '../../../src/database/data-source.ts';
import { createUnitOfWork } from '../../../src/database/unit-of-work.ts';
import { cloneTemplate, createTestDatabase, noQueue, type TestDatabase } from '../../support/database.ts';
import { draft, NORTH, patientRecord, seedTwinAs, SOUTH } from '../../support/record-builders.ts';

let north: { patientId: string; twinId: string };
let south: { patientId: string; twinId: string };
let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase();
  north = await seedTwinAs(shared.unitOfWork, NORTH, 'n1');
  south = await seedTwinAs(shared.unitOfWork, SOUTH, 's1');
  await shared.unitOfWork.run(NORTH, async (stores) => {
    await stores.timeline.append(north.patientId, [draft('Observation/1')]);
    await stores.events.append([{ twinId: north.twinId, type: 'TWIN_CREATED', message: 'Created.' }]);
    await stores.audit.record({ action: 'create', subjectKind: 'DiseaseTwin', subjectId: north.twinId });
  });
});
afterAll(() => shared.close());

const everybody = { search: null, diseaseId: null };
const countPatients = async (stores: Stores): Promise<number> =>
  (await stores.patients.page({ first: 500, after: null }, everybody)).rows.length;

/** A statement of our own choice, as a request would run it. */
const asNorth = (statement: string): Promise<unknown> =>
  shared.database.dataSource.transaction(async (manager) => {
    await manager.query(`select set_config('role', 'sequela_app', true), set_config('app.tenant', $1, true)`, [
      NORTH.tenantId,
    ]);
    return manager.query(statement);
  });

test('200 concurrent requests of two tenants on five connections see their own rows only', async () => {
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const actor = index % 2 === 0 ? NORTH : SOUTH;
      return shared.unitOfWork.run(actor, async (stores) => {
        const page = await stores.patients.page({ first: 10, after: null }, { search: null, diseaseId: null });
        const twins = await stores.twins.byIds([north.twinId, south.twinId]);
        return (
          [...page.rows.map(({ node }) => node.tenantId), ...twins.map((twin) => twin.tenantId)].join() ===
          `${actor.tenantId},${actor.tenantId}`
        );
      });
    }),
  );
  expect(seen.filter(Boolean)).toHaveLength(200);
});

test('nothing of a tenant or its role stays on a connection that goes back to the pool', async () => {
  await Promise.all(Array.from({ length: 20 }, () => shared.unitOfWork.run(NORTH, countPatients)));
  const rows: unknown = await Promise.all(
    Array.from({ length: 5 }, () =>
      shared.database.dataSource.query(
        `select current_setting('app.tenant', true) as tenant, current_user = session_user as "isOwner"`,
      ),
    ),
  );
  for (const [row] of rows as [{ tenant: string | null; isOwner: boolean }][]) {
    expect([null, '']).toContain(row.tenant);
    expect(row.isOwner).toBe(true);
  }
});

test.each<[string, (stores: Stores) => Promise<unknown>]>([
  ['find', (stores) => stores.patients.byIds([south.patientId])],
  ['lock', async (stores) => [await stores.twins.lock(south.twinId)].filter((twin) => twin !== null)],
  [
    'list',
    async (stores) => [...((await stores.timeline.view([south.patientId], everything)).get(south.patientId) ?? [])],
  ],
])('another tenant cannot %s a row', async (_name, read) => {
  expect(await shared.unitOfWork.run(NORTH, read)).toEqual([]);
});
const everything = { at: new Date('2100-01-01'), clock: 'recorded' } as const;

test.each<[string, (stores: Stores) => Promise<unknown>]>([
  ['a timeline', (stores) => stores.timeline.append(south.patientId, [draft('Observation/1')])],
  ['events', (stores) => stores.events.append([{ twinId: south.twinId, type: 'STATUS_CHANGED', message: 'x' }])],
  [
    'a twin',
    (stores) => stores.twins.insert({ patientId: south.patientId, diseaseId: 'd', diseaseVersion: '1', modelId: 'm' }),
  ],
])('another tenant cannot write %s for a patient that is not its own', async (_name, write) => {
  await expect(shared.unitOfWork.run(NORTH, write)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
});

test('models learn from the patients of their own tenant alone', async () => {
  const at = new Date('2026-01-01');
  const learned = { modelId: 'personal', diseaseId: 'tumour-response', knownAt: at } as const;
  await shared.unitOfWork.run(SOUTH, (stores) =>
    stores.population.save({ ...learned, twinId: south.twinId, sha256: 'a'.repeat(64) }),
  );
  const count = (stores: Stores) => stores.population.countAt(learned.diseaseId, learned.modelId, at);
  const members = (stores: Stores) => stores.population.members(learned.diseaseId, learned.modelId, 1, 256);
  expect(await shared.unitOfWork.run(SOUTH, count)).toBe(1);
  expect(await shared.unitOfWork.run(SOUTH, members)).toMatchObject([{ sha256: 'a'.repeat(64) }]);
  expect(await shared.unitOfWork.run(NORTH, count)).toBe(0);
  expect(await shared.unitOfWork.run(NORTH, members)).toEqual([]);
});

test('a row cannot be written in the name of another tenant', async () => {
  await expect(
    asNorth(`insert into image values ('${SOUTH.tenantId}', 'a', 'acquired', '{}', '[0,1]')`),
  ).rejects.toThrow(/row-level security/);
});

test('a row cannot be handed to another tenant', async () => {
  await expect(asNorth(`update disease_twin set tenant_id = '${SOUTH.tenantId}'`)).rejects.toThrow(
    /row-level security|foreign key/,
  );
});

test('without a tenant there is nothing to see', async () => {
  const rows: unknown = await shared.database.dataSource.transaction(async (manager) => {
    await manager.query('set local role sequela_app');
    return manager.query('select * from patient');
  });
  expect(rows).toEqual([]);
});

test.each(['', 'North', "north'; drop table patient; --", 'a'.repeat(64), '*'])(
  'the tenant name %j is refused before it reaches the database',
  async (tenantId) => {
    const attempt = shared.unitOfWork.run({ tenantId, userId: 'u' }, countPatients);
    await expect(attempt).rejects.toThrow(DomainError);
  },
);

test.each([
  'update timeline_entry set body = body',
  'delete from timeline_entry',
  'update twin_event set message = message',
  'delete from twin_event',
  'update audit_record set action = action',
  'delete from audit_record',
  'truncate timeline_entry',
  'delete from patient',
])('a request cannot %s', async (statement) => {
  await expect(asNorth(statement)).rejects.toThrow(/permission denied/);
});

test.each(['update timeline_entry set body = body', 'delete from twin_event', 'truncate audit_record'])(
  'not even the owner can %s',
  async (statement) => {
    await expect(shared.database.dataSource.query(statement)).rejects.toThrow(/append-only/);
  },
);

test('a request writes the audit log and cannot read it', async () => {
  await expect(asNorth('select * from audit_record')).rejects.toThrow(/permission denied/);
  const rows: unknown = await shared.database.dataSource.query(
    'select tenant_id, user_id, action, subject_kind, subject_id from audit_record',
  );
  expect(rows).toEqual([
    {
      tenant_id: NORTH.tenantId,
      user_id: NORTH.userId,
      action: 'create',
      subject_kind: 'DiseaseTwin',
      subject_id: north.twinId,
    },
  ]);
});

test('what fails is rolled back whole', async () => {
  const attempt = shared.unitOfWork.run(NORTH, async (stores) => {
    await stores.patients.upsert(patientRecord('rolled-back'));
    throw new DomainError('CONFLICT', 'Changed my mind.');
  });
  await expect(attempt).rejects.toMatchObject({ reason: 'CONFLICT' });
  expect(await shared.unitOfWork.run(NORTH, (stores) => stores.patients.byFhirId('rolled-back'))).toBeNull();
});

test('a fault says nothing that the server said', async () => {
  const attempt = shared.unitOfWork.run(NORTH, (stores) =>
    stores.patients.upsert(patientRecord('secret\0id', { familyName: 'Secret' })),
  );
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FaultError);
  expect((error as Error).message).toMatch(/^the database refused a statement \(\w{5}\)$/);
});

test('a database that is gone is a fault without its address, not a foreign error', async () => {
  const copy = await cloneTemplate();
  const database = await openDatabase({ url: copy.url, poolSize: 1 });
  const unitOfWork = createUnitOfWork(database, { clock: { now: () => new Date() }, jobQueue: () => noQueue });
  await copy.drop();
  for (let attempt = 0; attempt < 2; attempt++) {
    const fault: unknown = await unitOfWork.run(NORTH, countPatients).catch((error) => error);
    expect(fault).toBeInstanceOf(FaultError);
    expect((fault as FaultError).message).toMatch(/^the database cannot be reached \([\w ]+\)$/);
  }
  await database.close();
});
