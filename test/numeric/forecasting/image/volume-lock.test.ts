import { describe, expect, test } from 'vitest';
import type { LesionObserver } from '../../../../src/ml/forecasting/image/lesion-observer.ts';
import type { LesionPredictor, LesionQuestion } from '../../../../src/ml/forecasting/image/lesion-predictor.ts';
import { isShown, predictLocked } from '../../../../src/ml/forecasting/image/volume-lock.ts';

const LAST = 100;
const question = (horizonDays: number): LesionQuestion => ({
  history: [
    {
      day: 0,
      image: Float32Array.of(LAST),
      lesion: { share: Float32Array.of(1), voxels: LAST, centre: [0, 0, 0] },
      values: [],
    },
  ],
  horizonDays,
  plan: [],
  volume: { levelMl: 1, medianMl: 1, pointsMl: [1], intervals: [] },
  shrinkage: 1,
});
/** Draws a lesion as one number: its volume. */
const predictor: LesionPredictor = {
  predict: (questions, ratios) =>
    Promise.resolve(
      questions.map((_, row) => ({
        image: Float32Array.of(ratios[row]! * LAST),
        scale: Float32Array.of(1),
        ratio: ratios[row]!,
        values: new Float32Array(),
      })),
    ),
  widened: (_, prediction) => prediction,
  dispose: () => Promise.resolve(),
};
const seeing = (seen: (drawn: number) => number): LesionObserver => ({
  observe: ([drawn]) => Promise.resolve({ share: new Float32Array(1), voxels: seen(drawn!), centre: null }),
  dispose: () => Promise.resolve(),
});
const locked = async (seen: (drawn: number) => number, wanted: number, horizonDays = 14): Promise<number> =>
  (await predictLocked(predictor, seeing(seen), [question(horizonDays)], [wanted]))[0]!.voxels;

describe('the volume lock', () => {
  test.each([
    ['a segmenter that sees too little', (drawn: number): number => 0.8 * drawn],
    ['one that sees in another proportion', (drawn: number): number => drawn ** 1.3 / 4],
    ['one that overlooks what is small', (drawn: number): number => (drawn < 40 ? 0 : drawn - 25)],
  ])('finds the volume that is wanted with %s', async (_, seen) => {
    for (const wanted of [22, 70, 160]) expect(Math.abs((await locked(seen, wanted)) / wanted - 1)).toBeLessThan(0.005);
  });

  test('keeps what came closest where the volume cannot be shown, and says that it is not', async () => {
    const cut = (drawn: number): number => Math.min(drawn, 130);
    const drawn = await locked(cut, 200);
    expect(drawn).toBe(130);
    expect(isShown({ voxels: drawn }, 200)).toBe(false);
    expect(isShown({ voxels: 198 }, 200)).toBe(true);
    expect(isShown({ voxels: 0 }, 5)).toBe(true);
  });

  test('shows the last lesion at no horizon', async () => {
    expect(await locked(() => 3, 50, 0)).toBe(LAST);
  });
});
