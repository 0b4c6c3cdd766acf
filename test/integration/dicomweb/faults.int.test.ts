import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DicomwebAuthorization } from '../../../src/integrations/dicomweb/authorization.ts';
import { DicomwebClient } from '../../../src/integrations/dicomweb/client.ts';
import { createImagingSource } from '../../../src/integrations/dicomweb/imaging-source.ts';
import type { DicomwebSourceOptions } from '../../../src/integrations/dicomweb/imaging-source.ts';
import type { SeriesDescriptor } from '../../../src/twins/ports.ts';
import { mrSlice, uidOf } from '../../support/dicom-builder.ts';
import { startFaultyDicomwebServer } from '../../support/faulty-dicomweb-server.ts';
import type { DicomwebFault, FaultyDicomwebServer } from '../../support/faulty-dicomweb-server.ts';

const SYSTEM = 'https://hospital.example.org/mrn';
const QUERY = { identifiers: [{ system: SYSTEM, value: 'P1' }], references: [] };
const SELECTOR = {
  modalities: ['MR'],
  preferDescriptions: [],
  excludeDescriptions: [],
  minimumSlices: 1,
  maximumSlices: 100,
};

let server: FaultyDicomwebServer;
let delays: number[];
let sources: ReturnType<typeof createImagingSource>[];

const retry = () => ({
  attempts: 3,
  firstDelayMs: 100,
  maximumDelayMs: 10_000,
  sleep: async (delayMs: number) => {
    delays.push(delayMs);
  },
});
const sourceWith = (options: Partial<DicomwebSourceOptions> = {}) => {
  const source = createImagingSource({
    baseUrl: server.baseUrl,
    issuers: { [SYSTEM]: 'HOSP1' },
    retry: retry(),
    ...options,
  });
  sources.push(source);
  return source;
};
const clientWith = (authorization: DicomwebAuthorization = { kind: 'none' }) =>
  new DicomwebClient({
    root: server.baseUrl,
    authorization,
    allowedOrigins: [],
    timeoutMs: 5000,
    maximumResponseBytes: 2 ** 20,
    retry: retry(),
    fetch,
  });
const live = () => new AbortController().signal;

beforeEach(async () => {
  delays = [];
  sources = [];
  server = await startFaultyDicomwebServer([2, 0, 1].map((index) => mrSlice(index)));
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.close()));
  await server.stop();
});

async function retrieve(fault: DicomwebFault, options: Partial<DicomwebSourceOptions> = {}): Promise<unknown> {
  const source = sourceWith(options);
  const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
  server.fault = fault;
  return source.retrieveSeries(series, SELECTOR, live());
}

test('a well-behaved server gives one volume, its slices in order of position', async () => {
  const source = sourceWith();
  const found = await source.searchSeries(QUERY, live());
  expect(found).toEqual([
    {
      studyInstanceUid: uidOf('study'),
      seriesInstanceUid: uidOf('series'),
      modality: 'MR',
      seriesDescription: 'T1w',
      numberOfInstances: 3,
      studyAt: new Date('2024-01-10T09:15:00Z'),
      isDerived: false,
    },
  ]);
  const { volume } = await source.retrieveSeries(found[0]!, SELECTOR, live());
  expect(volume).toMatchObject({ shape: [3, 4, 6], spacingMm: [2.5, 0.75, 0.5], originMm: [-10, -20, 0] });
  expect([...volume.voxels.subarray(0, 3)]).toEqual([0, 1, 2]);
  expect(volume.voxels.at(-1)).toBe(223);
});

describe('a search', () => {
  test.each([
    ['search-html', 'unexpected-content-type'],
    ['search-half-json', 'malformed'],
    ['search-redirect', 'off-origin'],
    ['search-unauthorised', 'unauthorised'],
    ['always-down', 'http'],
    ['search-fewer-series', 'truncated'],
  ] as const)('fails as a whole on %s', async (fault, kind) => {
    server.fault = fault;
    await expect(sourceWith().searchSeries(QUERY, live())).rejects.toMatchObject({ name: 'IntegrationError', kind });
  });

  test('fails where nothing listens', async () => {
    const source = sourceWith({ baseUrl: 'http://127.0.0.1:1/dicom-web' });
    await expect(source.searchSeries(QUERY, live())).rejects.toMatchObject({ kind: 'network' });
    expect(delays).toEqual([100, 200]);
  });

  test('ends when the server stays silent', async () => {
    server.fault = 'silent';
    const source = sourceWith({ timeoutMs: 50, retry: { ...retry(), attempts: 1 } });
    await expect(source.searchSeries(QUERY, live())).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('ends at once when it is aborted', async () => {
    server.fault = 'silent';
    const controller = new AbortController();
    const search = sourceWith().searchSeries(QUERY, controller.signal);
    setImmediate(() => controller.abort());
    await expect(search).rejects.toMatchObject({ kind: 'aborted' });
  });

  test('is repeated after passing faults, waiting longer each time', async () => {
    server.fault = 'down-twice';
    expect(await sourceWith().searchSeries(QUERY, live())).toHaveLength(1);
    expect(delays).toEqual([100, 200]);
  });

  test('waits as long as an overloaded server asks', async () => {
    server.fault = 'rate-limited-once';
    expect(await sourceWith().searchSeries(QUERY, live())).toHaveLength(1);
    expect(delays).toEqual([7000]);
  });

  test('refuses the answer of a server that ignores the filter', async () => {
    server.add(
      mrSlice(0, {
        PatientID: 'P2',
        StudyInstanceUID: uidOf('other'),
        SeriesInstanceUID: uidOf('other series'),
        SOPInstanceUID: uidOf('other slice'),
      }),
    );
    server.fault = 'search-ignores-filter';
    await expect(sourceWith().searchSeries(QUERY, live())).rejects.toMatchObject({ reason: 'CONFLICT' });
  });

  test('reads every page of a server that gives fewer results than asked for', async () => {
    for (let index = 0; index < 5; index++) {
      server.add(
        mrSlice(0, { SeriesInstanceUID: uidOf('series', String(index)), SOPInstanceUID: uidOf('more', String(index)) }),
      );
    }
    server.fault = 'search-capped-pages';
    const found = await sourceWith().searchSeries(QUERY, live());
    expect(new Set(found.map((series) => series.seriesInstanceUid)).size).toBe(6);
  });

  test('asks nothing for a patient number that would be a pattern', async () => {
    const query = { identifiers: [{ system: SYSTEM, value: 'P*' }], references: [] };
    await expect(sourceWith().searchSeries(query, live())).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
    expect(server.requests).toEqual([]);
  });

  test('asks an Endpoint only where its origin is allow-listed', async () => {
    const other = await startFaultyDicomwebServer([mrSlice(0)]);
    const reference = {
      studyInstanceUid: uidOf('study'),
      accessionNumber: null,
      endpointAddress: other.baseUrl,
      changedAt: null,
    };
    const query = { identifiers: [], references: [reference] };
    const [fromRoot] = await sourceWith().searchSeries(query, live());
    expect(fromRoot?.numberOfInstances).toBe(3);
    expect(other.requests).toEqual([]);
    const source = sourceWith({ allowedOrigins: [new URL(other.baseUrl).origin] });
    const [fromEndpoint] = await source.searchSeries(query, live());
    expect(fromEndpoint?.numberOfInstances).toBe(1);
    const { sopInstanceUids } = await source.retrieveSeries(fromEndpoint!, SELECTOR, live());
    expect(sopInstanceUids).toEqual([uidOf('slice', '0')]);
    await other.stop();
  });

  test('tells nothing about the server or the patient in its errors', async () => {
    for (const fault of ['search-unauthorised', 'search-html', 'search-half-json', 'always-down'] as const) {
      server.fault = fault;
      const error: unknown = await sourceWith()
        .searchSeries(QUERY, live())
        .catch((caught: unknown) => caught);
      const text = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
      expect(text).not.toMatch(/P1|SECRET|127\.0\.0\.1:\d|log in|0020000D/);
    }
  });

  test('sends the credentials that it was given', async () => {
    const bearer = { kind: 'bearer', token: async () => 'fresh' } as const;
    await sourceWith({ authorization: bearer }).searchSeries(QUERY, live());
    expect(new Set(server.authorizations)).toEqual(new Set(['Bearer fresh']));
  });
});

describe('a retrieval', () => {
  test.each([
    ['instance-missing', 'http'],
    ['instance-truncated-multipart', 'truncated'],
    ['instance-broken-off', 'truncated'],
    ['instance-empty-multipart', 'malformed'],
    ['instance-two-parts', 'malformed'],
    ['instance-html', 'unexpected-content-type'],
    ['instance-of-another', 'protocol'],
  ] as const)('fails as a whole on %s', async (fault, kind) => {
    await expect(retrieve(fault)).rejects.toMatchObject({ name: 'IntegrationError', kind });
  });

  test('refuses a series with a damaged image', async () => {
    await expect(retrieve('instance-garbage')).rejects.toMatchObject({
      name: 'DomainError',
      reason: 'SOURCE_INCOMPLETE',
    });
  });

  test('refuses a series that is still arriving', async () => {
    server.fault = 'series-grows';
    const source = sourceWith();
    const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
    expect(series.numberOfInstances).toBe(2);
    await expect(source.retrieveSeries(series, SELECTOR, live())).rejects.toThrow(/still arriving/);
  });

  test('stops reading an answer that is too long', async () => {
    const retrieval = retrieve('instance-oversize', { maximumResponseBytes: 100_000 });
    await expect(retrieval).rejects.toMatchObject({ kind: 'too-large' });
  });

  test('refuses more images than the disease definition allows before it retrieves any', async () => {
    const source = sourceWith();
    const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
    const retrieval = source.retrieveSeries(series, { ...SELECTOR, maximumSlices: 2 }, live());
    await expect(retrieval).rejects.toMatchObject({ reason: 'TOO_LARGE' });
    expect(server.requests.some((request) => request.includes('/instances/'))).toBe(false);
  });

  test('stops at the voxels that are allowed, though the archive told no sizes', async () => {
    server.fault = 'search-tells-no-sizes';
    const source = sourceWith({ maximumVoxels: 50 });
    const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
    await expect(source.retrieveSeries(series, SELECTOR, live())).rejects.toMatchObject({ reason: 'TOO_LARGE' });
    expect(server.requests.some((request) => request.includes('/instances/'))).toBe(true);
  });

  test('refuses fewer slices than the disease definition needs', async () => {
    const source = sourceWith();
    const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
    const retrieval = source.retrieveSeries(series, { ...SELECTOR, minimumSlices: 4 }, live());
    await expect(retrieval).rejects.toMatchObject({ reason: 'UNSUPPORTED' });
  });

  test('ends when the source is closed, and the closing ends too', async () => {
    for (let round = 0; round < 5; round++) {
      const source = sourceWith();
      const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
      const outcome = source.retrieveSeries(series, SELECTOR, live()).then(
        () => 'retrieved',
        (error: unknown) => (error as { kind?: string }).kind,
      );
      await new Promise((resolve) => setImmediate(resolve));
      await source.close();
      expect(['retrieved', 'aborted']).toContain(await outcome);
    }
  });

  test('ends a decoder that takes too long, and the next image still decodes', async () => {
    const source = sourceWith({ decodeTimeLimitMs: 1 });
    const [series] = (await source.searchSeries(QUERY, live())) as [SeriesDescriptor];
    await expect(source.retrieveSeries(series, SELECTOR, live())).rejects.toThrow(/too long/);
    const patient = sourceWith();
    expect((await patient.retrieveSeries(series, SELECTOR, live())).volume.shape).toEqual([3, 4, 6]);
  });
});

describe('a store', () => {
  test.each([
    ['store-partial', 'partial-store'],
    ['store-conflict', 'partial-store'],
    ['store-empty-answer', 'protocol'],
    ['always-down', 'http'],
  ] as const)('fails on %s and is not repeated', async (fault, kind) => {
    server.fault = fault;
    await expect(clientWith().storeInstances([mrSlice(0)], live())).rejects.toMatchObject({ kind });
    expect(server.requests).toHaveLength(1);
  });

  test('answers with what was stored', async () => {
    const result = await clientWith().storeInstances([mrSlice(0)], live());
    expect(result).toEqual({ storedSopInstanceUids: ['1.2.4'], warnings: 0 });
  });
});

test('a UID never leaves its place in the path', async () => {
  const client = clientWith({ kind: 'bearer', token: 'secret' });
  for (const uid of ['../../evil', '..', '1.2/../..', '', '1'.repeat(65)]) {
    await expect(client.searchSeries(uid, [], live())).rejects.toMatchObject({ kind: 'protocol' });
  }
  expect(server.requests).toEqual([]);
});
