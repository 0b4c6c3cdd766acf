import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readLesionModel } from '../../../../src/ml/forecasting/image/lesion-model.ts';
import {
  forecastLesionVolume,
  volumeIntervals,
  volumeScore,
} from '../../../../src/ml/forecasting/image/lesion-volume.ts';

const MODEL = fileURLToPath(new URL('../../../../models/tumour-response-image-1.0.0.safetensors', import.meta.url));

test('the volume of a lesion falls with every dose, also below what can be seen', async () => {
  const { volumes, voxelMl } = await readLesionModel(MODEL);
  const seen = [0.4, 0.5, 0.7].map((volumeMl, visit) => ({ day: 7 * visit, volumeMl }));
  const medians = [0, 1, 2, 3, 4, 5, 6].map((gray) => {
    const radiotherapy = Array.from({ length: 8 }, (_, k) => {
      const day = 15 + Math.floor(k / 2) * 7 + (k % 2) * 3;
      return { fromDay: day, toDay: day, amount: gray };
    });
    const over = { horizonDays: 28, points: 5, voxelMl };
    return forecastLesionVolume(volumes, seen, { chemotherapy: [], radiotherapy }, over)!.medianMl;
  });
  for (let dose = 1; dose < medians.length; dose++) expect(medians[dose]).toBeLessThan(medians[dose - 1]!);
  expect(medians[0]).toBeGreaterThan(0.7);
  expect(medians.at(-1)).toBeLessThan(voxelMl);
});

test('an interval stretched by the score of a volume ends at that volume', () => {
  const forecast = {
    medianMl: 4,
    intervals: [
      { coverage: 0.5, low: 3, high: 5 },
      { coverage: 0.9, low: 1, high: 12 },
    ],
  };
  for (const seenMl of [0.9, 7]) {
    const score = volumeScore(forecast, 0.5, { forecastMl: 3.5, seenMl, voxelMl: 0.01 });
    const [half] = volumeIntervals(forecast, 3.5, [
      { coverage: 0.5, factor: score },
      { coverage: 0.9, factor: 1 },
    ]);
    expect(seenMl > 3.5 ? half!.high : half!.low).toBeCloseTo(seenMl, 12);
  }
  const [, wide] = volumeIntervals(forecast, 8, [
    { coverage: 0.5, factor: 0 },
    { coverage: 0.9, factor: 1 },
  ]);
  expect(wide).toEqual({ coverage: 0.9, low: 2, high: 24 });
  const nested = volumeIntervals(forecast, 4, [
    { coverage: 0.5, factor: 2 },
    { coverage: 0.9, factor: 0.1 },
  ]);
  expect(nested[1]).toEqual({ ...nested[0], coverage: 0.9 });
  expect(volumeScore(forecast, 0.5, { forecastMl: 0.002, seenMl: 0, voxelMl: 0.01 })).toBe(0);
});
