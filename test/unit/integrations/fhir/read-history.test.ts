import { describe, expect, test } from 'vitest';
import { readCondition } from '../../../../src/integrations/fhir/read-condition.ts';
import { readImagingStudy } from '../../../../src/integrations/fhir/read-imaging-study.ts';
import { readPatient } from '../../../../src/integrations/fhir/read-patient.ts';
import { readProcedure } from '../../../../src/integrations/fhir/read-procedure.ts';
import type { Reading } from '../../../../src/integrations/fhir/refusal.ts';

const readAt = new Date('2026-01-01T00:00:00Z');
const code = { coding: [{ system: 'http://snomed.info/sct', code: '93880001' }] };
const meta = { versionId: '1', lastUpdated: '2024-06-01T00:00:00Z' };
const day = (date: Date | undefined): string | undefined => date?.toISOString().slice(0, 10);
const brief = (reading: Reading): unknown =>
  reading.kind === 'refused'
    ? reading.reason
    : reading.drafts.map(({ occurredAt, occurredUntil, body }) => [body.kind, day(occurredAt), day(occurredUntil)]);

describe('Condition', () => {
  const verification = (status: string) => ({ verificationStatus: { coding: [{ code: status }] } });
  test.each<[Record<string, unknown>, unknown]>([
    [{ onsetDateTime: '2020-03' }, [['condition', '2020-03-01', '2020-03-31']]],
    [{ onsetPeriod: { start: '2020-03-04' } }, [['condition', '2020-03-04', '2020-03-04']]],
    [{ onsetDateTime: '2020', abatementDateTime: '2022-05-01' }, [['condition', '2020-01-01', '2022-05-01']]],
    [{ onsetAge: { value: 40 }, recordedDate: '2021-01-01' }, [['condition', '2021-01-01', '2021-01-01']]],
    [{ onsetString: 'long ago' }, 'no-time'],
    [{ onsetDateTime: 'long ago' }, 'unreadable-time'],
    [{ onsetDateTime: '2020', ...verification('confirmed') }, [['condition', '2020-01-01', '2020-12-31']]],
    [{ onsetDateTime: '2020', ...verification('refuted') }, [['retraction', '2024-06-01', '2024-06-01']]],
    [{ onsetDateTime: '2020', ...verification('provisional') }, [['retraction', '2024-06-01', '2024-06-01']]],
    [{ onsetDateTime: '2020', code: { text: 'tumour' } }, 'no-code'],
  ])('%j', (more, expected) => {
    expect(brief(readCondition({ resourceType: 'Condition', id: 'c', meta, code, ...more }, readAt))).toEqual(expected);
  });
});

describe('Procedure', () => {
  const volume = (value: unknown): unknown => ({
    url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume',
    extension: [
      {
        url: 'totalDoseDelivered',
        valueQuantity: { value, system: 'http://unitsofmeasure.org', code: 'cGy' },
      },
    ],
  });
  const read = (more: Record<string, unknown>): Reading =>
    readProcedure(
      {
        resourceType: 'Procedure',
        id: 'p',
        meta,
        code,
        status: 'completed',
        performedPeriod: { start: '2024-02-01', end: '2024-03-14' },
        ...more,
      },
      readAt,
    );
  test.each<[Record<string, unknown>, unknown]>([
    [{}, [['procedure', '2024-02-01', '2024-03-14']]],
    [{ status: 'preparation' }, 'only-planned'],
    [{ status: 'in-progress' }, 'not-yet-available'],
    [{ status: 'stopped' }, 'stopped-midway'],
    [{ status: 'not-done' }, [['retraction', '2024-06-01', '2024-06-01']]],
    [{ performedPeriod: undefined, performedString: 'in spring' }, 'no-time'],
  ])('%j', (more, expected) => {
    expect(brief(read(more))).toEqual(expected);
  });

  test('a radiotherapy dose to one volume is a treatment over the same time', () => {
    expect(read({ extension: [volume(6000)] }).drafts[1]).toMatchObject({
      sourceId: 'Procedure/p#dose',
      body: { kind: 'treatment', amount: 6000, unit: 'cGy', evidence: 'administration' },
    });
  });
  test('doses to two volumes are not added up', () => {
    expect(read({ extension: [volume(6000), volume(5400)] }).drafts.map(({ body }) => body.kind)).toEqual([
      'procedure',
      'gap',
    ]);
  });
});

describe('ImagingStudy', () => {
  const endpoint = (more: Record<string, unknown> = {}) => ({
    resourceType: 'Endpoint',
    id: 'e',
    status: 'active',
    connectionType: { code: 'dicom-wado-rs' },
    address: 'https://pacs.example/dicomweb',
    ...more,
  });
  const uid = (value: string, system = 'urn:dicom:uid') => ({ system, value });
  const read = (
    identifier: unknown[],
    contained: unknown = endpoint(),
    more: Record<string, unknown> = {},
  ): unknown => {
    const study = {
      resourceType: 'ImagingStudy',
      id: 'i',
      meta,
      status: 'available',
      identifier,
      contained: [contained],
      series: [{ endpoint: [{ reference: '#e' }] }],
      ...more,
    };
    const reading = readImagingStudy(study, readAt, () => null);
    return reading.kind === 'reference' ? reading.reference : brief(reading);
  };

  test('names the study, the accession and the DICOMweb root', () => {
    const accession = { type: { coding: [{ code: 'ACSN' }] }, value: 'A-17' };
    expect(read([accession, uid('urn:oid:1.2.840.1')])).toEqual({
      studyInstanceUid: '1.2.840.1',
      accessionNumber: 'A-17',
      endpointAddress: 'https://pacs.example/dicomweb',
      changedAt: new Date('2024-06-01T00:00:00Z'),
    });
  });
  test.each([
    [[uid('1.2.840.1')], '1.2.840.1'],
    [[uid('urn:oid:1.2.3', 'urn:ietf:rfc:3986')], '1.2.3'],
  ])('%j', (identifier, expected) => {
    expect(read(identifier)).toMatchObject({ studyInstanceUid: expected });
  });
  test.each([[[]], [[uid('1.02.3')]], [[uid('1.2/../3')]], [[uid('1.2'), uid('1.3')]], [[uid(`1.${'2'.repeat(64)}`)]]])(
    'refused without one valid UID: %j',
    (identifier) => {
      expect(read(identifier)).toBe('no-study-uid');
    },
  );
  test.each([
    { status: 'off' },
    { connectionType: { code: 'ihe-xds' } },
    { address: 'file:///etc/passwd' },
    { address: 'https://user:pw@pacs.example/' },
    { address: '/relative' },
  ])('an endpoint that is %j is no address', (more) => {
    expect(read([uid('1.2.3')], endpoint(more))).toMatchObject({ endpointAddress: null });
  });
});

describe('Patient', () => {
  const read = (more: Record<string, unknown>) =>
    readPatient({ resourceType: 'Patient', id: 'p', ...more }, ['https://ehr/'])?.record;

  test('the official current name, identifiers with a system, and a birth date of any precision', () => {
    expect(
      read({
        identifier: [
          { system: 'urn:mrn', value: ' 1 ' },
          { value: 'no system' },
          { system: 'urn:mrn', value: 'x', use: 'old' },
        ],
        name: [
          { use: 'old', family: 'Before' },
          { family: 'Nick' },
          { use: 'official', family: 'Doe', given: ['Jo', 'A'] },
        ],
        birthDate: '1957-03',
        gender: 'female',
        deceasedDateTime: '2020-01-01',
        link: [{ type: 'replaced-by', other: { reference: 'https://ehr/Patient/q/_history/2' } }],
      }),
    ).toEqual({
      fhirId: 'p',
      identifiers: [{ system: 'urn:mrn', value: '1' }],
      familyName: 'Doe',
      givenNames: ['Jo', 'A'],
      birthDate: '1957-03',
      gender: 'female',
      deceasedAt: '2020-01-01',
      isActive: true,
      replacedByFhirId: 'q',
    });
  });
  test('what is not stated or no FHIR is null, not invented', () => {
    expect(read({ birthDate: '21.03.1957', gender: 'F', deceasedBoolean: true, active: false })).toMatchObject({
      familyName: null,
      birthDate: null,
      gender: null,
      deceasedAt: null,
      isActive: false,
    });
  });
  test('a link to another server is no link', () => {
    expect(
      read({ link: [{ type: 'replaced-by', other: { reference: 'https://other/Patient/q' } }] })?.replacedByFhirId,
    ).toBeNull();
  });
});
