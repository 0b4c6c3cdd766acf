import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileBlobStore } from '../../../src/integrations/blob-store.ts';
import { fieldOf } from '../../../src/ml/registration/deformable/field-sampler.ts';
import { warpVolume } from '../../../src/ml/registration/deformable/warp-volume.ts';
import { createRegistrar } from '../../../src/ml/registration/registrar.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import { loadTwin } from '../../../src/twins/load-twin.ts';
import type { Registrar, TwinDependencies } from '../../../src/twins/ports.ts';
import { registerVisits } from '../../../src/twins/register-visits.ts';
import { registrationPlan, type RegistrationPlan } from '../../../src/twins/registration-plan.ts';
import type { RegistrationRequest } from '../../../src/twins/registration.ts';
import type { ImagePresentation } from '../../../src/twins/timeline.ts';
import { alignedImage } from '../../../src/twins/usable-image.ts';
import { bytesOfVoxels, geometryOf, type Volume } from '../../../src/twins/volume.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { NORTH, seedTwinAs } from '../../support/record-builders.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';
import { image, onDay } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, testUnits } from '../../support/twin-builders.ts';

const opened = new AsyncDisposableStack();
let database: TestDatabase;
let folder: string;
const threads = createWorkerThreads({ threads: 2 });
beforeAll(async () => {
  opened.adopt(threads, (pool) => pool.close());
  database = opened.adopt(await createTestDatabase({ poolSize: 6 }), (open) => open.close());
  folder = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-register-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
});
afterAll(() => opened.disposeAsync());

const MAMMOGRAPHY = registrationPlan.parse({
  stages: ['rigid', 'affine'],
  deformable: {
    method: 'ffd',
    cost: 'mutual-information',
    gridSpacingMm: 20,
    bendingWeight: 0.1,
    limits: { minimumJacobian: 0.3, inverseConsistencyMm: 3, evidence: 'a test' },
  },
  preprocessing: { percentiles: [1, 99], side: 'pectoral' },
  acceptance: { judged: 'final', accepted: 0.8, review: 0.65, evidence: 'a test' },
});

const grid = gridOf([1, 96, 80], [4, 2, 2]);
const reference = scanOf(grid, { noise: 0.01 });
const LEFT: ImagePresentation = {
  laterality: 'L',
  isInverted: false,
  patientOrientation: ['A', 'FR'],
  viewPosition: 'MLO',
};
const bent = warpVolume(
  reference,
  fieldOf(grid, (x, y, _, out) => {
    out[0] = 4 * Math.sin(y / 22);
    out[1] = 4 * Math.cos(x / 24);
    out[2] = 0;
  }),
  { outside: 0 },
).voxels;
/** Oldest first: the reference, a bent one with dark high values, the other side, another anatomy, one without any picture. */
const PICTURES: readonly (readonly [Volume, ImagePresentation])[] = [
  [reference, LEFT],
  [
    { ...grid, voxels: bent.map((value) => 3000 - value) },
    { ...LEFT, isInverted: true },
  ],
  [
    { ...grid, voxels: bent },
    { ...LEFT, laterality: 'R' },
  ],
  [scanOf(grid, { seed: 50 }), LEFT],
  [{ ...grid, voxels: new Float32Array(96 * 80) }, LEFT],
];

/** More visits than can be used, so that nothing is forecast. */
const definitionWith = (registration: RegistrationPlan) =>
  diseaseDefinition({ registration, forecasting: { ...diseaseDefinition().forecasting, minimumVisits: 5 } });

async function patientWith(fhirId: string, plan: RegistrationPlan, own: Partial<Registrar> = {}) {
  const registrar = { ...createRegistrar({ threads }), ...own };
  const definition = definitionWith(plan);
  const dependencies: TwinDependencies = {
    unitOfWork: database.unitOfWork,
    hospitals: { tenantIds: [], of: () => Promise.reject(new Error('no hospital')) as never },
    diseases: new Map([[definition.id, definition]]),
    registrar,
    forecasters: new Map(),
    blobs: createFileBlobStore(folder),
    units: testUnits,
    clock: { now: () => new Date() },
  };
  const { patientId, twinId } = await seedTwinAs(database.unitOfWork, NORTH, fhirId);
  for (const [index, [volume, presentation]] of PICTURES.entries()) {
    const voxelsSha256 = await dependencies.blobs.put(bytesOfVoxels(volume.voxels));
    const {
      id: _,
      patientId: __,
      recordedAt: ___,
      revision: ____,
      ...entry
    } = image(`1.${index}`, onDay(index), {
      voxelsSha256,
      geometry: geometryOf(volume),
      ...presentation,
    });
    await database.unitOfWork.run(NORTH, (stores) => stores.timeline.append(patientId, [entry]));
  }
  const told: (readonly [number, string])[] = [];
  const controller = new AbortController();
  return {
    dependencies,
    twinId,
    told,
    controller,
    run: () =>
      registerVisits(dependencies, NORTH, twinId, {
        signal: controller.signal,
        report: async (fraction, message) => void told.push([fraction, message]),
      }),
    load: () =>
      database.unitOfWork.run(NORTH, (stores) =>
        loadTwin(dependencies, stores, twinId, { at: new Date(), clock: 'recorded' }),
      ),
  };
}

describe("a twin's visits", () => {
  test('are aligned, deformed, judged, and kept out of image forecasts with a reason where they must be', async () => {
    const patient = await patientWith('aligned', MAMMOGRAPHY);
    await patient.run();
    const { twin, visits } = await patient.load();
    expect(twin).toMatchObject({ status: 'INCOMPLETE', statusReason: expect.stringContaining('has 2 of 5') });
    expect(visits.map(({ registration }) => registration?.verdict ?? null)).toEqual([
      null,
      'accepted',
      'refused',
      'refused',
      'refused',
    ]);
    const [, deformed, otherSide, otherAnatomy, blank] = visits.map(({ registration }) => registration!);
    expect(deformed).toMatchObject({
      method: expect.stringMatching(/\+ffd$/),
      stages: ['rigid', 'affine', 'ffd'],
      quality: { foldedPercent: 0 },
      rejectedDeformation: null,
    });
    expect(deformed!.field!.geometry.shape).toEqual([1, 96, 80]);
    const vectors = await patient.dependencies.blobs.get(deformed!.field!.sha256);
    expect(vectors.byteLength).toBe(3 * 4 * 96 * 80);
    expect(otherSide).toMatchObject({ method: 'none', reason: expect.stringContaining('opposite sides') });
    expect(otherAnatomy!.stages.at(-1)).toBe('elastix');
    expect(blank!.reason).toContain('blank');
    expect(visits.map((visit) => alignedImage(visit) !== null)).toEqual([true, true, false, false, false]);
    // What is refused keeps its place and its values in the timeline.
    expect(visits.every(({ values }) => 'marker' in values)).toBe(true);
    expect(patient.told.at(-1)![0]).toBe(0.95);
    expect(patient.told.some(([fraction]) => fraction > 0 && fraction < 0.9)).toBe(true);
  });

  test('are registered once for the same inputs, and again for another plan', async () => {
    const asked: RegistrationRequest[] = [];
    const registrar = createRegistrar({ threads });
    const counting: Partial<Registrar> = {
      register: (request, ...rest) => {
        asked.push(request);
        return registrar.register(request, ...rest);
      },
    };
    const plan = registrationPlan.parse({
      ...MAMMOGRAPHY,
      deformable: null,
      acceptance: { ...MAMMOGRAPHY.acceptance, judged: 'global' },
    });
    const patient = await patientWith('cached', plan, counting);
    await patient.run();
    expect(asked).toHaveLength(4);
    expect(asked.map(({ presentations }) => presentations!.moving.laterality)).toContain('R');
    await patient.run();
    expect(asked).toHaveLength(4);
    const definition = definitionWith({ ...plan, cost: 'cross-correlation' });
    (patient.dependencies.diseases as Map<string, typeof definition>).set(definition.id, definition);
    await patient.run();
    expect(asked).toHaveLength(8);
  });

  test('that are being aligned stop when the job is cancelled, and those that are done stay', async () => {
    const registrar = createRegistrar({ threads });
    let calls = 0;
    const patient = await patientWith('cancelled', MAMMOGRAPHY, {
      pairsAtOnce: 1,
      register: (request, signal, onProgress) => {
        if (++calls === 2) patient.controller.abort(new Error('cancelled'));
        return registrar.register(request, signal, onProgress);
      },
    });
    await expect(patient.run()).rejects.toThrow('cancelled');
    const verdicts = (await patient.load()).visits.map(({ registration }) => registration?.verdict ?? null);
    expect(verdicts).toEqual([null, 'accepted', null, null, null]);
  });
});
