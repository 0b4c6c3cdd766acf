import { describe, expect, test } from 'vitest';
import type { NetworkSettings } from '../../../src/ml/forecasting/image/network-settings.ts';
import { meanSquaredError } from '../../../src/ml/metrics/mean-squared-error.ts';
import {
  type ImageSeries,
  predictSeries,
  type SeriesTask,
  shrinkageOf,
  shrunken,
  trainOnSeries,
} from '../../../src/ml/training/image-series.ts';
import { randomArray } from '../../support/random-array.ts';

const SIDE = 16;
const SETTINGS: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'film',
  head: 'residual-displacement',
  time: 'real',
  frames: 3,
  height: SIDE,
  width: SIDE,
  channels: 1,
  guides: 0,
  variables: 1,
  treatments: 1,
  targets: 1,
  stride: 2,
  hidden: 12,
  layers: 1,
  heads: 1,
  tubelet: 1,
  embedding: 6,
  features: 8,
  unitDays: 10,
};

/** A disc whose radius grows with time at its own rate, unless it is treated; images at uneven days. */
function growing(index: number): SeriesTask[] {
  const [pace, place] = randomArray(2, index + 1);
  const rate = 0.09 + 0.05 * pace!;
  const days = [0, 6, 14, 20, 33];
  const treated = index % 2 === 0;
  const image = (day: number, isTreated: boolean): Float32Array => {
    const radius = 2 + rate * Math.min(day, 20) + (isTreated ? 0 : rate * Math.max(0, day - 20));
    return Float32Array.from({ length: SIDE * SIDE }, (_, pixel) => {
      const distance = Math.hypot(Math.floor(pixel / SIDE) - 7.5 - place!, (pixel % SIDE) - 7.5);
      return 0.2 + 0.6 / (1 + Math.exp(2 * (distance - radius)));
    });
  };
  const series: ImageSeries = {
    key: String(index),
    images: days.map((day) => ({ day, image: image(day, treated), values: [pace!] })),
  };
  return [{ series, known: [0, 2, 3], target: 4, plan: [Number(treated)] }];
}

const tasks = (from: number, count: number): SeriesTask[] =>
  Array.from({ length: count }, (_, index) => growing(from + index)).flat();

const last = ({ series, known }: SeriesTask): Float32Array => series.images[known.at(-1)!]!.image;
const truth = ({ series, target }: SeriesTask): Float32Array => series.images[target]!.image;
const errorOf = (asked: readonly SeriesTask[], images: readonly Float32Array[]): number =>
  asked.reduce((sum, task, row) => sum + meanSquaredError(images[row]!, truth(task)), 0) / asked.length;

describe('training on series of images', () => {
  test('learns how discs grow, and that treated ones do not', async () => {
    const validation = tasks(200, 24);
    const { weights } = await trainOnSeries({
      settings: SETTINGS,
      train: tasks(0, 64),
      validation,
      steps: 240,
      learningRate: 6e-3,
      seed: 1,
      identity: 'discs',
    });
    const test = tasks(300, 24);
    const images = (await predictSeries(SETTINGS, weights, test)).map(({ image }) => image);
    const untouched = errorOf(test, test.map(last));
    expect(Math.sqrt(errorOf(test, images) / untouched)).toBeLessThan(0.6);
    const others = test.map(({ series, known, target, plan }) => ({ series, known, target, plan: [1 - plan[0]!] }));
    const blind = (await predictSeries(SETTINGS, weights, others)).map(({ image }) => image);
    expect(errorOf(test, blind)).toBeGreaterThan(2 * errorOf(test, images));
    const factor = shrinkageOf(
      validation,
      (await predictSeries(SETTINGS, weights, validation)).map(({ image }) => image),
    );
    expect(factor).toBeGreaterThan(0.7);
    expect(factor).toBeLessThanOrEqual(1);
  });

  test('shrinks changes to what pays, and to nothing where they mislead', () => {
    const asked = tasks(0, 8);
    const double = asked.map((task) => last(task).map((pixel, k) => pixel + 2 * (truth(task)[k]! - pixel)));
    const wrong = asked.map((task) => last(task).map((pixel, k) => pixel - (truth(task)[k]! - pixel)));
    expect(shrinkageOf(asked, double)).toBeCloseTo(0.5, 5);
    expect(shrinkageOf(asked, wrong)).toBe(0);
    expect(shrinkageOf(asked, asked.map(last))).toBe(0);
    expect(errorOf(asked, shrunken(asked, double, 0.5))).toBeLessThan(1e-12);
    expect(shrunken(asked, wrong, 0)[3]).toEqual(last(asked[3]!));
  });
});
