import { describe, expect, it } from 'vitest';
import { gaussianFilter, sampledShape } from '../../../src/ml/metrics/gaussian-filter.ts';
import { randomOf } from '../../support/synthetic-anatomy.ts';

describe('Gaussian filter at every n-th voxel', () => {
  it.each([
    [1, 2, 2],
    [2, 1, 3],
    [3, 2, 1],
  ] as const)('of every axis (%d, %d, %d) gives those voxels of the whole result', (...every) => {
    const shape = [7, 9, 11] as const;
    const image = Float64Array.from({ length: 7 * 9 * 11 }, randomOf(4));
    const whole = gaussianFilter(image, shape, [0, 1.5, 2]);
    const [depth, height, width] = sampledShape(shape, every);
    const sampled = gaussianFilter(image, shape, [0, 1.5, 2], every);
    expect(sampled.length).toBe(depth * height * width);
    sampled.forEach((value, k) => {
      const [z, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
      expect(value).toBeCloseTo(whole[(every[0] * z * 9 + every[1] * y) * 11 + every[2] * x]!, 12);
    });
  });
});
