import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readLesionModel } from '../../../../src/ml/forecasting/image/lesion-model.ts';
import { forecastLesionVolume } from '../../../../src/ml/forecasting/image/lesion-volume.ts';

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
