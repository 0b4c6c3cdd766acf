import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AsOf, TimelineEntry, TimelineEntryDraft } from '../../../src/twins/timeline.ts';
import { viewTimeline } from '../../../src/twins/timeline-view.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { draft, manualClock, NORTH, observationBody, seedTwinAs } from '../../support/record-builders.ts';
import { image, onDay } from '../../support/timeline-entry-builders.ts';

const clock = manualClock();
let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase({ clock });
});
afterAll(() => shared.close());

let patients = 0;
async function newPatient(): Promise<string> {
  patients += 1;
  return (await seedTwinAs(shared.unitOfWork, NORTH, `p${patients}`)).patientId;
}

const append = (patientId: string, day: number, drafts: readonly TimelineEntryDraft[]) => {
  clock.set(onDay(day));
  return shared.unitOfWork.run(NORTH, (stores) => stores.timeline.append(patientId, drafts));
};
const view = async (patientId: string, asOf: AsOf): Promise<readonly TimelineEntry[]> =>
  (await shared.unitOfWork.run(NORTH, (stores) => stores.timeline.view([patientId], asOf))).get(patientId) ?? [];
const everything = (patientId: string): Promise<readonly TimelineEntry[]> =>
  shared.unitOfWork.run(NORTH, async (stores) => {
    const page = await stores.timeline.page(patientId, { first: 500, after: null });
    return page.rows.map(({ node }) => node);
  });
const recorded = (day: number): AsOf => ({ at: onDay(day), clock: 'recorded' });
const issued = (day: number): AsOf => ({ at: onDay(day), clock: 'issued' });
const versions = (entries: readonly TimelineEntry[]): string[] =>
  entries.map(({ sourceId, sourceVersion }) => `${sourceId}@${sourceVersion}`);

const gap = (isTransient: boolean, reason = 'network'): TimelineEntryDraft['body'] => ({
  kind: 'gap',
  missing: 'observation',
  reason,
  message: 'It could not be read.',
  isTransient,
});

test('an entry comes back as it went in, with its place in the record', async () => {
  const patientId = await newPatient();
  const drafts = [
    draft('Observation/1', { body: observationBody(0.1 + 0.2), issuedAt: onDay(0.5) }),
    draft('1.2/1.2.3', { sourceSystem: 'dicomweb', body: image('1.2', onDay(0)).body }),
  ];
  const appended = await append(patientId, 1, drafts);
  expect(appended).toMatchObject(drafts);
  expect(
    appended.every((each) => each.patientId === patientId && each.recordedAt.getTime() === onDay(1).getTime()),
  ).toBe(true);
  expect(appended.map(({ revision }) => revision)).toEqual([1, 2]);
  expect(await everything(patientId)).toEqual(appended);
  const byIds = await shared.unitOfWork.run(NORTH, (stores) =>
    stores.timeline.byIds([...appended.map(({ id }) => id), 'not-an-id']),
  );
  expect(new Set(byIds)).toEqual(new Set(appended));
});

test('what is on record is not appended again, not even twice in one batch', async () => {
  const patientId = await newPatient();
  await append(patientId, 1, [draft('Observation/1'), draft('Observation/1')]);
  const second = await append(patientId, 2, [draft('Observation/1'), draft('Observation/1', { sourceVersion: '2' })]);
  expect(versions(second)).toEqual(['Observation/1@2']);
  expect((await everything(patientId)).map(({ revision }) => revision)).toEqual([1, 2]);
});

test('a gap that is still the same is not appended again; a changed one is, and one after a reading is', async () => {
  const patientId = await newPatient();
  const at = (day: number, body = gap(true)) => draft('Observation/1', { sourceVersion: `gap@${day}`, body });
  expect(await append(patientId, 1, [at(1)])).toHaveLength(1);
  expect(await append(patientId, 2, [at(2)])).toHaveLength(0);
  expect(await append(patientId, 3, [at(3, gap(true, 'timeout'))])).toHaveLength(1);
  expect(await append(patientId, 4, [draft('Observation/1')])).toHaveLength(1);
  expect(await append(patientId, 5, [at(5, gap(true, 'timeout'))])).toHaveLength(1);
});

test('an older version that is synchronised after a newer one does not win', async () => {
  const patientId = await newPatient();
  await append(patientId, 5, [draft('Observation/1', { sourceVersion: '2', issuedAt: onDay(4) })]);
  await append(patientId, 9, [draft('Observation/1', { sourceVersion: '1', issuedAt: onDay(1) })]);
  expect(versions(await view(patientId, recorded(10)))).toEqual(['Observation/1@2']);
  expect(versions(await view(patientId, issued(2)))).toEqual(['Observation/1@1']);
  expect(versions(await view(patientId, recorded(4)))).toEqual([]);
});

test('the two clocks differ: what the hospital had published, and what this server had learned', async () => {
  const patientId = await newPatient();
  await append(patientId, 20, [draft('Observation/1', { issuedAt: onDay(2) }), draft('Observation/2')]);
  expect(versions(await view(patientId, issued(3)))).toEqual(['Observation/1@1']);
  expect(versions(await view(patientId, recorded(3)))).toEqual([]);
  expect(versions(await view(patientId, issued(20)))).toEqual(['Observation/1@1', 'Observation/2@1']);
});

test('the record of a patient keeps its order although the clock of the machine steps back', async () => {
  const patientId = await newPatient();
  await append(patientId, 8, [draft('Observation/1')]);
  const [late] = await append(patientId, 3, [draft('Observation/2')]);
  expect(late).toMatchObject({ revision: 2, recordedAt: onDay(8) });
});

test('a view waits for what was recorded before it and is not committed yet', async () => {
  const patientId = await newPatient();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
  clock.set(onDay(1));
  const appending = shared.unitOfWork.run(NORTH, async (stores) => {
    await stores.timeline.append(patientId, [draft('Observation/1')]);
    hasWritten();
    await released;
  });
  await written;
  const seen = view(patientId, recorded(1));
  const waiting = 'select from pg_locks where not granted and locktype = $1';
  while ((await shared.database.dataSource.query<unknown[]>(waiting, ['advisory'])).length === 0);
  release();
  expect(versions(await seen)).toEqual(['Observation/1@1']);
  await appending;
});

test('writers of one patient at once leave one order without holes', async () => {
  const patientId = await newPatient();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => append(patientId, 1, [draft(`A/${index}`), draft(`B/${index}`)])),
  );
  const entries = await everything(patientId);
  expect(entries.map(({ revision }) => revision)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

const day = fc.integer({ min: 0, max: 6 });
const anyDraft: fc.Arbitrary<TimelineEntryDraft> = fc
  .record({
    source: fc.constantFrom('1.2/1', '1.2/2', '1.2/-', 'Observation/1', '1.3/-', '1.3/1'),
    version: fc.integer({ min: 1, max: 5 }),
    occurred: day,
    issuedOn: fc.option(day, { nil: null }),
    what: fc.constantFrom('value', 'image', 'retraction', 'gap', 'transient gap'),
  })
  .map(({ source, version, occurred, issuedOn, what }) =>
    draft(source, {
      sourceSystem: 'dicomweb',
      sourceVersion: String(version),
      occurredAt: onDay(occurred),
      issuedAt: issuedOn === null ? null : onDay(issuedOn),
      body:
        what === 'value'
          ? observationBody(version)
          : what === 'image'
            ? image('1.2', onDay(occurred)).body
            : what === 'retraction'
              ? { kind: 'retraction', reason: 'entered-in-error' }
              : gap(what === 'transient gap', `reason ${version}`),
    }),
  );

test('the view follows the rules of the domain, and nothing recorded later changes what was seen', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyDraft, { maxLength: 4 }), { minLength: 2, maxLength: 6 }),
      day,
      fc.integer({ min: 1, max: 6 }),
      async (batches, asked, seenAfter) => {
        const patientId = await newPatient();
        let seen: readonly TimelineEntry[] | undefined;
        for (const [index, drafts] of batches.entries()) {
          if (index === seenAfter) {
            seen = await view(patientId, recorded(index - 1));
          }
          await append(patientId, index, drafts);
        }
        const all = await everything(patientId);
        for (const asOf of [recorded(asked), issued(asked), recorded(100)]) {
          expect(await view(patientId, asOf)).toEqual(viewTimeline(all, asOf));
        }
        // Where fewer batches came than were waited for, there is nothing to compare with.
        const seenAgain = seen && (await view(patientId, recorded(seenAfter - 1)));
        expect(seenAgain).toEqual(seen);
      },
    ),
    { numRuns: 60 },
  );
});
