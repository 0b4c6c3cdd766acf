import { afterAll, beforeAll, expect, test } from 'vitest';
import { valuesOfRecord } from '../../../scripts/register/recorded-values.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { draft, manualClock, NORTH, seedTwinAs, SOUTH } from '../../support/record-builders.ts';
import { onDay } from '../../support/timeline-entry-builders.ts';

const clock = manualClock();
let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase({ clock });
});
afterAll(() => shared.close());

const JUDGED = { measure: 'masked-ssim', judged: 'global' } as const;

test('thresholds learn from the newest accepted alignment of each visit, of every tenant', async () => {
  const learn = (disease = 'test-disease') => valuesOfRecord(shared.database.dataSource, disease, JUDGED);
  await expect(learn()).rejects.toMatchObject({ reason: 'INSUFFICIENT_HISTORY' });
  for (const actor of [NORTH, SOUTH]) {
    const { twinId, patientId } = await seedTwinAs(shared.unitOfWork, actor, 'learned-from');
    await shared.unitOfWork.run(actor, async (stores) => {
      const entries = await stores.timeline.append(patientId, [draft('a/1'), draft('b/1'), draft('c/1'), draft('d/1')]);
      const [reference, ...visits] = entries.map(({ id }) => id) as [string, string, string, string];
      const save = (entryId: string, inputHash: string, maskedSsim: number, more: object = {}) =>
        stores.registrations.save({
          twinId,
          entryId,
          referenceEntryId: reference,
          verdict: 'accepted',
          reason: null,
          method: 'affine',
          stages: ['rigid', 'affine'],
          transform: { kind: 'affine', matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
          field: null,
          before: null,
          after: { maskedSsim, nmi: 1.3, ncc: 0.9 },
          quality: null,
          rejectedDeformation: null,
          movedSha256: null,
          geometry: null,
          inputHash,
          elapsedMs: 1,
          ...more,
        });
      clock.set(onDay(1));
      await save(visits[0], 'first', 0.5);
      clock.set(onDay(2));
      await save(visits[0], 'again', actor === NORTH ? 0.9 : 0.8);
      await save(visits[1], 'refused', 0.3, { verdict: 'refused', reason: 'Too different.' });
      await save(visits[2], 'same grid', 1, { method: 'prealigned', stages: [] });
    });
  }
  const { accepted, refused } = await learn();
  expect(accepted.toSorted((a, b) => a - b)).toEqual([0.8, 0.9]);
  expect(refused).toEqual([]);
  await expect(learn('another-disease')).rejects.toMatchObject({ reason: 'INSUFFICIENT_HISTORY' });
});

test('what the record does not keep is said', async () => {
  const judged = { measure: 'nmi-gain', judged: 'global' } as const;
  await expect(valuesOfRecord(shared.database.dataSource, 'test-disease', judged)).rejects.toMatchObject({
    reason: 'UNSUPPORTED',
  });
});
