import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { data } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoHospital } from '../../../src/integrations/demo-hospital/demo-hospital.ts';
import { multipartRelated, partsOf } from '../../../src/integrations/demo-hospital/multipart-related.ts';
import { simulateDemoCohort } from '../../../src/ml/cohorts/demo-cohort.ts';
import { startDemoHospitalForTest } from '../../support/demo-hospital.ts';

type Attributes = Record<string, { vr: string; Value?: unknown[] }>;

let hospital: DemoHospital;
beforeAll(async () => {
  hospital = await startDemoHospitalForTest(10);
});
afterAll(() => hospital.stop());

const ALL_AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const ask = (path: string, accept = 'application/dicom+json'): Promise<Response> =>
  fetch(`${hospital.dicomwebBaseUrl}/${path}`, { headers: { accept } });
const query = async (path: string): Promise<Attributes[]> => (await (await ask(path)).json()) as Attributes[];
const retrieve = async (path: string): Promise<Buffer[]> => {
  const response = await ask(path, ALL_AS_STORED);
  return partsOf(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer())) ?? [];
};
const store = (parts: readonly Uint8Array[], study = ''): Promise<Response> => {
  const { type, content } = multipartRelated('application/dicom', parts);
  return fetch(`${hospital.dicomwebBaseUrl}/studies${study}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(content),
  });
};
const value = (attributes: Attributes | undefined, tag: string): unknown => attributes?.[tag]?.Value?.[0];
const ofFirstPatient = async (): Promise<string> =>
  value((await query('studies?PatientID=SD-0001&IssuerOfPatientID=SEQUELA-DEMO'))[0], '0020000D') as string;
const read = (file: Uint8Array) => data.DicomMessage.readFile(Uint8Array.from(file).buffer);
/** The same object under another SOP Instance UID. */
function renamed(file: Uint8Array, uid: string, study?: string): Uint8Array {
  const object = read(file);
  object.meta['00020003'] = { vr: 'UI', Value: [uid] };
  object.dict['00080018'] = { vr: 'UI', Value: [uid] };
  if (study !== undefined) {
    object.dict['0020000D'] = { vr: 'UI', Value: [study] };
  }
  return new Uint8Array(object.write());
}

describe('searching', () => {
  it('finds the weekly studies of a patient by number and issuer', async () => {
    const studies = await query(
      'studies?PatientID=SD-0001&IssuerOfPatientID=SEQUELA-DEMO&includefield=StudyDescription',
    );
    expect(studies.length).toBeGreaterThanOrEqual(8);
    expect(studies[0]).toMatchObject({
      '00080061': { vr: 'CS', Value: ['MR'] },
      '00081030': { vr: 'LO', Value: ['MR BRAIN W CONTRAST'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: expect.any(String) as string }] },
      '00201208': { vr: 'IS', Value: [9] },
    });
    expect(studies[0]).not.toHaveProperty('0020000E');
  });

  it('answers no match with 204, a foreign issuer included', async () => {
    expect((await ask('studies?PatientID=SD-0001&IssuerOfPatientID=ELSEWHERE')).status).toBe(204);
    expect((await ask('studies?PatientID=SD-0009')).status).toBe(204);
  });

  it('filters by accession number, modality, study and tag number, and pages', async () => {
    expect(await query('studies?AccessionNumber=A0001007')).toHaveLength(1);
    expect(await query('series?00080060=MR&00100020=SD-0001')).toHaveLength(
      (await query('studies?PatientID=SD-0001')).length,
    );
    const all = await query('studies');
    const paged = [...(await query('studies?limit=40')), ...(await query('studies?offset=40'))];
    expect(paged).toEqual(all);
    const study = await ofFirstPatient();
    const [series] = await query(`studies/${study}/series`);
    expect(series).toMatchObject({ '0008103E': { Value: ['T1 AX POST GAD'] }, '00201209': { Value: [9] } });
    expect(await query(`studies/${study}/series/${String(value(series, '0020000E'))}/instances`)).toHaveLength(9);
  });

  it('refuses what is no attribute', async () => {
    expect((await ask('studies?ShoeSize=44')).status).toBe(400);
    expect((await ask('studies?limit=few')).status).toBe(400);
  });
});

describe('retrieving', () => {
  it('gives DICOM files whose pixels and geometry are those of the cohort', async () => {
    const files = await retrieve(`studies/${await ofFirstPatient()}`);
    const [patient] = simulateDemoCohort({ seed: 20_260_629, patients: 1 });
    const { voxels } = patient!.renderVisit(0);
    const [, rows, columns] = patient!.imageGeometry.shape;
    expect(files).toHaveLength(9);
    files.forEach((file, slice) => {
      const { dict } = read(file);
      const pixels = new Int16Array((dict['7FE00010']!.Value![0] as ArrayBuffer).slice(0, rows * columns * 2));
      expect(pixels).toEqual(voxels.slice(slice * rows * columns, (slice + 1) * rows * columns));
      expect(dict['00280030']!.Value!.map(Number)).toEqual([1.7, 1.7]);
      expect(Number(dict['00200032']!.Value![2])).toBeCloseTo(-24 + 6 * slice, 9);
    });
  });

  it('gives the same bytes each time, as a study and alone', async () => {
    const study = await ofFirstPatient();
    const hash = (files: readonly Buffer[]): string[] =>
      files.map((file) => createHash('sha256').update(file).digest('hex'));
    const first = hash(await retrieve(`studies/${study}`));
    expect(hash(await retrieve(`studies/${study}`))).toEqual(first);
    const [instance] = await query(`studies/${study}/instances`);
    const path = `studies/${study}/series/${String(value(instance, '0020000E'))}/instances/${String(value(instance, '00080018'))}`;
    expect(first).toContain(hash(await retrieve(path))[0]);
  });

  it('describes a series without its pixels', async () => {
    const [series] = await query(`studies/${await ofFirstPatient()}/series`);
    const metadata = await query(
      `studies/${String(value(series, '0020000D'))}/series/${String(value(series, '0020000E'))}/metadata`,
    );
    expect(metadata).toHaveLength(9);
    expect(metadata[0]).not.toHaveProperty('7FE00010');
    expect(metadata[0]).toMatchObject({ '00280010': { Value: [128] }, '00200037': { Value: [1, 0, 0, 0, 1, 0] } });
  });

  it('refuses what it would have to transcode, and knows what it does not have', async () => {
    const study = await ofFirstPatient();
    const asJpeg = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.90';
    expect((await ask(`studies/${study}`, asJpeg)).status).toBe(406);
    expect((await ask('studies/1.2.3', ALL_AS_STORED)).status).toBe(404);
    expect((await ask('studies/1.2.3/metadata')).status).toBe(404);
  });
});

describe('storing', () => {
  it('keeps a new object to the byte and finds it again', async () => {
    const study = await ofFirstPatient();
    const file = renamed((await retrieve(`studies/${study}`))[0]!, '2.25.4711');
    const response = await store([file]);
    expect(response.status).toBe(200);
    const answer = (await response.json()) as Attributes;
    expect(answer['00081199']?.Value).toMatchObject([{ '00081155': { Value: ['2.25.4711'] } }]);
    expect(answer).not.toHaveProperty('00081198');
    const [found] = await query('instances?SOPInstanceUID=2.25.4711');
    const url = `studies/${study}/series/${String(value(found, '0020000E'))}/instances/2.25.4711`;
    expect(Buffer.compare((await retrieve(url))[0]!, file)).toBe(0);
  });

  it('takes the same object twice, and refuses another under its name', async () => {
    const file = (await retrieve(`studies/${await ofFirstPatient()}`))[1]!;
    expect((await store([file])).status).toBe(200);
    const uid = String(read(file).dict['00080018']!.Value![0]);
    const other = read(file);
    other.dict['00180050'] = { vr: 'DS', Value: [3] };
    const response = await store([new Uint8Array(other.write())]);
    expect(response.status).toBe(409);
    expect(((await response.json()) as Attributes)['00081198']?.Value).toMatchObject([
      { '00081155': { Value: [uid] }, '00081197': { Value: [0x0111] } },
    ]);
  });

  it('says which of several failed: 202', async () => {
    const file = (await retrieve(`studies/${await ofFirstPatient()}`))[0]!;
    const response = await store([renamed(file, '2.25.4712'), Buffer.from('not a DICOM file')]);
    expect(response.status).toBe(202);
    const answer = (await response.json()) as Attributes;
    expect(answer['00081199']?.Value).toHaveLength(1);
    expect(answer['00081198']?.Value).toMatchObject([{ '00081197': { Value: [0xc000] } }]);
  });

  it('refuses an object of another study, and a body that is no multipart', async () => {
    const file = (await retrieve(`studies/${await ofFirstPatient()}`))[0]!;
    expect((await store([renamed(file, '2.25.4713', '2.25.99')], '/2.25.98')).status).toBe(409);
    const response = await fetch(`${hospital.dicomwebBaseUrl}/studies`, { method: 'POST', body: 'hello' });
    expect(response.status).toBe(400);
  });
});

describe('time in the image archive', () => {
  it('brings the study of the next visit when told', async () => {
    const before = await query('studies?PatientID=SD-0002');
    hospital.publishNextVisit('demo-0002');
    expect(await query('studies?PatientID=SD-0002')).toHaveLength(before.length + 1);
  });
});

const hasValidator = spawnSync('dciodvfy', ['-version']).error === undefined;

describe.skipIf(!hasValidator)('the images, judged by dciodvfy (skipped where dicom3tools is not installed)', () => {
  it.each(['SD-0001', 'SD-0008'])('are MR images of %s without an error or a warning', async (number) => {
    const [study] = await query(`studies?PatientID=${number}`);
    const [file] = await retrieve(`studies/${String(value(study, '0020000D'))}`);
    const folder = await mkdtemp(join(tmpdir(), 'sequela-demo-'));
    try {
      await writeFile(join(folder, 'slice.dcm'), file!);
      const { stderr } = spawnSync('dciodvfy', ['-new', join(folder, 'slice.dcm')], { encoding: 'utf8' });
      expect(stderr.trim()).toBe('MRImage');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
