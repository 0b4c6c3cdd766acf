import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFileBlobStore } from '../src/integrations/blob-store.ts';
import { authorizationHeader } from '../src/integrations/dicomweb/authorization.ts';
import { DicomwebClient } from '../src/integrations/dicomweb/client.ts';
import { createImagingSource } from '../src/integrations/dicomweb/imaging-source.ts';
import { createRegistrar } from '../src/ml/registration/registrar.ts';
import { createWorkerThreads } from '../src/ml/worker-threads.ts';
import type { RegistrationPlan } from '../src/twins/registration-plan.ts';
import type { Volume } from '../src/twins/volume.ts';
import { startFaultyDicomwebServer } from '../test/support/faulty-dicomweb-server.ts';
import { mrSeriesFromVolume } from '../test/support/mr-series-from-nifti.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { describeMachine, spread, targetOf } from './report.ts';
import type { BenchReport, BenchRow } from './report.ts';

export interface IngestOptions {
  readonly repetitions?: number;
}

const SLICES = 120;
const SIZE = 256;
const SEED = 7;
const TARGET_RATIO = 3;
const DECODE_THREADS = 2;
const SYSTEM = 'urn:bench';
const PLAN: RegistrationPlan = {
  stages: ['rigid', 'affine'],
  cost: 'squared-difference',
  deformable: null,
  preprocessing: { percentiles: [1, 99], compare: 'everything', matchHistogram: false, side: 'any' },
  acceptance: {
    measure: 'masked-ssim',
    judged: 'global',
    accepted: 0.75,
    review: 0.7,
    evidence: 'one synthetic head, moved',
  },
};

/** What the follow-up's head has moved since the reference, in voxels. */
const POSE = { x: 5, y: -3, z: 1.5 };

/**
 * How long a study of 120 slices of 256x256 int16 takes from the PACS to a volume in the blob store (found, listed,
 * retrieved, decoded, checked, assembled, hashed and flushed to disk), and on to a registered visit (aligned rigidly and
 * affinely to a reference of the same size, judged, resampled, stored). Measured against the bare transfer of the same
 * bytes from the same server by one HTTP client, at the same concurrency and one by one.
 */
export default async function ingest(options: IngestOptions = {}): Promise<BenchReport> {
  const repetitions = options.repetitions ?? 7;
  const orthanc = await startOrthanc();
  const simple = orthanc === null ? await startFaultyDicomwebServer() : null;
  const baseUrl = orthanc?.baseUrl ?? simple!.baseUrl;
  const authorization =
    orthanc === null
      ? ({ kind: 'none' } as const)
      : ({ kind: 'basic', username: orthanc.username, password: orthanc.password } as const);
  const directory = await mkdtemp(path.join(tmpdir(), 'sequela-bench-'));
  const source = createImagingSource({
    baseUrl,
    authorization,
    issuers: { [SYSTEM]: 'BENCH' },
    decodeThreads: DECODE_THREADS,
  });
  const threads = createWorkerThreads({ threads: 1 });
  const registrar = createRegistrar({ threads });
  const reference = syntheticVolume({ x: 0, y: 0, z: 0 });
  try {
    const series = mrSeriesFromVolume(syntheticVolume(POSE), {
      patientId: 'BENCH-1',
      issuerOfPatientId: 'BENCH',
      studyDate: '20240110',
      seriesDescription: 'T1w',
    });
    await store(series.files, baseUrl, authorization, simple);
    const query = { identifiers: [{ system: SYSTEM, value: 'BENCH-1' }], references: [] };
    const selector = {
      modalities: ['MR'],
      preferDescriptions: [],
      excludeDescriptions: [],
      minimumSlices: 1,
      maximumSlices: 500,
    };
    const signal = new AbortController().signal;
    const credentials = (await authorizationHeader(authorization, signal)) ?? 'none';
    const samples: { total: number; bareOne: number; bareFour: number; register: number }[] = [];
    let sopInstanceUids: readonly string[] = [];
    for (let repetition = 0; repetition <= repetitions; repetition++) {
      const blobs = createFileBlobStore(path.join(directory, String(repetition)));
      const started = performance.now();
      const [descriptor] = await source.searchSeries(query, signal);
      const retrieved = await source.retrieveSeries(descriptor!, selector, signal);
      await blobs.put(new Uint8Array(retrieved.volume.voxels.buffer));
      const total = performance.now() - started;
      sopInstanceUids = retrieved.sopInstanceUids;
      if (retrieved.volume.shape.join('x') !== `${SLICES}x${SIZE}x${SIZE}`) throw new Error('the volume is not whole');
      const addresses = sopInstanceUids.map(
        (uid) => `${baseUrl}/studies/${series.studyInstanceUid}/series/${series.seriesInstanceUid}/instances/${uid}`,
      );
      const bareFour = await transfer(addresses, credentials, 4);
      const bareOne = await transfer(addresses, credentials, 1);
      const registered = performance.now();
      const request = { fixed: reference, moving: retrieved.volume, plan: PLAN };
      const { moved, verdict } = await registrar.register(request, signal);
      if (moved === null) throw new Error(`the registration was ${verdict}`);
      await blobs.put(new Uint8Array(moved.voxels.buffer));
      // The first round starts the threads and warms every cache of both sides.
      if (repetition > 0) samples.push({ total, bareOne, bareFour, register: performance.now() - registered });
    }
    const bytes = series.files.reduce((sum, file) => sum + file.length, 0);
    const subject = orthanc === null ? 'Sequela from a simple DICOMweb server' : 'Sequela from Orthanc';
    const row = (name: string, metric: string, values: readonly number[], unit: string): BenchRow => ({
      case: `${SLICES} slices ${SIZE}x${SIZE} int16`,
      subject: name,
      metric,
      ...spread(values),
      unit,
    });
    const ratios = samples.map(({ total, bareFour }) => total / bareFour);
    const single = samples.map(({ total, bareOne }) => total / bareOne);
    const registered = samples.map(({ total, register, bareOne }) => (total + register) / bareOne);
    return {
      name: 'ingest',
      machine: describeMachine(DECODE_THREADS),
      seeds: [SEED],
      rows: [
        row(
          subject,
          'study to stored volume',
          samples.map(({ total }) => total),
          'ms',
        ),
        row(
          'bare fetch, 4 at a time',
          'transfer of the same bytes',
          samples.map(({ bareFour }) => bareFour),
          'ms',
        ),
        row(
          'bare fetch, one by one',
          'transfer of the same bytes',
          samples.map(({ bareOne }) => bareOne),
          'ms',
        ),
        row(subject, 'ratio to 4 at a time', ratios, 'x'),
        row(subject, 'ratio to one by one', single, 'x'),
        row(
          subject,
          'throughput',
          samples.map(({ total }) => bytes / 1e6 / (total / 1000)),
          'MB/s',
        ),
        row(
          subject,
          'registration, one thread',
          samples.map(({ register }) => register),
          'ms',
        ),
        row(subject, 'study to registered visit, ratio to one by one', registered, 'x'),
        row(subject, 'peak resident memory', [process.resourceUsage().maxRSS / 1024], 'MiB'),
      ],
      targets: [
        targetOf(
          'ingest: at most 3x the bare transfer (fetch, 4 at a time)',
          spread(ratios).value,
          TARGET_RATIO,
          'max',
        ),
        targetOf('ingest: at most 3x the bare transfer (fetch, one by one)', spread(single).value, TARGET_RATIO, 'max'),
        targetOf(
          'registered visit: at most 3x the bare transfer (fetch, one by one)',
          spread(registered).value,
          TARGET_RATIO,
          'max',
        ),
      ],
      notes: [
        `${samples.length} repetitions after one to warm up; median and range; ${(bytes / 1e6).toFixed(1)} MB in ${SLICES} instances.`,
        'The bare client is fetch with keep-alive; it drops what it reads. Sequela retrieves with 4 requests at a time.',
        ...(orthanc === null ? ['Orthanc is not installed: the server is a small one in this process.'] : []),
      ],
    };
  } finally {
    await threads.close();
    await source.close();
    await orthanc?.stop();
    await simple?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function store(
  files: readonly Uint8Array[],
  root: string,
  authorization: ConstructorParameters<typeof DicomwebClient>[0]['authorization'],
  simple: { add(file: Uint8Array): void } | null,
): Promise<void> {
  if (simple !== null) {
    for (const file of files) simple.add(file);
    return;
  }
  const client = new DicomwebClient({
    root,
    authorization,
    allowedOrigins: [],
    timeoutMs: 60_000,
    maximumResponseBytes: 2 ** 26,
    retry: { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, sleep: async () => undefined },
    fetch,
  });
  await client.storeInstances(files, new AbortController().signal);
}

/** The least that moves the bytes with fetch: GET, read to the end, drop. Milliseconds for all of `addresses`. */
async function transfer(addresses: readonly string[], authorization: string, concurrency: number): Promise<number> {
  const headers = {
    accept: 'multipart/related; type="application/dicom"; transfer-syntax=*',
    'accept-encoding': 'identity',
    authorization,
  };
  const started = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < addresses.length) {
      const response = await fetch(addresses[next++]!, { headers });
      if (!response.ok) throw new Error(`status ${response.status}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return performance.now() - started;
}

/** A lopsided head with inner structure and seeded noise, so that no server can compress it away; moved by `pose`. */
function syntheticVolume(pose: { x: number; y: number; z: number }): Volume {
  let state = SEED;
  const noise = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const voxels = new Float32Array(SLICES * SIZE * SIZE);
  for (let i = 0; i < voxels.length; i++) {
    const x = (i % SIZE) - SIZE / 2 - pose.x;
    const y = (Math.floor(i / SIZE) % SIZE) - SIZE / 2 - pose.y;
    const z = Math.floor(i / SIZE ** 2) - SLICES / 2 - pose.z;
    const head = Math.hypot(x / 80, y / 100, z / 52) < 1 ? 600 : 0;
    const inside = head * (1 + 0.4 * Math.sin(x / 9 + z / 7) * Math.cos(y / 11) + 0.3 * Math.cos((x + 2 * y) / 23));
    const lesion = Math.hypot(x - 30, y + 20, 2 * z) < 14 ? 500 : 0;
    voxels[i] = Math.round(inside + lesion + 40 * noise());
  }
  return {
    voxels,
    shape: [SLICES, SIZE, SIZE],
    spacingMm: [1.2, 0.9, 0.9],
    originMm: [-115, -115, -70],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  };
}
