import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withStatus } from '../../../src/twins/disease-twin.ts';
import type { Page, Stores } from '../../../src/twins/ports.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { draft, manualClock, NORTH, patientRecord, seedTwin, seedTwinAs } from '../../support/record-builders.ts';
import { IMAGE_SHAPE, onDay } from '../../support/timeline-entry-builders.ts';

const clock = manualClock();
let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase({ clock });
});
afterAll(() => shared.close());
const run = <T>(work: (stores: Stores) => Promise<T>): Promise<T> => shared.unitOfWork.run(NORTH, work);

/** Every row of a list, page after page. */
async function readAll<T>(read: (after: string | null) => Promise<Page<T>>): Promise<T[]> {
  const nodes: T[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Page<T> = await read(after);
    nodes.push(...page.rows.map(({ node }) => node));
    after = page.rows.at(-1)?.cursor ?? null;
    more = page.hasNextPage;
  }
  return nodes;
}

describe('patients', () => {
  test('are inserted once, updated when the source changed, and left alone when it did not', async () => {
    clock.set(onDay(1));
    const record = patientRecord('upsert-1');
    const first = await run((stores) => stores.patients.upsert(record));
    expect(first).toMatchObject({ ...record, tenantId: NORTH.tenantId, createdAt: onDay(1), syncedAt: null });
    clock.set(onDay(2));
    expect(await run((stores) => stores.patients.upsert(record))).toEqual(first);
    clock.set(onDay(3));
    const married = { ...record, familyName: 'Newname' };
    const changed = await run((stores) => stores.patients.upsert(married));
    expect(changed).toEqual({ ...first, familyName: 'Newname', updatedAt: onDay(3) });
    expect(await run((stores) => stores.patients.byFhirId('upsert-1'))).toEqual(changed);
    const found = await run((stores) => findIds(stores, 'newname'));
    expect(found).toEqual([first.id]);
  });

  test('that are inserted by two transactions at once become one', async () => {
    const both = await Promise.all(
      [1, 2, 3].map(() => run((stores) => stores.patients.upsert(patientRecord('twice')))),
    );
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
  });

  test('are found by the beginning of a name, an identifier or the FHIR id, whatever the case, all words together', async () => {
    const person = await run((stores) =>
      stores.patients.upsert(
        patientRecord('Fhir-77', {
          familyName: 'van der Ålst',
          givenNames: ['Émile', 'Jan Pieter'],
          identifiers: [{ system: 'urn:x', value: 'AB 12_34%' }],
        }),
      ),
    );
    for (const search of ['VAN DER', 'ålst', 'émi', 'pieter ålst', 'fhir-77', 'ab 12_34%', '12_']) {
      expect({ search, found: await run((stores) => findIds(stores, search)) }).toEqual({ search, found: [person.id] });
    }
    for (const search of ['lst', 'émile nobody', '12%', "'; --"]) {
      expect({ search, found: await run((stores) => findIds(stores, search)) }).toEqual({ search, found: [] });
    }
  });

  test('whose name changes take their new place among those that a search finds', async () => {
    const names = async () =>
      (
        await readAll((after) =>
          run((stores) => stores.patients.page({ first: 1, after }, { search: 'ren', diseaseId: null })),
        )
      ).map(({ familyName }) => familyName);
    const record = (fhirId: string, familyName: string) =>
      patientRecord(fhirId, { familyName, givenNames: ['Renée', 'Renate'] });
    await run(async (stores) => {
      await stores.patients.upsert(record('moves-1', 'Adler'));
      await stores.patients.upsert(record('moves-2', 'Brandt'));
    });
    expect(await names()).toEqual(['Adler', 'Brandt']);
    await run((stores) => stores.patients.upsert(record('moves-1', 'Curie')));
    expect(await names()).toEqual(['Brandt', 'Curie']);
  });

  test('are listed by name with those of a disease only where asked for, and no row twice or missed', async () => {
    await run(async (stores) => {
      for (const [index, familyName] of ['Zeta', 'Same', 'same', null, 'Alpha', 'Same'].entries()) {
        await stores.patients.upsert(patientRecord(`list-${index}`, { familyName, givenNames: ['Listed'] }));
      }
      await seedTwin(stores, 'list-0');
    });
    const list = (first: number, diseaseId: string | null) =>
      readAll((after) => run((stores) => stores.patients.page({ first, after }, { search: 'listed', diseaseId })));
    const onePage = await list(500, null);
    expect(onePage.map(({ familyName }) => familyName?.toLowerCase() ?? null)).toEqual([
      null,
      'alpha',
      'same',
      'same',
      'same',
    ]);
    expect(await list(2, null)).toEqual(onePage);
    const ofDisease = await run((stores) =>
      stores.patients.page({ first: 50, after: null }, { search: 'list-0', diseaseId: 'test-disease' }),
    );
    expect(ofDisease.rows).toHaveLength(1);
    expect(
      (
        await run((stores) =>
          stores.patients.page({ first: 50, after: null }, { search: 'list-1', diseaseId: 'test-disease' }),
        )
      ).rows,
    ).toEqual([]);
  });

  test('keep the watermark of the last complete synchronisation', async () => {
    const { id } = await run((stores) => stores.patients.upsert(patientRecord('synced')));
    expect(await run((stores) => stores.patients.syncState(id))).toEqual({ watermark: null });
    await run((stores) => stores.patients.markSynced(id, onDay(4), onDay(5)));
    expect(await run((stores) => stores.patients.syncState(id))).toEqual({ watermark: onDay(4) });
    expect(await run((stores) => stores.patients.byIds([id, 'no-id']))).toMatchObject([{ syncedAt: onDay(5) }]);
  });
});

const findIds = async (stores: Stores, search: string): Promise<string[]> =>
  (await stores.patients.page({ first: 50, after: null }, { search, diseaseId: null })).rows.map(({ node }) => node.id);

describe('disease twins', () => {
  test('exist once per patient and disease', async () => {
    await expect(run((stores) => seedTwin(stores, 'one-twin'))).resolves.toBeDefined();
    await expect(run((stores) => seedTwin(stores, 'one-twin'))).rejects.toThrow('has a twin already');
  });

  test('are saved with a higher revision, and not over a change that the writer has not seen', async () => {
    const { twinId, patientId } = await seedTwinAs(shared.unitOfWork, NORTH, 'saved-twin');
    const seen = await run((stores) => stores.twins.lock(twinId));
    const saved = await run((stores) => stores.twins.save(withStatus(seen!, 'SYNCING', 'because')));
    expect(saved).toMatchObject({ status: 'SYNCING', statusReason: 'because', revision: 2 });
    expect(await run((stores) => stores.twins.byPatientIds([patientId]))).toEqual([saved]);
    await expect(run((stores) => stores.twins.save(seen!))).rejects.toMatchObject({ reason: 'CONFLICT' });
  });

  test('are locked until the transaction ends', async () => {
    const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'locked-twin');
    const step = async (): Promise<void> => {
      await run(async (stores) => {
        const twin = await stores.twins.lock(twinId);
        await stores.twins.save({ ...twin!, statusReason: `${Number(twin!.statusReason ?? 0) + 1}` });
      });
    };
    await Promise.all(Array.from({ length: 10 }, step));
    expect(await run((stores) => stores.twins.byIds([twinId]))).toMatchObject([{ statusReason: '10', revision: 11 }]);
  });

  test('are listed newest first, filtered, and paged without doubles although many are of one instant', async () => {
    clock.set(onDay(50));
    const own = await createTestDatabase({ clock });
    try {
      for (let index = 0; index < 7; index += 1) {
        if (index === 4) {
          clock.set(onDay(51));
        }
        await seedTwinAs(own.unitOfWork, NORTH, `t${index}`);
      }
      const filter = { diseaseId: 'test-disease', statuses: ['CREATED'], patientId: null } as const;
      const list = (first: number) =>
        readAll((after) => own.unitOfWork.run(NORTH, (stores) => stores.twins.page({ first, after }, filter)));
      const all = await list(100);
      expect(all.map(({ createdAt }) => createdAt)).toEqual([51, 51, 51, 50, 50, 50, 50].map(onDay));
      expect(await list(2)).toEqual(all);
      const none = await own.unitOfWork.run(NORTH, (stores) =>
        stores.twins.page({ first: 5, after: null }, { ...filter, statuses: ['READY'] }),
      );
      expect(none).toEqual({ rows: [], hasNextPage: false });
    } finally {
      await own.close();
    }
  });

  test.each([
    [{ first: 0, after: null }, 'first'],
    [{ first: 501, after: null }, 'first'],
    [{ first: 10, after: 'nonsense' }, 'after'],
    [{ first: 10, after: Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString('base64url') }, 'after'],
    [{ first: 10, after: Buffer.from('["x"]').toString('base64url') }, 'after'],
  ])('refuse the page %j by naming its field', async (request, field) => {
    const filter = { diseaseId: null, statuses: null, patientId: null };
    await expect(run((stores) => stores.twins.page(request, filter))).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
      field,
    });
  });
});

describe('forecasts', () => {
  const request = (twinId: string) => ({
    twinId,
    referenceForecastId: null,
    interventions: [
      { kind: 'treatment', variable: 'drug', from: onDay(1), to: onDay(2.5), amountPerDay: 0.1 } as const,
      { kind: 'value', variable: 'marker', value: 3 } as const,
    ],
    asOf: { at: onDay(3), clock: 'recorded' } as const,
    targetAt: onDay(30),
    modelId: 'population-mean-change',
    seed: 2 ** 40 + 1,
  });

  test('come back as they were saved, dates inside of interventions included', async () => {
    const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'forecast-1');
    const queued = await run((stores) => stores.forecasts.insert(request(twinId)));
    expect(queued).toMatchObject({ ...request(twinId), status: 'QUEUED', image: null, values: [], completedAt: null });
    const skill = { skill: 1 / 3, patients: 9, intervals: 20, shrinkage: 0.25 };
    const geometry = {
      shape: IMAGE_SHAPE,
      spacingMm: [1, 0.5, 0.5],
      originMm: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    } as const;
    const issued = {
      ...queued,
      status: 'ISSUED',
      originAt: onDay(2),
      horizonDays: 28.25,
      modelVersion: 'v1',
      inputHash: 'hash',
      inputEntryIds: [randomUUID()],
      image: {
        sha256: 'a',
        geometry,
        baselineSha256: 'b',
        changeSha256: 'c',
        uncertaintySha256: 'd',
        lesions: [],
        skill,
        isDeclined: false,
        reason: null,
      },
      values: [
        {
          variable: 'marker',
          unit: 'ng/mL',
          value: 0.1,
          baseline: 0.2,
          intervals: [{ coverage: 0.9, low: 0.05, high: 0.15 }],
          skill,
          isDeclined: false,
          reason: null,
        },
      ],
      overlap: { quantile: 0.99, isOutside: true, reason: 'No other patient had such a dose.' },
      doseResponses: [{ treatment: 'drug', variable: 'marker', points: [] }],
      assumptions: ['Nothing else.'],
      elapsedMs: 12.5,
      completedAt: onDay(4),
    } as const;
    await run((stores) => stores.forecasts.save(issued));
    expect(await run((stores) => stores.forecasts.byIds([queued.id]))).toEqual([issued]);
    expect(await run((stores) => stores.forecasts.lock(queued.id))).toEqual(issued);
    expect(await run((stores) => stores.forecasts.lock(randomUUID()))).toBeNull();
  });

  test('keep the name that a user gave while the answer was computed', async () => {
    const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'forecast-named');
    const reference = await run((stores) => stores.forecasts.insert(request(twinId)));
    const ask = { ...request(twinId), referenceForecastId: reference.id };
    const asked = await run((stores) => stores.forecasts.insert(ask));
    await run((stores) => stores.forecasts.insert(ask));
    await run((stores) => stores.forecasts.name(asked.id, 'No drug'));
    await run((stores) => stores.forecasts.save({ ...asked, status: 'ISSUED' }));
    const named = { ...asked, status: 'ISSUED', name: 'No drug' };
    expect(await run((stores) => stores.forecasts.namedByReferenceIds([reference.id]))).toEqual([named]);
  });

  test('of many twins come in one go, and the cursor of their first page continues in the list of one', async () => {
    const twins = await Promise.all(['f-a', 'f-b', 'f-c'].map((id) => seedTwinAs(shared.unitOfWork, NORTH, id)));
    const [a, b, c] = twins.map(({ twinId }) => twinId) as [string, string, string];
    clock.set(onDay(60));
    const made: string[] = [];
    for (const twinId of [a, a, b, a, a]) {
      made.push((await run((stores) => stores.forecasts.insert(request(twinId)))).id);
      clock.set(new Date(clock.now().getTime() + (made.length > 2 ? 1 : 0)));
    }
    const pages = await run((stores) => stores.forecasts.newestByTwinIds([a, b, c], 2));
    expect([...pages].map(([id, page]) => [id, page.rows.length, page.hasNextPage])).toEqual([
      [a, 2, true],
      [b, 1, false],
      [c, 0, false],
    ]);
    const first = pages.get(a)!;
    const next = await run((stores) => stores.forecasts.page(a, { first: 10, after: first.rows[1]!.cursor }));
    const all = await run((stores) => stores.forecasts.page(a, { first: 10, after: null }));
    expect([...first.rows, ...next.rows]).toEqual(all.rows);
    expect(all.rows.slice(0, 2).map(({ node }) => node.id)).toEqual([made[4], made[3]]);
  });
});

describe('scores of forecasts', () => {
  test('are one per forecast, the later replacing the earlier, and come newest first', async () => {
    const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'scored');
    const ask = { twinId, referenceForecastId: null, interventions: [], targetAt: onDay(30), modelId: 'm', seed: 1 };
    const [first, second] = await run(async (stores) => [
      await stores.forecasts.insert({ ...ask, asOf: { at: onDay(3), clock: 'recorded' } }),
      await stores.forecasts.insert({ ...ask, asOf: { at: onDay(4), clock: 'recorded' } }),
    ]);
    const value = { variable: 'marker', unit: 'ng/mL', predicted: 1, baseline: 2, observed: 1.5, isInside90: null };
    const image = { entryId: randomUUID(), observedAt: onDay(30.5), mse: 0.1, baselineMse: 0.2 };
    const early = { twinId, forecastId: first.id, scoredAt: onDay(31), values: [], image: null };
    const late = {
      ...early,
      scoredAt: onDay(33),
      values: [{ ...value, observedAt: onDay(30.25) }],
      image,
    };
    const other = { ...early, forecastId: second.id, scoredAt: onDay(32) };
    await run(async (stores) => {
      await stores.backTests.save(early);
      await stores.backTests.save(other);
      await stores.backTests.save(late);
    });
    const found = await run((stores) => stores.backTests.newestByTwinIds([twinId], 5));
    expect(found.get(twinId)).toEqual([late, other]);
    expect((await run((stores) => stores.backTests.newestByTwinIds([twinId], 1))).get(twinId)).toEqual([late]);
    const byForecast = await run((stores) => stores.backTests.byForecastIds([first.id, randomUUID()]));
    expect([...byForecast]).toEqual([[first.id, late]]);
  });
});

describe('posteriors', () => {
  test('are one per twin and model, learned at the latest moment of knowledge', async () => {
    const { twinId } = await seedTwinAs(shared.unitOfWork, NORTH, 'posterior');
    const posterior = (day: number) => ({
      twinId,
      modelId: 'personal',
      modelVersion: `personal@${day}`,
      asOfAt: onDay(day),
      sha256: String(day).repeat(64).slice(0, 64),
      summary: { intervals: day, effects: [] },
    });
    await run(async (stores) => {
      await stores.posteriors.save(posterior(5));
      await stores.posteriors.save(posterior(3));
    });
    expect((await run((stores) => stores.posteriors.byTwinIds([twinId]))).get(twinId)).toEqual([posterior(5)]);
    await run((stores) => stores.posteriors.save(posterior(7)));
    expect((await run((stores) => stores.posteriors.byTwinIds([twinId]))).get(twinId)).toEqual([posterior(7)]);
  });
});

describe('registrations', () => {
  test('of a twin are the newest per image to its present reference; the same inputs are kept once', async () => {
    const { twinId, patientId } = await seedTwinAs(shared.unitOfWork, NORTH, 'registered');
    const entries = await run((stores) =>
      stores.timeline.append(patientId, [draft('a/1'), draft('b/1'), draft('c/1')]),
    );
    const [reference, moving, otherReference] = entries.map(({ id }) => id) as [string, string, string];
    const geometry = {
      shape: IMAGE_SHAPE,
      spacingMm: [1, 1, 1],
      originMm: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    } as const;
    const registration = (inputHash: string, referenceEntryId: string) =>
      ({
        twinId,
        entryId: moving,
        referenceEntryId,
        verdict: 'refused',
        reason: 'Too different.',
        method: 'rigid+ffd',
        stages: ['rigid', 'ffd'],
        transform: { kind: 'identity', matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
        field: { sha256: 'f'.repeat(64), geometry },
        before: null,
        after: { maskedSsim: 0.5, nmi: 1.1, ncc: 0.3 },
        quality: {
          coverage: 0.9,
          nmiGain: null,
          inverseConsistencyMm: 0.4,
          foldedPercent: 0,
          minimumJacobian: 0.8,
        },
        rejectedDeformation: null,
        movedSha256: null,
        geometry: null,
        inputHash,
        elapsedMs: 3.5,
      }) as const;
    const save = (day: number, inputHash: string, to = reference) => {
      clock.set(onDay(day));
      return run((stores) => stores.registrations.save(registration(inputHash, to)));
    };
    const current = async () => (await run((stores) => stores.registrations.byTwinIds([twinId]))).get(twinId) ?? [];

    const first = await save(70, 'one');
    expect(await current()).toEqual([]);
    await run(async (stores) =>
      stores.twins.save({ ...(await stores.twins.lock(twinId))!, referenceEntryId: reference }),
    );
    expect(await current()).toEqual([first]);
    const second = await save(71, 'two');
    await save(72, 'other', otherReference);
    expect(await current()).toEqual([second]);
    const again = await save(73, 'one');
    expect(again.id).toBe(first.id);
    expect(await current()).toEqual([again]);
  });
});

describe('what models learned from others', () => {
  test('is the newest of each twin among the first records', async () => {
    const [a, b] = (await Promise.all(['l-a', 'l-b'].map((id) => seedTwinAs(shared.unitOfWork, NORTH, id)))).map(
      ({ twinId }) => twinId,
    ) as [string, string];
    const save = (twinId: string, sha256: string, day: number, modelId = 'm') =>
      run((stores) => stores.population.save({ twinId, modelId, diseaseId: 'learned', sha256, knownAt: onDay(day) }));
    await save(a, 'z-old', 1);
    await save(a, 'z-old', 2);
    await save(b, 'other-model', 2, 'n');
    await save(b, 'b', 3);
    await save(a, 'a-new', 5);
    await save(b, 'b-late', 4);
    const at = (day: number) => run((stores) => stores.population.countAt('learned', 'm', onDay(day)));
    expect(await Promise.all([0, 2, 4, 5].map(at))).toEqual([0, 1, 2, 4]);
    const members = async (count: number, limit = 10) =>
      (await run((stores) => stores.population.members('learned', 'm', count, limit))).map(({ twinId, sha256 }) => [
        twinId,
        sha256,
      ]);
    const sorted = (...pairs: [string, string][]) => pairs.toSorted(([one], [other]) => (one < other ? -1 : 1));
    expect(await members(0)).toEqual([]);
    expect(await members(1)).toEqual([[a, 'z-old']]);
    expect(await members(2)).toEqual(sorted([a, 'z-old'], [b, 'b']));
    expect(await members(4)).toEqual(sorted([a, 'a-new'], [b, 'b-late']));
    expect(await members(4, 1)).toEqual(sorted([a, 'a-new'], [b, 'b-late']).slice(0, 1));
    const [late] = await run((stores) => stores.population.members('learned', 'm', 4, 10));
    expect(late!.knownAt).toEqual(onDay(5));
  });

  test('is numbered without gaps, whoever saves at the same time', async () => {
    const seeded = await Promise.all(
      Array.from({ length: 6 }, (_, index) => seedTwinAs(shared.unitOfWork, NORTH, `l-many-${index}`)),
    );
    await Promise.all(
      seeded.map(({ twinId }, index) =>
        run((stores) =>
          stores.population.save({ twinId, modelId: 'm', diseaseId: 'many', sha256: `h${index}`, knownAt: onDay(1) }),
        ),
      ),
    );
    expect(await run((stores) => stores.population.countAt('many', 'm', onDay(1)))).toBe(6);
    expect(await run((stores) => stores.population.members('many', 'm', 6, 10))).toHaveLength(6);
  });
});

test('an image is catalogued once and found by its hash', async () => {
  const image = {
    sha256: 'f'.repeat(64),
    kind: 'acquired',
    geometry: { shape: IMAGE_SHAPE, spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
    displayRange: [-0.5, 1 / 3],
  } as const;
  await run((stores) => stores.images.add(image));
  await run((stores) => stores.images.add({ ...image, kind: 'registered' }));
  expect(await run((stores) => stores.images.bySha256([image.sha256, 'absent']))).toEqual([image]);
});
