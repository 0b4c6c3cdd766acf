import { describe, expect, it } from 'vitest';
import { quantiles } from '../../../src/ml/metrics/quantiles.ts';
import { randomOf } from '../../support/synthetic-anatomy.ts';

describe('quantiles', () => {
  it.each([1, 2, 7, 1000, 65_536])('of %d values are those that sorting gives', (length) => {
    const random = randomOf(length);
    const values = Float32Array.from({ length }, (_, k) =>
      k % 5 === 0 ? Math.round(4 * random()) : 2000 * random() - 1000,
    );
    const sorted = values.toSorted();
    const fractions = [0, 0.01, 0.25, 0.5, 0.99, 1];
    expect([...quantiles(values, fractions)]).toEqual(
      fractions.map((fraction) => sorted[Math.floor(fraction * (length - 1))]),
    );
  });

  it('of a large image are near those of all its values', () => {
    const random = randomOf(3);
    const [median] = quantiles(Float32Array.from({ length: 400_000 }, random), [0.5]);
    expect(median).toBeCloseTo(0.5, 1);
  });
});
