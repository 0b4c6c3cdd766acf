import { fileURLToPath } from 'node:url';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  administrationsOf,
  imagedTumourCohort,
  imageOf,
  VOXEL_ML,
} from '../../../../src/ml/cohorts/tumour/image-cohort.ts';
import { TUMOUR_IMAGE_SHAPE } from '../../../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import {
  forecastLesions,
  type LesionAnswer,
  type LesionInput,
  type OpenedLesionModel,
  openLesionModel,
} from '../../../../src/ml/forecasting/image/lesion-forecast.ts';
import { readLesionModel } from '../../../../src/ml/forecasting/image/lesion-model.ts';
import { createLesionImages } from '../../../../src/ml/forecasting/image/lesion-images.ts';
import { loadLesionModels } from '../../../../src/ml/forecasting/image/shipped-lesion-models.ts';
import { gainOf, intensityRangeOf } from '../../../../src/ml/forecasting/intensity-range.ts';
import { createWorkerThreads } from '../../../../src/ml/worker-threads.ts';
import type { ForecastInput, ForecastOutput } from '../../../../src/twins/forecast.ts';

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));
/** None of them was trained on. */
const PATIENTS = imagedTumourCohort(97, 4);

type Answer = Extract<LesionAnswer, { voxels: Float32Array }>;

/** The first five visits of a patient, and what is known to be given. */
function inputOf(patient: number, horizonDays: number, doseFactor = 1): LesionInput & { readonly truth: Float32Array } {
  const { course, clinical, visitDays } = PATIENTS[patient]!;
  const seen = visitDays.slice(0, 5);
  const origin = seen.at(-1)!;
  const days = course.days
    .slice(0, origin + horizonDays)
    .map((day, index) =>
      index < origin
        ? day
        : { chemoUnits: index % 7 === 1 ? 5 * doseFactor : 0, radioGy: index % 7 === 1 ? 2 * doseFactor : 0 },
    );
  const given = administrationsOf(doseFactor === 1 ? course.days.slice(0, origin + horizonDays) : days, -origin);
  const planned = (doses: readonly { readonly fromDay: number; readonly amount: number }[]): number =>
    doses.reduce((sum, { fromDay, amount }) => sum + (fromDay >= 0 ? amount : 0), 0);
  return {
    shape: TUMOUR_IMAGE_SHAPE,
    horizonDays,
    visits: seen.map((day) => ({
      day: day - origin,
      voxels: imageOf(course, day, true),
      values: {
        carcinoembryonicAntigen: clinical[day]!.ceaNgPerMl,
        haemoglobin: clinical[day]!.haemoglobinGPerDl,
        bodyWeight: clinical[day]!.bodyWeightKg,
      },
      exposures: {},
    })),
    course: {
      measurements: [],
      statics: {},
      doses: Object.entries(given).flatMap(([treatment, doses]) =>
        doses.map(({ fromDay, toDay, amount }) => ({ treatment, fromDay, toDay, amount, knownAtMs: 0 })),
      ),
    },
    plannedExposures: { chemotherapy: planned(given.chemotherapy), radiotherapy: planned(given.radiotherapy) },
    truth: imageOf(course, origin + horizonDays, true),
  };
}

const squaredError = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0);

let opened: OpenedLesionModel;
beforeAll(async () => {
  const [shipped] = await loadLesionModels(MODELS);
  opened = await openLesionModel(await readLesionModel(shipped!.path));
});
afterAll(async () => {
  await Promise.all([opened.whole.dispose(), opened.window.dispose(), opened.predictor.dispose()]);
});

const ask = async (...inputs: LesionInput[]): Promise<LesionAnswer[]> => forecastLesions(opened, inputs);
async function answered(input: LesionInput): Promise<Answer> {
  const [answer] = await ask(input);
  expect(answer).toHaveProperty('voxels');
  return answer as Answer;
}
const declined = async (input: LesionInput): Promise<string> => {
  const [answer] = await ask(input);
  return 'declineReason' in answer! ? answer.declineReason : 'it was answered';
};

describe('the image model of a tumour that is shipped', () => {
  test('is small, and its card says what it is, how it was split and how it is made again', async () => {
    const [shipped] = await loadLesionModels(MODELS);
    expect(shipped!.disease).toBe('tumour-response');
    expect(statSync(shipped!.path).size).toBeLessThan(3 * 2 ** 20);
    expect(opened.model.bins.every(({ lowerBound }) => lowerBound > 0)).toBe(true);
  });

  test('is closer to what came than the last image, for patients that it never saw', async () => {
    const inputs = [0, 1, 2, 3].flatMap((patient) => [inputOf(patient, 14), inputOf(patient, 28)]);
    const answers = (await ask(...inputs)) as Answer[];
    let [model, last] = [0, 0];
    answers.forEach(({ voxels }, row) => {
      const before = inputs[row]!.visits.at(-1)!.voxels!;
      const gain = gainOf(inputs[row]!.truth, before, intensityRangeOf(before)!);
      inputs[row]!.truth.forEach((truth, voxel) => {
        // Outside of the window the forecast is the last image.
        if (voxels[voxel] === before[voxel]) return;
        model += (truth / gain - voxels[voxel]!) ** 2;
        last += (truth / gain - before[voxel]!) ** 2;
      });
    });
    expect(Math.sqrt(model / last)).toBeLessThan(0.84);
    for (const { voxels, uncertainty, lesion, skill } of answers) {
      expect(voxels.every(Number.isFinite)).toBe(true);
      expect(uncertainty.every((half) => half > 0)).toBe(true);
      expect(lesion.seenMl).toBeGreaterThan(0);
      expect(lesion.intervals.map(({ coverage }) => coverage)).toEqual([0.5, 0.8, 0.9, 0.95]);
      for (const { low, high } of lesion.intervals) {
        expect(low).toBeLessThan(lesion.forecastMl);
        expect(high).toBeGreaterThan(lesion.forecastMl);
      }
      expect(skill.skill).toBeGreaterThan(0.2);
    }
  });

  test('changes the window around the lesion alone', async () => {
    const input = inputOf(0, 14);
    const { voxels } = await answered(input);
    const last = input.visits.at(-1)!.voxels!;
    const changed = voxels.filter((voxel, index) => voxel !== last[index]).length;
    expect(changed).toBeGreaterThan(500);
    expect(changed).toBeLessThanOrEqual(9 * 56 * 56);
    expect([...voxels.subarray(0, 128)]).toEqual([...last.subarray(0, 128)]);
  });

  test('shows the smaller lesion under the larger dose, and the same bytes for the same question, alone or among others', async () => {
    const doses = [0, 0.5, 1.5];
    const answers = (await ask(...doses.map((factor) => inputOf(1, 14, factor)))) as Answer[];
    for (const volume of ['forecastMl', 'drawnMl'] as const) {
      const volumes = answers.map(({ lesion }) => lesion[volume]);
      expect(volumes[0]).toBeGreaterThan(volumes[1]!);
      expect(volumes[1]).toBeGreaterThan(volumes[2]!);
    }
    const alone = await answered(inputOf(1, 14, 0.5));
    expect(Buffer.from(alone.voxels.buffer).equals(Buffer.from(answers[1]!.voxels.buffer))).toBe(true);
    expect(Buffer.from(alone.uncertainty.buffer).equals(Buffer.from(answers[1]!.uncertainty.buffer))).toBe(true);
  });

  test('draws the volume that it forecasts, as the segmenter sees it', async () => {
    for (const patient of [0, 2]) {
      const { voxels, lesion } = await answered(inputOf(patient, 28));
      const { voxels: seen } = await opened.whole.observe(voxels);
      expect(Math.abs((seen * VOXEL_ML) / lesion.drawnMl - 1)).toBeLessThan(0.06);
      expect(Math.abs(lesion.drawnMl / lesion.forecastMl - 1)).toBeLessThan(0.02);
    }
  });

  test('answers from one image, and from a history with a visit without one', async () => {
    const input = inputOf(0, 14);
    const histories = [
      input.visits.slice(-1),
      input.visits.map((visit, k) => (k === 2 ? Object.assign({}, visit, { voxels: null }) : visit)),
      input.visits.map(({ day, voxels }) => ({ day, voxels, values: {}, exposures: {} })),
    ];
    for (const visits of histories) {
      const { voxels } = await answered({ ...input, visits });
      expect(voxels.every(Number.isFinite)).toBe(true);
      expect(squaredError(voxels, input.visits.at(-1)!.voxels!)).toBeGreaterThan(0);
    }
  });

  test('declines images of another size, of one slice, without a lesion or without contrast, and says why', async () => {
    const input = inputOf(0, 14);
    const last = input.visits.at(-1)!;
    const only = (voxels: Float32Array, shape = input.shape): LesionInput => ({
      ...input,
      shape,
      visits: [{ ...last, voxels }],
    });
    expect(await declined(only(last.voxels!.slice(0, 128 * 128), [1, 128, 128]))).toMatch(/1 x 128 x 128 voxels/);
    expect(await declined(only(new Float32Array(9 * 64 * 64).fill(1), [9, 64, 64]))).toMatch(/9 x 64 x 64 voxels/);
    expect(await declined(only(new Float32Array(9 * 128 * 128).fill(5)))).toMatch(/no contrast/);
    const healthy = imageOf(
      { ...PATIENTS[0]!.course, days: [{ ...PATIENTS[0]!.course.days[0]!, volumeCm3: 0 }] },
      0,
      true,
    );
    expect(await declined(only(healthy))).toMatch(/No lesion was found/);
  });
});

describe('a forecaster with images', () => {
  const input = (horizonDays: number, patient = 0): ForecastInput =>
    inputOf(patient, horizonDays) as unknown as ForecastInput;
  const plain = {
    modelId: 'personal',
    summarise: () => Promise.resolve(null),
    forecast: ({ visits }: ForecastInput): Promise<ForecastOutput> =>
      Promise.resolve({
        modelVersion: 'personal@1',
        image: {
          voxels: visits.at(-1)!.voxels!,
          skill: { skill: 0, patients: 0, intervals: 0, shrinkage: 0 },
          declineReason: 'no change',
        },
        values: {},
        caveats: [],
      }),
  };

  test('answers several requests in a thread, each its own, and at no horizon the last image', async () => {
    const threads = createWorkerThreads({ threads: 1 });
    const [shipped] = await loadLesionModels(MODELS);
    const images = createLesionImages(threads, () => shipped!);
    const { signal } = new AbortController();
    const questions = [input(14), input(28), input(14, 1)];
    const answers = await Promise.all(questions.map((one) => images.over(plain).forecast(one, signal)));
    for (const [row, { image, modelVersion, caveats }] of answers.entries()) {
      const direct = await answered(questions[row]!);
      expect(Buffer.from(image!.voxels.buffer).equals(Buffer.from(direct.voxels.buffer))).toBe(true);
      expect(image!.declineReason).toBeNull();
      expect(modelVersion).toBe(`personal@1 ${shipped!.version}`);
      expect(image!.lesions).toEqual([direct.lesion]);
      expect(caveats).toEqual([]);
    }
    const atOnce = await images.over(plain).forecast(input(0), signal);
    expect(atOnce.image!.declineReason).toBe('no change');
    const without = createLesionImages(threads, () => null);
    expect((await without.over(plain).forecast(input(14), signal)).modelVersion).toBe('personal@1');
    await threads.close();
  });
});
