import { afterEach, describe, expect, test } from 'vitest';
import { clinicalSource, creatinine, pullAll, signal } from '../../support/fhir-source.ts';
import { refuseParameter, startFhirServer } from '../../support/fhir-server.ts';
import type { FhirServer, FhirServerOptions } from '../../support/fhir-server.ts';

let server: FhirServer;
afterEach(() => server.close());

const start = async (options: FhirServerOptions = {}): Promise<void> => {
  server = await startFhirServer(options);
  await server.put(patient('anna'), patient('bert'));
};
const patient = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  resourceType: 'Patient',
  id,
  meta: { versionId: '1', lastUpdated: '2024-01-01T00:00:00Z' },
  ...more,
});
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `lab-${index + 100}`);

describe.each([
  ['absolute', { links: 'absolute' }],
  ['relative', { links: 'relative' }],
  ['cursor on the base', { links: 'cursor' }],
  ['under a proxy base that is configured', { links: { base: 'https://inside.example/r4/' } }],
] as const)('next links that are %s', (_, options) => {
  test('lead to every result once', async () => {
    await start(options);
    await server.put(...ids(23).map((id) => creatinine(id, 'anna')), creatinine('other', 'bert'));
    const { source } = clinicalSource(server.baseUrl, { linkBases: ['https://inside.example/r4'] });

    const pulled = await pullAll(source, 'anna');

    expect([...pulled.facts].sort()).toEqual(ids(23).map((id) => `Observation/${id}`));
    expect(pulled.gaps).toEqual({});
  });
});

test('every kind of record of one patient arrives, medications and endpoints by reference included', async () => {
  await start();
  const subject = { reference: 'Patient/anna' };
  const meta = { versionId: '7', lastUpdated: '2025-01-02T00:00:00Z' };
  const code = { coding: [{ system: 'http://snomed.info/sct', code: '1' }] };
  await server.put(
    { resourceType: 'Medication', id: 'm1', code: { coding: [{ system: 'http://rxnorm', code: '2670' }] } },
    {
      resourceType: 'MedicationAdministration',
      id: 'given',
      meta,
      status: 'completed',
      subject,
      medicationReference: { reference: 'Medication/m1' },
      effectiveDateTime: '2025-01-01T10:00:00Z',
      dosage: { dose: { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' } },
    },
    { resourceType: 'Condition', id: 'c', meta, subject, code, onsetDateTime: '2020' },
    { resourceType: 'Procedure', id: 'p', meta, status: 'completed', subject, code, performedDateTime: '2024-05-01' },
    {
      resourceType: 'Endpoint',
      id: 'e',
      status: 'active',
      connectionType: { code: 'dicom-wado-rs' },
      address: 'https://pacs.example/dicomweb',
    },
    {
      resourceType: 'ImagingStudy',
      id: 'i',
      meta,
      status: 'available',
      subject,
      identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' }],
      endpoint: [{ reference: 'Endpoint/e' }],
    },
  );
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');

  expect(pulled.facts).toEqual(['Condition/c', 'Procedure/p', 'MedicationAdministration/given']);
  expect(pulled.drafts.at(2)?.body).toMatchObject({ codes: [{ code: '2670' }], amount: 5, unit: 'mg' });
  expect(pulled.imaging).toEqual([
    {
      studyInstanceUid: '1.2.3',
      accessionNumber: null,
      endpointAddress: 'https://pacs.example/dicomweb',
      changedAt: expect.any(Date),
    },
  ]);
  expect(pulled.gaps).toEqual({});
});

test('an incremental pull asks from the overlap on and brings what changed, with a later version', async () => {
  await start();
  await server.put(
    creatinine('old', 'anna'),
    creatinine('changed', 'anna', { meta: { versionId: '1', lastUpdated: '2025-03-02T08:00:00Z' } }),
  );
  const { source } = clinicalSource(server.baseUrl);
  const first = await pullAll(source, 'anna');
  expect(first.watermark).toEqual(new Date('2025-03-02T08:00:00Z'));

  await server.put(
    creatinine('changed', 'anna', {
      status: 'entered-in-error',
      meta: { versionId: '2', lastUpdated: '2025-03-05T08:00:00Z' },
    }),
    creatinine('committed-late', 'anna', { meta: { versionId: '1', lastUpdated: '2025-03-02T07:58:00Z' } }),
  );
  const second = await pullAll(source, 'anna', first.watermark);

  const versions = new Set(second.drafts.map((draft) => `${draft.sourceId}@${draft.sourceVersion} ${draft.body.kind}`));
  expect(versions).toContain('Observation/committed-late@1 observation');
  expect(versions).toContain('Observation/changed@2 retraction');
  expect([...versions].some((version) => version.includes('/old@'))).toBe(false);
  expect(second.watermark).toEqual(new Date('2025-03-05T08:00:00Z'));
  expect((await pullAll(source, 'anna', second.watermark)).watermark).toEqual(second.watermark);
});

test('the watermark never passes the clock of the server at the beginning of the pull', async () => {
  await start();
  await server.put(creatinine('from-the-future', 'anna', { meta: { lastUpdated: '2100-01-01T00:00:00Z' } }));
  const before = Date.now();
  const { watermark } = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
  expect(watermark?.getTime()).toBeLessThanOrEqual(Date.now());
  expect(watermark?.getTime()).toBeGreaterThan(before - 60_000);
});

test('a type that the server does not have is a gap that names it and stops nothing', async () => {
  await start({
    intercept: ({ url }) => (url.pathname.endsWith('/MedicationStatement') ? { status: 404, body: {} } : undefined),
  });
  await server.put(creatinine('lab', 'anna'));
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
  expect(pulled.facts).toEqual(['Observation/lab']);
  expect(pulled.gaps).toEqual({ 'MedicationStatement/-': 'not-supported' });
  expect(pulled.watermark).toEqual(new Date('2025-03-01T08:00:00Z'));
});

test('a server that is strict about a parameter it lacks is asked for everything instead', async () => {
  await start({ intercept: refuseParameter('_sort') });
  await server.put(creatinine('lab', 'anna'));
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna', new Date('2025-06-01T00:00:00Z'));
  expect(pulled.facts).toEqual(['Observation/lab']);
  expect(pulled.gaps).toEqual({});
});

test('a page that fails midway: what came is kept, the type is a passing gap and the watermark stays', async () => {
  let pages = 0;
  await start({
    intercept: ({ url }) =>
      url.pathname.endsWith('/Observation') && url.searchParams.has('_page') && ++pages > 1
        ? { status: 503, body: {} }
        : undefined,
  });
  await server.put(...ids(23).map((id) => creatinine(id, 'anna')));
  const since = new Date('2025-01-01T00:00:00Z');
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna', since);
  expect(pulled.facts).toHaveLength(10);
  expect(pulled.gaps).toEqual({ 'Observation/-': 'http' });
  expect(pulled.drafts.find(({ body }) => body.kind === 'gap')?.body).toMatchObject({ isTransient: true });
  expect(pulled.watermark).toEqual(since);
});

test.each([400, 404, 410])(
  'a cursor that expired midway (%d) is not taken for a type that is not offered',
  async (status) => {
    await start({ intercept: ({ url }) => (url.searchParams.has('_page') ? { status, body: {} } : undefined) });
    await server.put(...ids(7).map((id) => creatinine(id, 'anna')));
    const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
    expect(pulled.facts).toHaveLength(5);
    expect(pulled.gaps).toEqual({ 'Observation/-': 'http' });
    expect(pulled.watermark).toEqual(new Date(0));
  },
);

test('a medication that cannot be read is a gap until it can be, and keeps no other from arriving', async () => {
  let isDenied = true;
  await start({
    intercept: ({ url }) =>
      isDenied && /Medication\/|_include/.test(url.href) ? { status: url.search ? 400 : 403 } : undefined,
  });
  const given = {
    resourceType: 'MedicationAdministration',
    meta: { versionId: '1', lastUpdated: '2025-01-02T00:00:00Z' },
    status: 'completed',
    subject: { reference: 'Patient/anna' },
    effectiveDateTime: '2025-01-01T10:00:00Z',
    dosage: { dose: { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' } },
  };
  const code = { coding: [{ system: 'http://rxnorm', code: '2670' }] };
  await server.put(
    { resourceType: 'Medication', id: 'm1', code },
    { ...given, id: 'by-reference', medicationReference: { reference: 'Medication/m1' } },
    { ...given, id: 'by-code', medicationCodeableConcept: code },
  );
  const { source } = clinicalSource(server.baseUrl);

  const denied = await pullAll(source, 'anna');
  expect(denied.facts).toEqual(['MedicationAdministration/by-code']);
  expect(denied.gaps).toEqual({ 'MedicationAdministration/by-reference': 'unresolved-medication' });
  expect(denied.watermark).toEqual(new Date(0));

  isDenied = false;
  const granted = await pullAll(source, 'anna', denied.watermark);
  expect([...granted.facts].sort()).toEqual([
    'MedicationAdministration/by-code',
    'MedicationAdministration/by-reference',
  ]);
  expect(granted.watermark).toEqual(new Date('2025-01-02T00:00:00Z'));
});

test('a type that is configured away is not asked for', async () => {
  await start();
  await server.put(creatinine('lab', 'anna'));
  const { source } = clinicalSource(server.baseUrl, { resourceTypes: ['Condition'] });
  expect((await pullAll(source, 'anna')).facts).toEqual([]);
  expect(server.requests.some(({ url }) => url.pathname.endsWith('/Observation'))).toBe(false);
});

test('a lenient server that ignores the patient leaks nobody else into the timeline', async () => {
  await start({
    intercept: ({ url }) =>
      url.pathname.endsWith('/Observation')
        ? {
            status: 200,
            body: {
              resourceType: 'Bundle',
              type: 'searchset',
              entry: [
                { resource: creatinine('hers', 'anna') },
                { resource: creatinine('his', 'bert') },
                {
                  resource: creatinine('elsewhere', 'x', {
                    subject: { reference: 'https://other.example/Patient/anna' },
                  }),
                },
                { resource: creatinine('nobodys', 'x', { subject: undefined }) },
              ],
            },
          }
        : undefined,
  });
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
  expect(pulled.facts).toEqual(['Observation/hers']);
  expect(pulled.gaps).toEqual({ 'Observation/-': 'foreign-patient' });
  expect(pulled.watermark).toEqual(new Date(0));
});

test.each([
  ['error', 'exception', { 'Observation/-': 'exception' }],
  ['warning', 'incomplete', { 'Observation/-': 'incomplete' }],
  ['warning', 'informational', {}],
])('an OperationOutcome in a searchset of severity %s and code %s', async (severity, code, gaps) => {
  await start({
    intercept: ({ url }) =>
      url.pathname.endsWith('/Observation')
        ? {
            status: 200,
            body: {
              resourceType: 'Bundle',
              type: 'searchset',
              entry: [
                { resource: creatinine('lab', 'anna') },
                {
                  search: { mode: 'outcome' },
                  resource: {
                    resourceType: 'OperationOutcome',
                    issue: [{ severity, code, diagnostics: 'Anna Secret' }],
                  },
                },
              ],
            },
          }
        : undefined,
  });
  const pulled = await pullAll(clinicalSource(server.baseUrl).source, 'anna');
  expect(pulled.facts).toEqual(['Observation/lab']);
  expect(pulled.gaps).toEqual(gaps);
  expect(JSON.stringify(pulled.drafts)).not.toContain('Secret');
});

describe('patients', () => {
  const replacedBy = (other: string) => ({ link: [{ type: 'replaced-by', other: { reference: `Patient/${other}` } }] });

  test('a merged record leads to the survivor, whose pull includes the retired id', async () => {
    await start();
    await server.put(
      patient('retired', { active: false, ...replacedBy('survivor') }),
      patient('survivor', { link: [{ type: 'replaces', other: { reference: 'Patient/retired' } }] }),
      creatinine('under-old-id', 'retired'),
      creatinine('under-new-id', 'survivor'),
    );
    const { source } = clinicalSource(server.baseUrl);
    expect((await source.readPatient('retired', signal))?.fhirId).toBe('survivor');
    const pulled = await pullAll(source, 'survivor');
    expect([...pulled.facts].sort()).toEqual(['Observation/under-new-id', 'Observation/under-old-id']);
  });

  test('a merge that only the retired record tells of is found, and read from its beginning when it is new', async () => {
    await start();
    await server.put(creatinine('under-old-id', 'bert'), creatinine('under-new-id', 'anna'));
    const { source } = clinicalSource(server.baseUrl);
    const before = await pullAll(source, 'anna');
    await server.put(
      patient('bert', { ...replacedBy('anna'), meta: { versionId: '2', lastUpdated: '2025-04-01T00:00:00Z' } }),
    );
    const since = new Date('2025-03-20T00:00:00Z');
    expect(before.facts).toEqual(['Observation/under-new-id']);
    expect((await pullAll(source, 'anna', since)).facts).toEqual(['Observation/under-old-id']);
    expect((await pullAll(source, 'anna', new Date('2025-05-01T00:00:00Z'))).facts).toEqual([]);
  });

  test('a record that the survivor claims but that says otherwise is not read', async () => {
    await start();
    await server.put(
      patient('greedy', { link: [{ type: 'replaces', other: { reference: 'Patient/bert' } }] }),
      creatinine('berts', 'bert'),
    );
    expect((await pullAll(clinicalSource(server.baseUrl).source, 'greedy')).facts).toEqual([]);
  });

  test('links in a circle and a survivor that is not there are errors, not a wrong patient', async () => {
    await start();
    await server.put(
      patient('a', replacedBy('b')),
      patient('b', replacedBy('a')),
      patient('orphan', replacedBy('nowhere')),
    );
    const { source } = clinicalSource(server.baseUrl);
    await expect(source.readPatient('a', signal)).rejects.toMatchObject({ kind: 'loop' });
    await expect(source.readPatient('orphan', signal)).rejects.toMatchObject({ kind: 'protocol' });
  });

  test('one that is unknown, deleted, or no id at all is null; the last is not even asked for', async () => {
    await start();
    await server.delete('Patient', 'bert');
    const { source } = clinicalSource(server.baseUrl);
    expect(await source.readPatient('nobody', signal)).toBeNull();
    expect(await source.readPatient('bert', signal)).toBeNull();
    const asked = server.requests.length;
    for (const id of ['../Observation', 'a/b', '..', '', 'a?b', 'x'.repeat(65)]) {
      expect(await source.readPatient(id, signal)).toBeNull();
    }
    expect(server.requests).toHaveLength(asked);
  });

  test('all are listed once, page by page', async () => {
    await start({ pageSize: 3 });
    await server.put(...ids(10).map((id) => patient(id)));
    const listed: string[] = [];
    for await (const record of clinicalSource(server.baseUrl).source.listPatients(signal)) listed.push(record.fhirId);
    expect(listed.sort()).toEqual(['anna', 'bert', ...ids(10)]);
  });
});
