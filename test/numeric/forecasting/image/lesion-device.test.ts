import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWeights, writeWeights } from '../../../../src/ml/engine/weights/weights-file.ts';
import type { DeviceVerdict } from '../../../../src/ml/forecasting/image/device-trial.ts';
import { createLesionImages } from '../../../../src/ml/forecasting/image/lesion-images.ts';
import { loadLesionModels } from '../../../../src/ml/forecasting/image/shipped-lesion-models.ts';
import { createWorkerProcess } from '../../../../src/ml/worker-process.ts';
import { createWorkerThreads } from '../../../../src/ml/worker-threads.ts';
import type { ForecastInput, ForecastOutput } from '../../../../src/twins/forecast.ts';
import type { Forecaster } from '../../../../src/twins/ports.ts';
import { useSoftwareGpu } from '../../../support/software-gpu.ts';

const hasGpu = useSoftwareGpu();
const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));
const [SLICES, SIZE, WINDOW] = [9, 32, 24];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequela-small-model-'));
  const [shipped] = await loadLesionModels(MODELS);
  const { arrays, card } = await readWeights(shipped!.path);
  const { settings } = card.architecture;
  const network = { ...(settings['network'] as object), height: WINDOW, width: WINDOW };
  // The same weights on few voxels: convolutions do not mind, and a device without hardware ends within the test.
  const small = { ...settings, network, imageShape: [SLICES, SIZE, SIZE] };
  await writeWeights(join(folder, 'tumour-response-image-0.0.1.safetensors'), arrays, {
    ...card,
    architecture: { ...card.architecture, settings: small },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A ball of tissue with a bright lesion in it. */
function picture(lesionRadius: number): Float32Array {
  return Float32Array.from({ length: SLICES * SIZE * SIZE }, (_, at) => {
    const [z, y, x] = [Math.floor(at / (SIZE * SIZE)) - 4, (Math.floor(at / SIZE) % SIZE) - 16, (at % SIZE) - 16];
    if (Math.hypot(3.5 * z, y - 1, x + 2) < lesionRadius) return 800;
    return Math.hypot(3 * z, y, x) < 14 ? 500 + 30 * Math.sin(1.3 * x + y) : 0;
  });
}

const input: ForecastInput = {
  horizonDays: 14,
  shape: [SLICES, SIZE, SIZE],
  visits: [-14, 0].map((day, visit) => ({ day, voxels: picture(3 + visit), values: {}, exposures: {} })),
  course: { measurements: [], statics: {}, doses: [] },
  dynamics: { variables: [], treatments: [], statics: [], features: [] },
  plannedExposures: {},
} as unknown as ForecastInput;

/** What has no image model answers with the last image. */
const plain: Forecaster = {
  forecast: async ({ visits }: ForecastInput) =>
    ({
      modelVersion: 'personal@1',
      image: { voxels: visits.at(-1)!.voxels, lesions: [], skill: null, declineReason: 'no change' },
      caveats: [],
    }) as unknown as ForecastOutput,
} as unknown as Forecaster;

/** Asks until the device has been judged, and once more. */
async function judged(provider: 'webgpu' | 'cuda'): Promise<{ verdicts: DeviceVerdict[]; answers: ForecastOutput[] }> {
  const [model] = await loadLesionModels(folder);
  const threads = createWorkerThreads({ threads: 1 });
  const process = createWorkerProcess();
  const verdicts: DeviceVerdict[] = [];
  const judgement = Promise.withResolvers<void>();
  const onVerdict = (verdict: DeviceVerdict): void => {
    verdicts.push(verdict);
    judgement.resolve();
  };
  const images = createLesionImages(threads, () => model!, { process, provider, isOnlyIfFaster: false, onVerdict });
  const ask = (): Promise<ForecastOutput> => images.over(plain).forecast(input, new AbortController().signal);
  const answers: ForecastOutput[] = [];
  const isOpen = (): boolean => verdicts.length === 0;
  while (isOpen()) {
    answers.push(await ask());
    expect(answers.at(-1)!.image!.declineReason).toBeNull();
    await Promise.race([judgement.promise, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  answers.push(await ask());
  await Promise.all([threads.close(), process.close()]);
  return { verdicts, answers };
}

describe('image forecasts on a device', () => {
  // Debian's package chromium brings the software adapter; without it there is nothing to run this on.
  test.skipIf(!hasGpu)(
    'of WebGPU are those of the processor, computed in a process of its own',
    async () => {
      const { verdicts, answers } = await judged('webgpu');
      expect(verdicts).toEqual([{ isUsed: true, speed: expect.any(Number) as number }]);
      const [byProcessor, byDevice] = [answers[0]!.image!, answers.at(-1)!.image!];
      expect(byDevice.declineReason).toBeNull();
      const differences = byDevice.voxels.map((voxel, at) => Math.abs(voxel - byProcessor.voxels[at]!));
      expect(Math.max(...differences)).toBeLessThan(0.1);
      expect(byDevice.voxels.some((voxel, at) => voxel !== input.visits.at(-1)!.voxels![at])).toBe(true);
      expect(byDevice.lesions![0]!.forecastMl).toBeCloseTo(byProcessor.lesions![0]!.forecastMl, 3);
    },
    300_000,
  );

  test('whose libraries are not installed stay on the processor, which is told once', async () => {
    const { verdicts, answers } = await judged('cuda');
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ isUsed: false, reason: 'it failed' });
    expect(String((verdicts[0] as { cause: unknown }).cause)).toMatch(/the provider cuda is not there/);
    expect(answers.at(-1)!.image!.voxels).toEqual(answers[0]!.image!.voxels);
  });
});
