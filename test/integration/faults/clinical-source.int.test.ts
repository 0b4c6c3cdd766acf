import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
import { type ImportedTwin, type SequelaServer, startServer } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';
import { smartTokens } from '../../support/smart-server.ts';

const HOUR_MS = 3_600_000;
const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let twin: ImportedTwin;
let written = 0;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  hospital = opened.adopt(await startSmallHospital({ visits: 2 }), (running) => running.stop());
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

/** Something new at the hospital, later than anything a repeated read of the last minutes would bring. */
async function writeNews(): Promise<{ value: string; dose: string }> {
  hospital.now = new Date(hospital.now.getTime() + HOUR_MS);
  written += 1;
  const value = { ...(await hospital.read('Observation', 'demo-0001-cea-day-007')), id: `news-${written}` };
  const dose = {
    ...(await hospital.read('MedicationAdministration', 'demo-0001-radiotherapy-day-004')),
    id: `dose-${written}`,
  };
  await hospital.write(value);
  await hospital.write(dose);
  return { value: `Observation/${value.id}`, dose: `MedicationAdministration/${dose.id}` };
}

const onSearch =
  (type: string, answer: Interference): Interference =>
  (request, forward) =>
    request.path.startsWith(`/fhir/${type}?`) || request.path.startsWith('/fhir?_getpages')
      ? answer(request, forward)
      : null;

const circle: Interference = async ({ path }, forward) => {
  const { body, ...rest } = await forward();
  const bundle = JSON.parse(body.toString()) as { link: object[] };
  const link = [{ relation: 'next', url: `${hospital.hospital.fhirBaseUrl}${path.replace('/fhir', '')}` }];
  return { ...rest, body: Buffer.from(JSON.stringify({ ...bundle, link })) };
};
const tooManyRequests = (retryAfter: string) => ({
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': retryAfter },
  body: Buffer.from('{"error":"too many requests of PATIENT^SECRET"}'),
});

describe('a health record system that fails leaves a gap that says so, and loses nothing', () => {
  test.each<{ fault: string; interfere: Interference; source: string; message: RegExp; arrives: readonly 'dose'[] }>([
    {
      fault: 'is down',
      interfere: ({ path }) => (path.startsWith('/fhir') ? 'down' : null),
      source: '-',
      message: /^The health record system could not be reached\.$/,
      arrives: [],
    },
    {
      fault: 'does not answer',
      interfere: onSearch('Observation', () => 'silent'),
      source: 'Observation/-',
      message: /asked for .* \(Observation\), did not answer in time\.$/,
      arrives: ['dose'],
    },
    {
      fault: 'answers with a log-in page',
      interfere: onSearch('Observation', () => LOGIN_PAGE),
      source: 'Observation/-',
      message: /sent something other than what was asked for\.$/,
      arrives: ['dose'],
    },
    {
      fault: 'gives pages that lead in a circle',
      interfere: onSearch('Observation', circle),
      source: 'Observation/-',
      message: /sent pages that lead in a circle\.$/,
      arrives: ['dose'],
    },
    {
      fault: 'asks to come back in an hour',
      interfere: onSearch('Observation', () => tooManyRequests('3600')),
      source: 'Observation/-',
      message: /asked us to come back later\.$/,
      arrives: ['dose'],
    },
    {
      fault: 'breaks off in the middle of an answer',
      interfere: onSearch('Observation', async (_, forward) => {
        const whole = await forward();
        return { ...whole, body: whole.body.subarray(0, whole.body.length / 2) };
      }),
      source: 'Observation/-',
      message: /sent an incomplete answer\.$/,
      arrives: ['dose'],
    },
  ])('$fault', async ({ interfere, source, message, arrives }) => {
    const news = await writeNews();
    hospital.proxy.interfere = interfere;
    expect(await server.sync(twin.patientId)).toMatchObject({ status: 'SUCCEEDED' });

    const during = await server.view(twin.patientId);
    const gaps = gapsIn(during);
    expect(gaps.map(({ sourceId }) => sourceId)).toEqual([source]);
    expect(gaps[0]?.body.message).toMatch(message);
    expectReadable(gaps[0]?.body.message ?? '');
    const ids = during.map(({ sourceId }) => sourceId);
    expect(ids).toContain('Observation/demo-0001-cea-day-007');
    expect(during.filter(({ body }) => body.kind === 'image')).toHaveLength(2);
    expect(ids).toEqual(expect.arrayContaining(arrives.map((kind) => news[kind])));
    const told = await expectGaplessEvents(server, twin.twinId);
    expect(told.findLast(({ type }) => type === 'GAP_FOUND')).toMatchObject({
      message: gaps[0]?.body.message,
      entryId: gaps[0]?.id,
    });

    // It goes on failing while more happens: one gap stands for it all.
    for (let more = arrives.length === 0 ? 1 : 0; more > 0; more--) {
      await writeNews();
      await server.sync(twin.patientId);
    }
    expect(gapsIn(await server.view(twin.patientId)).map(({ id }) => id)).toEqual([gaps[0]?.id]);
    hospital.proxy.interfere = null;
    expect(await server.sync(twin.patientId)).toMatchObject({ status: 'SUCCEEDED' });
    await expectWholeRecord(server, hospital, twin.patientId);
  });

  test('a server that asks for a second of patience gets it: no gap', async () => {
    const news = await writeNews();
    let refused = 0;
    hospital.proxy.interfere = onSearch('Observation', () => (refused++ === 0 ? tooManyRequests('1') : null));
    await server.sync(twin.patientId);
    expect(refused).toBeGreaterThan(1);
    expect((await server.view(twin.patientId)).map(({ sourceId }) => sourceId)).toContain(news.value);
    await expectWholeRecord(server, hospital, twin.patientId);
  });
});

describe('what the health record system changes later', () => {
  const valueOf = async (sourceId: string): Promise<unknown> => {
    const entry = (await server.view(twin.patientId)).find((each) => each.sourceId === sourceId);
    return entry?.body.kind === 'observation' ? entry.body.value : entry?.body.kind;
  };
  const write = async (change: object): Promise<void> => {
    hospital.now = new Date(hospital.now.getTime() + HOUR_MS);
    const current = await hospital.read('Observation', 'demo-0001-cea-day-007');
    await hospital.write({ ...current, ...change });
    await server.sync(twin.patientId);
  };
  const quantity = (value: number) => ({
    valueQuantity: { value, unit: 'ng/mL', system: 'http://unitsofmeasure.org', code: 'ng/mL' },
  });
  const ID = 'Observation/demo-0001-cea-day-007';

  test('a correction is used and what it replaced stays on record', async () => {
    const before = await valueOf(ID);
    await write({ ...quantity(77.5), status: 'corrected', issued: '2026-06-30T12:00:00Z' });
    expect(await valueOf(ID)).toBe(77.5);
    const versions = (await server.history(twin.patientId)).filter(({ sourceId }) => sourceId === ID);
    expect(versions.map(({ body }) => body.kind === 'observation' && body.value)).toEqual([before, 77.5]);
  });

  test('an older version that a lagging replica gives late does not undo a correction', async () => {
    hospital.proxy.interfere = onSearch('Observation', async (_, forward) => {
      const { body, ...rest } = await forward();
      const bundle = JSON.parse(body.toString()) as { entry: { resource: Record<string, unknown> }[] };
      const entry = bundle.entry.map((each) =>
        each.resource['id'] === 'demo-0001-cea-day-007'
          ? {
              ...each,
              resource: {
                ...each.resource,
                ...quantity(11),
                issued: '2026-06-30T11:00:00Z',
                meta: { versionId: 'between', lastUpdated: '2026-06-30T11:00:00Z' },
              },
            }
          : each,
      );
      return { ...rest, body: Buffer.from(JSON.stringify({ ...bundle, entry })) };
    });
    await server.sync(twin.patientId);
    const versions = (await server.history(twin.patientId)).filter(({ sourceId }) => sourceId === ID);
    expect(versions.map(({ body }) => body.kind === 'observation' && body.value)).toContain(11);
    expect(await valueOf(ID)).toBe(77.5);
  });

  test('a value entered in error is used no more', async () => {
    await write({ status: 'entered-in-error', issued: '2026-06-30T13:00:00Z' });
    expect(await valueOf(ID)).toBeUndefined();
    await expectWholeRecord(server, hospital, twin.patientId);
  });
});

test('a token that expires in the middle of a synchronisation is renewed: no gap', async () => {
  await using own = new AsyncDisposableStack();
  const clone = own.adopt(await cloneTemplate(), (database) => database.drop());
  const guarded = own.adopt(await startSmallHospital({ visits: 1 }), (running) => running.stop());
  const tokens = await smartTokens('ES384', 'sequela', 'key-1');
  const directory = own.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-smart-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  const privateKeyFile = path.join(directory, 'key.pem');
  await writeFile(privateKeyFile, tokens.privateKeyPem);
  const refused: string[] = [];
  guarded.proxy.answer = (request, response) => {
    if (tokens.handle(request, response)) return true;
    if (request.url?.startsWith('/dicomweb') === true) return false;
    if (tokens.isValid(request.headers.authorization)) return false;
    refused.push(request.url ?? '');
    response.writeHead(401).end();
    return true;
  };
  const server = own.adopt(
    await startServer({
      databaseUrl: clone.url,
      hospital: {
        ...guarded.config,
        fhir: {
          ...guarded.config.fhir,
          authentication: {
            kind: 'smart-backend-services',
            clientId: 'sequela',
            keyId: 'key-1',
            algorithm: 'ES384',
            scope: 'system/*.rs',
            privateKeyFile,
          },
        },
      },
    }),
    (running) => running.close(),
  );
  guarded.proxy.interfere = (request) => {
    if (request.path.startsWith('/fhir/MedicationAdministration?')) tokens.revokeAll();
    return null;
  };
  const { jobId, patientId } = await server.importTwin('demo-0001');
  expect(await server.jobEnded(jobId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(refused.length).toBeGreaterThan(0);
  expect(tokens.assertions.length).toBeGreaterThan(1);
  await expectWholeRecord(server, guarded, patientId);
  expect(await identityIn(server.log, guarded, ['token-', 'assertion', '/auth/'])).toEqual([]);
});

test('none of these faults put into the log who the patient is or where the servers are', async () => {
  expect(await identityIn(server.log, hospital)).toEqual([]);
});
