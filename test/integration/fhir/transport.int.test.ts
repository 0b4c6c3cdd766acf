import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { IntegrationError } from '../../../src/errors.ts';
import { startFaultyHttpServer } from '../../support/faulty-http-server.ts';
import type { FaultyHttpServer } from '../../support/faulty-http-server.ts';
import { clinicalSource, pullAll, signal } from '../../support/fhir-source.ts';

let server: FaultyHttpServer;
afterEach(() => server.close());

const patient = { resourceType: 'Patient', id: 'anna' };
const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const readPatient = (options: Parameters<typeof clinicalSource>[1] = {}) =>
  clinicalSource(server.baseUrl, options).source.readPatient('anna', signal);
const faultOf = async (work: Promise<unknown>): Promise<IntegrationError> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(IntegrationError);
  return error as IntegrationError;
};

describe('what passes is waited for', () => {
  test.each([
    ['seconds', () => '7', 7000, 7000],
    ['an HTTP date', () => new Date(Date.now() + 20_000).toUTCString(), 15_000, 20_000],
    ['nothing, which doubles from the base', () => null, 187.5, 187.5],
  ])('429 with Retry-After of %s', async (_, retryAfter, least, most) => {
    server = await startFaultyHttpServer((_request, response, number) => {
      const header = retryAfter();
      if (number === 0) send(response, 429, {}, header === null ? {} : { 'retry-after': header });
      else send(response, 200, patient);
    });
    const { source, waits } = clinicalSource(server.baseUrl);
    expect((await source.readPatient('anna', signal))?.fhirId).toBe('anna');
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(least);
    expect(waits[0]).toBeLessThanOrEqual(most);
  });

  test('503, a broken connection and JSON that breaks off, then the answer', async () => {
    server = await startFaultyHttpServer((request, response, number) => {
      if (number === 0) send(response, 503, {});
      else if (number === 1) request.socket.destroy();
      else if (number === 2) send(response, 200, '{"resourceType":"Patient","id":"an');
      else send(response, 200, patient);
    });
    expect((await readPatient())?.fhirId).toBe('anna');
    expect(server.requests).toHaveLength(4);
  });
});

describe('what does not pass ends in a fault that names no address and quotes nobody', () => {
  const SECRET = 'Anna Secret 1957-03-21';
  test.each<[string, (response: ServerResponse) => void, Partial<IntegrationError>, number]>([
    [
      'a wait too long to wait for',
      (r) => send(r, 429, SECRET, { 'retry-after': '3600' }),
      { kind: 'rate-limited', retryAfterMs: 3_600_000 },
      1,
    ],
    ['503 for ever', (r) => send(r, 503, SECRET), { kind: 'http', status: 503 }, 4],
    ['403', (r) => send(r, 403, SECRET), { kind: 'unauthorised', status: 403 }, 1],
    ['401 without another credential', (r) => send(r, 401, SECRET), { kind: 'unauthorised', status: 401 }, 1],
    [
      'a login page',
      (r) => send(r, 200, `<html>${SECRET}</html>`, { 'content-type': 'text/html' }),
      { kind: 'unexpected-content-type' },
      1,
    ],
    ['JSON that is none', (r) => send(r, 200, `{"${SECRET}": nope}`), { kind: 'malformed' }, 1],
    ['JSON that always breaks off', (r) => send(r, 200, `{"${SECRET}":`), { kind: 'truncated' }, 4],
    ['JSON that is no resource', (r) => send(r, 200, [SECRET]), { kind: 'malformed' }, 1],
    [
      'another resource than the one asked for',
      (r) => send(r, 200, { resourceType: 'Patient', id: 'bert' }),
      { kind: 'protocol' },
      1,
    ],
    [
      'a redirect',
      (r) => send(r, 302, '', { location: `http://elsewhere.example/${SECRET}` }),
      { kind: 'off-origin' },
      1,
    ],
    ['no body', (r) => send(r, 200, ''), { kind: 'malformed' }, 1],
  ])('%s', async (_, answer, expected, requests) => {
    server = await startFaultyHttpServer((_request, response) => {
      answer(response);
    });
    const fault = await faultOf(readPatient());
    expect(fault).toMatchObject(expected);
    expect(fault.message).not.toMatch(/http|127\.0\.0\.1|anna|Secret/i);
    expect(server.requests).toHaveLength(requests);
  });

  test('a server that never ends its answer', async () => {
    server = await startFaultyHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json' });
      response.write('{');
    });
    expect(await faultOf(readPatient({ timeoutMs: 500, maximumRetries: 1 }))).toMatchObject({ kind: 'timeout' });
    expect(server.requests).toHaveLength(2);
  });

  test('a small body that is large once it is decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    server = await startFaultyHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    expect(await faultOf(readPatient({ maximumResponseBytes: 100_000 }))).toMatchObject({ kind: 'too-large' });
    expect(bomb.length).toBeLessThan(100_000);
  });

  test.each([
    ['announced', true],
    ['not announced', false],
  ])('a body larger than allowed, %s', async (_, isAnnounced) => {
    server = await startFaultyHttpServer((_request, response) => {
      const body = Buffer.alloc(200_000, ' ');
      response.writeHead(200, {
        'content-type': 'application/fhir+json',
        ...(isAnnounced ? { 'content-length': String(body.length) } : {}),
      });
      response.end(body);
    });
    expect(await faultOf(readPatient({ maximumResponseBytes: 100_000 }))).toMatchObject({ kind: 'too-large' });
    expect(server.requests).toHaveLength(1);
  });

  test('a caller that gives up', async () => {
    const controller = new AbortController();
    server = await startFaultyHttpServer(() => {
      controller.abort();
    });
    const work = clinicalSource(server.baseUrl).source.readPatient('anna', controller.signal);
    expect(await faultOf(work)).toMatchObject({ kind: 'aborted' });
  });
});

describe('paging', () => {
  const page = (id: string, next: string | null): unknown => ({
    resourceType: 'Bundle',
    type: 'searchset',
    link: next === null ? [] : [{ relation: 'next', url: next }],
    entry: [
      {
        resource: {
          resourceType: 'Condition',
          id,
          subject: { reference: 'Patient/anna' },
          code: { coding: [{ system: 'http://snomed.info/sct', code: '1' }] },
          onsetDateTime: '2020-01-01',
        },
      },
    ],
  });
  const empty = { resourceType: 'Bundle', type: 'searchset' };

  const startPaging = async (nextOf: (path: string) => string | null): Promise<void> => {
    server = await startFaultyHttpServer((request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/fhir/Patient/')) send(response, 200, patient);
      else if (!path.startsWith('/fhir/Condition')) send(response, 200, empty);
      else send(response, 200, page(path.includes('page2') ? 'second' : 'first', nextOf(path)));
    });
  };

  test('a circle is found, and what came before it is kept', async () => {
    await startPaging((path) =>
      path.includes('page2') ? 'Condition?page1' : path.includes('page1') ? 'Condition?page2' : 'Condition?page1',
    );
    const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
    expect([...new Set(pulled.facts)]).toEqual(['Condition/first', 'Condition/second']);
    expect(pulled.gaps).toEqual({ 'Condition/-': 'loop' });
  });

  test.each([
    'http://127.0.0.1:1/fhir/Condition?page2',
    'https://evil.example/',
    '//evil.example/fhir/Condition',
    'Condition/../../admin?page2',
  ])('a link to %s is not followed', async (next) => {
    await startPaging(() => next);
    const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
    expect(pulled.facts).toEqual(['Condition/first']);
    expect(pulled.gaps).toEqual({ 'Condition/-': 'off-origin' });
    expect(server.requests.filter((one) => one.includes('/admin'))).toEqual([]);
  });

  test('pages without end are cut off', async () => {
    let number = 0;
    await startPaging(() => `Condition?cursor=${number++}`);
    const pulled = await pullAll(clinicalSource(server.baseUrl, { maximumPages: 5 }).source, 'anna');
    expect(pulled.gaps).toEqual({ 'Condition/-': 'too-large' });
    expect(server.requests.filter((one) => one.includes('/Condition'))).toHaveLength(5);
  });
});

test('a NUL character inside a text is dropped, not the text', async () => {
  server = await startFaultyHttpServer((_request, response) =>
    send(response, 200, { ...patient, name: [{ family: 'Ro\0ssi' }] }),
  );
  expect((await readPatient())?.familyName).toBe('Rossi');
});
