import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cloneTemplate } from '../../support/database.ts';
import { type Interference, LOGIN_PAGE } from '../../support/hospital-proxy.ts';
import {
  expectGaplessEvents,
  identityIn,
  expectReadable,
  expectWholeRecord,
  gapsIn,
} from '../../support/record-checks.ts';
import { type ImportedTwin, type SequelaServer, startServer, until } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const HOUR_MS = 3_600_000;
const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let twin: ImportedTwin;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  hospital = opened.adopt(await startSmallHospital({ visits: 1 }), (running) => running.stop());
  server = opened.adopt(await startServer({ databaseUrl: clone.url, hospital: hospital.config }), (running) =>
    running.close(),
  );
  twin = await server.importTwin('demo-0001');
  expect(await server.jobEnded(twin.jobId)).toMatchObject({ status: 'SUCCEEDED' });
});
afterEach(() => {
  hospital.proxy.interfere = null;
});
afterAll(() => opened.disposeAsync());

/** The next visit happens at the hospital; its study's UID. */
async function publishVisit(): Promise<string> {
  hospital.now = new Date(hospital.now.getTime() + HOUR_MS);
  hospital.hospital.publishNextVisit('demo-0001');
  return newestStudy();
}
async function newestStudy(): Promise<string> {
  const ids = await hospital.idsOf('ImagingStudy', '&patient=demo-0001');
  const { identifier } = await hospital.read('ImagingStudy', ids.at(-1) ?? '');
  return (identifier as { value: string }[])[0]?.value.replace('urn:oid:', '') ?? '';
}

const isArchive = (path: string): boolean => path.startsWith('/dicomweb');
const instanceOf = (study: string, path: string): boolean =>
  new RegExp(`/studies/${study}/series/[\\d.]+/instances/[\\d.]+$`).test(path);
/** Alters the answer to the first image of a study that is asked for, and to the same image ever after. */
const onOneImage = (study: string, answer: Interference): Interference => {
  let chosen: string | null = null;
  return (request, forward) => {
    if (!instanceOf(study, request.path)) return null;
    chosen ??= request.path;
    return request.path === chosen ? answer(request, forward) : null;
  };
};

interface Fault {
  readonly does: string;
  readonly interfere: (study: string) => Interference;
  readonly message: RegExp;
}
const OF_THE_ARCHIVE: readonly Fault[] = [
  {
    does: 'is down',
    interfere: () => (request) => (isArchive(request.path) ? 'down' : null),
    message: /^The image archive could not be reached\.$/,
  },
  {
    does: 'answers a search with a log-in page',
    interfere: () => (request) => (request.path.startsWith('/dicomweb/studies?') ? LOGIN_PAGE : null),
    message: /^The image archive sent something other than what was asked for\.$/,
  },
];
const OF_ONE_IMAGE: readonly Fault[] = [
  {
    does: 'does not send an image',
    interfere: (study) => onOneImage(study, () => 'silent'),
    message: /^The image archive did not answer in time\.$/,
  },
  {
    does: 'breaks off in the middle of an image',
    interfere: (study) =>
      onOneImage(study, async (_, forward) => {
        const whole = await forward();
        return { ...whole, body: whole.body.subarray(0, whole.body.length - 200) };
      }),
    message: /^The image archive sent an incomplete answer\.$/,
  },
  {
    does: 'sends a log-in page instead of an image',
    interfere: (study) => onOneImage(study, () => LOGIN_PAGE),
    message: /^The image archive sent something other than what was asked for\.$/,
  },
  {
    does: 'has lost one image of a series',
    interfere: (study) => onOneImage(study, () => ({ status: 404, headers: {}, body: Buffer.alloc(0) })),
    message: /^The image archive answered with an error\.$/,
  },
  {
    does: 'has received a series in part',
    interfere: (study) => async (request, forward) => {
      if (!request.path.includes(`/studies/${study}/series/`) || !request.path.includes('/instances?')) return null;
      const { body, ...rest } = await forward();
      return { ...rest, body: Buffer.from(JSON.stringify((JSON.parse(body.toString()) as unknown[]).slice(1))) };
    },
    message: /^The image archive lists 2 of the 3 images of the series\.$/,
  },
];

describe('an image archive that fails leaves a gap that says so, and loses nothing', () => {
  test.each([
    { faults: OF_THE_ARCHIVE, missing: ['image', 'source'], what: 'that cannot be searched' },
    { faults: OF_ONE_IMAGE, missing: ['image'], what: 'that does not give one image' },
  ])('$what', async ({ faults, missing }) => {
    const imagesBefore = (await server.view(twin.patientId)).filter(({ body }) => body.kind === 'image').length;
    const study = await publishVisit();
    const observations = await hospital.idsOf('Observation', '&patient=demo-0001');
    for (const { does, interfere, message } of faults) {
      hospital.now = new Date(hospital.now.getTime() + HOUR_MS);
      hospital.proxy.interfere = interfere(study);
      const { status } = await server.sync(twin.patientId);
      expect({ does, status }).toEqual({ does, status: 'SUCCEEDED' });
      const view = await server.view(twin.patientId);
      const gaps = gapsIn(view);
      expect({ does, missing: gaps.map(({ body }) => body.missing).toSorted() }).toEqual({ does, missing });
      expect(gaps.find(({ body }) => body.missing === 'image')?.sourceId.split('/')[0]).toBe(study);
      for (const { body } of gaps) {
        expect(body.message).toMatch(message);
        expectReadable(body.message);
      }
      // The rest is there: what was imaged before, and what the record tells of the visit.
      expect(view.filter(({ body }) => body.kind === 'image')).toHaveLength(imagesBefore);
      expect(view.filter(({ body }) => body.kind === 'observation')).toHaveLength(observations.length);
      const told = (await expectGaplessEvents(server, twin.twinId)).findLast(({ type }) => type === 'GAP_FOUND');
      expect(told?.message).toMatch(message);
    }
    hospital.proxy.interfere = null;
    expect(await server.sync(twin.patientId)).toMatchObject({ status: 'SUCCEEDED' });
    await expectWholeRecord(server, hospital, twin.patientId);
  });

  test('a study that the record announces before the archive has it is fetched when it arrives', async () => {
    const study = await publishVisit();
    hospital.proxy.interfere = async (request, forward) => {
      if (!request.path.startsWith('/dicomweb/studies?')) return null;
      const { body, ...rest } = await forward();
      if (rest.status !== 200) return { ...rest, body };
      const found = (JSON.parse(body.toString()) as Record<string, { Value: string[] }>[]).filter(
        (each) => each['0020000D']?.Value[0] !== study,
      );
      return { ...rest, body: Buffer.from(JSON.stringify(found)) };
    };
    await server.sync(twin.patientId);
    const [gap, ...others] = gapsIn(await server.view(twin.patientId));
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ sourceId: `${study}/-`, body: { missing: 'image', reason: 'NOT_FOUND' } });
    expectReadable(gap?.body.message ?? '');

    hospital.proxy.interfere = null;
    await server.sync(twin.patientId);
    await expectWholeRecord(server, hospital, twin.patientId);
  });
});

describe('an image that is replaced under the same UIDs', () => {
  const imageOf = async (study: string) => {
    const entry = (await server.view(twin.patientId)).find(
      ({ body }) => body.kind === 'image' && body.studyInstanceUid === study,
    );
    if (entry?.body.kind !== 'image') throw new Error('the study has no image in force');
    return { id: entry.id, sha256: entry.body.voxelsSha256 };
  };
  const announceAgain = async (): Promise<void> => {
    hospital.now = new Date();
    const ids = await hospital.idsOf('ImagingStudy', '&patient=demo-0001');
    await hospital.write(await hospital.read('ImagingStudy', ids.at(-1) ?? ''));
  };
  const otherPixels =
    (study: string): Interference =>
    async (request, forward) => {
      if (!instanceOf(study, request.path)) return null;
      const { body, ...rest } = await forward();
      for (let at = Math.floor(body.length / 2); at < body.length * 0.6; at++) body[at]! ^= 1;
      return { ...rest, body };
    };
  const isRegistered = (entryId: string) =>
    until(async () => {
      const registrations = await server.inStores((stores) => stores.registrations.byTwinIds([twin.twinId]));
      return registrations.get(twin.twinId)?.some((each) => each.entryId === entryId) === true ? true : null;
    });

  test('becomes a new version with a registration of its own, and again when the first one comes back', async () => {
    const study = await newestStudy();
    const first = await imageOf(study);
    hospital.proxy.interfere = otherPixels(study);
    await announceAgain();
    await server.sync(twin.patientId);
    const second = await imageOf(study);
    expect(second.sha256).not.toBe(first.sha256);
    await isRegistered(second.id);

    // The archive answers nonsense for a while: the image in force stays, or a gap stands in its place, but it comes back.
    hospital.proxy.interfere = onOneImage(study, () => LOGIN_PAGE);
    await announceAgain();
    await server.sync(twin.patientId);
    hospital.proxy.interfere = otherPixels(study);
    await server.sync(twin.patientId);
    expect(gapsIn(await server.view(twin.patientId))).toEqual([]);
    expect((await imageOf(study)).sha256).toBe(second.sha256);

    hospital.proxy.interfere = null;
    await announceAgain();
    await server.sync(twin.patientId);
    const third = await imageOf(study);
    expect(third.sha256).toBe(first.sha256);
    await isRegistered(third.id);
    await server.sync(twin.patientId);
    expect((await imageOf(study)).id).toBe(third.id);
    await expectGaplessEvents(server, twin.twinId);
  });
});

test('none of these faults put into the log who the patient is or where the servers are', async () => {
  expect(await identityIn(server.log, hospital)).toEqual([]);
});
