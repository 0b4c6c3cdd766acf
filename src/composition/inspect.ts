import path from 'node:path';
import type { Config } from '../config.ts';
import { createFileBlobStore } from '../integrations/blob-store.ts';
import { chooseProvider } from '../ml/engine/choose-provider.ts';
import { describeEngineApart } from '../ml/engine/describe-engine-apart.ts';
import { createRegistrar } from '../ml/registration/registrar.ts';
import { createWorkerThreads } from '../ml/worker-threads.ts';
import { loadDiseaseDefinitions } from '../twins/load-disease-definitions.ts';
import type { RegistrationRequest } from '../twins/registration.ts';
import { openDemoHospital } from './demo-hospital.ts';
import { imagesInWords, inWords } from './find-engine.ts';
import { openHospitals } from './hospitals.ts';
import { openConfiguredDatabase } from './open-database.ts';

/** One thing that was tried. */
export interface Inspection {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

const TIMEOUT_MS = 20_000;

/** Tries what the configuration names: the database, the blob store, the compute threads, and each hospital's sources. */
export async function inspect(config: Config): Promise<Inspection[]> {
  return [
    await attempt('disease definitions', async () => {
      const diseases = await loadDiseaseDefinitions(path.resolve(import.meta.dirname, '../../diseases'));
      return [...diseases.keys()].join(', ');
    }),
    await attempt('database', () => tryDatabase(config)),
    await attempt('blob store', () => tryBlobStore(config)),
    await attempt('compute', () => tryCompute(config)),
    await attempt('network engine', () => describeNetworkEngine(config)),
    ...(await inspectHospitals(config)),
  ];
}

async function attempt(what: string, tryIt: () => Promise<string>): Promise<Inspection> {
  const started = performance.now();
  try {
    const detail = await tryIt();
    return { what, ok: true, detail: `${detail} (${Math.round(performance.now() - started)} ms)` };
  } catch (error) {
    return { what, ok: false, detail: error instanceof Error ? error.message : 'failed' };
  }
}

async function tryDatabase(config: Config): Promise<string> {
  const open = await openConfiguredDatabase(config, 2);
  try {
    const [row] = await open.database.dataSource.query<{ version: string }[]>('select version()');
    return `${config.database.url === null ? 'embedded' : 'configured'}, ${row?.version.split(' on ')[0] ?? ''}, migrated`;
  } finally {
    await open.close();
  }
}

async function tryBlobStore(config: Config): Promise<string> {
  const blobs = createFileBlobStore(path.join(config.dataDirectory, 'blobs'));
  const content = new TextEncoder().encode('Sequela doctor');
  const sha256 = await blobs.put(content);
  if (Buffer.compare(await blobs.get(sha256), content) !== 0) {
    throw new Error('what was read is not what was written');
  }
  return 'writes and reads back';
}

/** Aligns a small picture to itself, shifted, in a worker thread. */
async function tryCompute(config: Config): Promise<string> {
  const threads = createWorkerThreads({ threads: config.computeThreads });
  try {
    const registrar = createRegistrar({ threads });
    const { after } = await registrar.register(shiftedPair(), AbortSignal.timeout(TIMEOUT_MS));
    return `${config.computeThreads} worker threads, registration ${registrar.version}, similarity ${after?.maskedSsim.toFixed(3) ?? 'none'}`;
  } finally {
    await threads.close();
  }
}

function shiftedPair(): RegistrationRequest {
  const size = 64;
  const blob = (shift: number) =>
    Float32Array.from({ length: size * size }, (_, index) => {
      const x = (index % size) - size / 2 - shift;
      const y = Math.floor(index / size) - size / 2;
      return 1000 * Math.exp(-(x * x) / 220 - (y * y) / 90) * (1 + 0.3 * Math.sin(x / 3) * Math.cos(y / 4));
    });
  const volume = (shift: number) => ({
    voxels: blob(shift),
    shape: [1, size, size] as const,
    spacingMm: [1, 1, 1] as const,
    originMm: [0, 0, 0] as const,
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  });
  return {
    fixed: volume(0),
    moving: volume(3),
    plan: {
      stages: ['rigid'],
      cost: 'squared-difference',
      deformable: null,
      preprocessing: { percentiles: [1, 99], compare: 'everything', matchHistogram: false, side: 'any' },
      acceptance: {
        measure: 'masked-ssim',
        judged: 'global',
        accepted: 0.75,
        review: 0.7,
        evidence: 'a picture and its own shifted copy',
      },
    },
  };
}

async function inspectHospitals(config: Config): Promise<Inspection[]> {
  const demo = config.hospitals === null ? await openDemoHospital({ ...config.demo, patients: 1 }) : null;
  const configs = demo === null ? (config.hospitals ?? []) : [demo.config];
  const hospitals = openHospitals(configs, { now: () => new Date() });
  try {
    const inspections: Inspection[] = [];
    for (const tenantId of hospitals.tenantIds) {
      const { clinical, imaging } = hospitals.of(tenantId);
      const of = demo === null ? `of ${tenantId}` : 'of the demo hospital';
      inspections.push(
        await attempt(`health record ${of}`, async () => {
          for await (const _ of clinical.listPatients(AbortSignal.timeout(TIMEOUT_MS))) {
            return 'answers and shows patients';
          }
          return 'answers, shows no patient';
        }),
        await attempt(`image archive ${of}`, async () => {
          const nobody = { studyInstanceUid: '2.25.1', accessionNumber: null, endpointAddress: null, changedAt: null };
          await imaging.searchSeries({ identifiers: [], references: [nobody] }, AbortSignal.timeout(TIMEOUT_MS));
          return 'answers a search';
        }),
      );
    }
    return inspections;
  } finally {
    await hospitals.close();
    await demo?.stop();
  }
}

async function describeNetworkEngine(config: Config): Promise<string> {
  const description = await describeEngineApart();
  const images = chooseProvider(config.imageProvider, description);
  if (images.missing !== null) {
    throw new Error(`SEQUELA_IMAGE_PROVIDER: ${config.imageProvider} cannot be used here: ${images.missing}`);
  }
  const missing = Object.entries(description.unavailable).map(([name, reason]) => `${name} (${reason})`);
  return [
    `${inWords(description)} on ${description.device}, ${config.computeThreads} of ${description.threads} threads, ${imagesInWords(images)}`,
    ...(missing.length === 0 ? [] : [`not here: ${missing.join(', ')}`]),
  ].join('; ');
}
