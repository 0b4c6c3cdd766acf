import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DicomwebClient } from '../../../src/integrations/dicomweb/client.ts';
import { createImagingSource } from '../../../src/integrations/dicomweb/imaging-source.ts';
import type { SeriesDescriptor } from '../../../src/twins/ports.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { mrSlice, uidOf } from '../../support/dicom-builder.ts';
import { mrSeriesFromNifti } from '../../support/mr-series-from-nifti.ts';
import type { MrSeries } from '../../support/mr-series-from-nifti.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import type { Orthanc } from '../../support/orthanc.ts';
import { readNifti } from '../../support/read-nifti.ts';

const VISITS = [1, 2].map(
  (visit) => `../shared/data/mr-longitudinal/open_ms/longitudinal/raw/patient01/study${visit}_FLAIR.nii.gz`,
);
const SYSTEM = 'https://hospital.example.org/mrn';
const SELECTOR = {
  modalities: ['MR'],
  preferDescriptions: [],
  excludeDescriptions: [],
  minimumSlices: 2,
  maximumSlices: 200,
};
const hasData = VISITS.every((path) => existsSync(path));
const signal = new AbortController().signal;

let orthanc: Orthanc | null = null;
let client: DicomwebClient;
let source: ReturnType<typeof createImagingSource>;

beforeAll(async () => {
  orthanc = await startOrthanc();
  if (orthanc === null) return;
  const { baseUrl, username, password } = orthanc;
  const authorization = { kind: 'basic', username, password } as const;
  const retry = { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, sleep: async () => undefined };
  client = new DicomwebClient({
    root: baseUrl,
    authorization,
    allowedOrigins: [],
    timeoutMs: 30_000,
    maximumResponseBytes: 2 ** 26,
    retry,
    fetch,
  });
  source = createImagingSource({ baseUrl, authorization, issuers: { [SYSTEM]: 'HOSP1' }, retry });
});
afterAll(async () => {
  await source?.close();
  await orthanc?.stop();
});

/** The slices of `file` order may run against the normal of the volume: compare voxel by voxel at the same place. */
function placeOf(volume: Volume, z: number): number[] {
  return [0, 1, 2].map((axis) => volume.originMm[axis]! + z * volume.spacingMm[0] * volume.direction[axis * 3 + 2]!);
}

describe('a real PACS (Orthanc)', () => {
  test('gives two real MR visits back bit for bit, at their place in the patient', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    context.skip(!hasData, 'the longitudinal MR images (open_ms) are not here');
    const visits = VISITS.map((path, index) => ({
      nifti: readNifti(path),
      series: mrSeriesFromNifti(path, {
        patientId: 'MS-01',
        issuerOfPatientId: 'HOSP1',
        studyDate: index === 0 ? '20150301' : '20160415',
        accessionNumber: `A${index}`,
        seriesDescription: 'FLAIR',
      }),
    }));
    for (const { series } of visits) await client.storeInstances(series.files, signal);
    const query = { identifiers: [{ system: SYSTEM, value: 'MS-01' }], references: [] };
    const found = await source.searchSeries(query, signal);
    expect(found).toHaveLength(2);
    for (const { nifti, series } of visits) {
      const descriptor = found.find((one) => one.seriesInstanceUid === series.seriesInstanceUid)!;
      expect(descriptor).toMatchObject({ modality: 'MR', seriesDescription: 'FLAIR', isDerived: false });
      expect(descriptor.numberOfInstances).toBe(nifti.shape[0]);
      const { volume, sopInstanceUids, acquiredAt, caveats } = await source.retrieveSeries(
        descriptor,
        SELECTOR,
        signal,
      );
      expect(sopInstanceUids).toHaveLength(nifti.shape[0]);
      expect(acquiredAt).toEqual(descriptor.studyAt);
      expect(caveats).toEqual([]);
      expect(volume.shape).toEqual(nifti.shape);
      volume.spacingMm.forEach((value, axis) => expect(value).toBeCloseTo(nifti.spacingMm[axis]!, 4));
      const [depth, rows, columns] = volume.shape;
      const isReversed = Math.hypot(...placeOf(volume, 0).map((v, i) => v - nifti.originMm[i]!)) > 1;
      let different = 0;
      for (let z = 0; z < depth; z++) {
        const from = isReversed ? depth - 1 - z : z;
        const expected = placeOf(nifti, from);
        placeOf(volume, z).forEach((value, axis) => expect(value).toBeCloseTo(expected[axis]!, 2));
        const length = rows * columns;
        const a = volume.voxels.subarray(z * length, (z + 1) * length);
        const b = nifti.voxels.subarray(from * length, (from + 1) * length);
        for (let n = 0; n < length; n++) if (a[n] !== b[n]) different++;
      }
      expect(different).toBe(0);
    }
    expect(orthanc?.isRunning()).toBe(true);
  });

  test('finds a study by the UID and by the accession number that the EHR names', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    const series = await storePatient('P-ACC', { AccessionNumber: 'ACC-77' });
    const identifiers = [{ system: SYSTEM, value: 'P-ACC' }];
    const byUid = {
      studyInstanceUid: series.studyInstanceUid,
      accessionNumber: null,
      endpointAddress: null,
      changedAt: null,
    };
    const byAccession = { studyInstanceUid: '', accessionNumber: 'ACC-77', endpointAddress: null, changedAt: null };
    for (const references of [[byUid], [byAccession], [byUid, byAccession]]) {
      const found = await source.searchSeries({ identifiers, references }, signal);
      expect(found.map((one) => one.seriesInstanceUid)).toEqual([series.seriesInstanceUid]);
    }
    const onlyUid = await source.searchSeries({ identifiers: [], references: [byUid] }, signal);
    expect(onlyUid).toHaveLength(1);
  });

  test('never uses a patient number whose issuer is not configured, nor another issuer’s patient', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    await storePatient('P-SHARED', { IssuerOfPatientID: 'OTHER' });
    const mapped = { identifiers: [{ system: SYSTEM, value: 'P-SHARED' }], references: [] };
    expect(await source.searchSeries(mapped, signal)).toEqual([]);
    const unmapped = { identifiers: [{ system: 'urn:other', value: 'P-SHARED' }], references: [] };
    expect(await source.searchSeries(unmapped, signal)).toEqual([]);
  });

  test('refuses a study that the EHR names but that belongs to another patient', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    const { studyInstanceUid } = await storePatient('P-SOMEBODY', {});
    const query = {
      identifiers: [{ system: SYSTEM, value: 'P-ELSE' }],
      references: [{ studyInstanceUid, accessionNumber: null, endpointAddress: null, changedAt: null }],
    };
    await expect(source.searchSeries(query, signal)).rejects.toMatchObject({ name: 'DomainError', reason: 'CONFLICT' });
  });

  test('marks derived images and our own predictions, in the search and in the retrieval', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    await storePatient('P-DERIVED', { ImageType: ['DERIVED', 'SECONDARY', 'OTHER'] });
    const query = { identifiers: [{ system: SYSTEM, value: 'P-DERIVED' }], references: [] };
    const [descriptor] = await source.searchSeries(query, signal);
    expect(descriptor?.isDerived).toBe(true);
    const retrieved = await source.retrieveSeries({ ...descriptor!, isDerived: false }, SELECTOR, signal);
    expect(retrieved.isDerived).toBe(true);
  });

  test('lists no series of documents', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    await storePatient('P-SR', { Modality: 'SR' });
    const query = { identifiers: [{ system: SYSTEM, value: 'P-SR' }], references: [] };
    expect(await source.searchSeries(query, signal)).toEqual([]);
  });

  test('refuses a series of which the archive lists fewer images than it states', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    await storePatient('P-COUNT', {});
    const query = { identifiers: [{ system: SYSTEM, value: 'P-COUNT' }], references: [] };
    const [descriptor] = (await source.searchSeries(query, signal)) as [SeriesDescriptor];
    const incomplete = source.retrieveSeries({ ...descriptor, numberOfInstances: 4 }, SELECTOR, signal);
    await expect(incomplete).rejects.toMatchObject({ reason: 'SOURCE_INCOMPLETE' });
  });

  test('reports a store that the archive refuses', async (context) => {
    context.skip(orthanc === null, 'Orthanc is not installed');
    const garbage = new TextEncoder().encode('this is no DICOM file');
    await expect(client.storeInstances([garbage], signal)).rejects.toMatchObject({ name: 'IntegrationError' });
    const wrong = new DicomwebClient({
      root: orthanc!.baseUrl,
      authorization: { kind: 'basic', username: 'sequela', password: 'wrong' },
      allowedOrigins: [],
      timeoutMs: 5000,
      maximumResponseBytes: 2 ** 20,
      retry: { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, sleep: async () => undefined },
      fetch,
    });
    await expect(wrong.searchStudies([], signal)).rejects.toMatchObject({ kind: 'unauthorised' });
    expect(orthanc?.isRunning()).toBe(true);
  });
});

async function storePatient(patientId: string, changes: Record<string, unknown>): Promise<MrSeries> {
  const studyInstanceUid = uidOf('study', patientId);
  const seriesInstanceUid = uidOf('series', patientId);
  const files = [0, 1, 2].map((index) =>
    mrSlice(index, {
      PatientID: patientId,
      StudyInstanceUID: studyInstanceUid,
      SeriesInstanceUID: seriesInstanceUid,
      SOPInstanceUID: uidOf(patientId, String(index)),
      ...changes,
    }),
  );
  await client.storeInstances(files, signal);
  return { studyInstanceUid, seriesInstanceUid, files };
}
