import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a random stream', () => {
  it('is the same for the same keys, on every machine', () => {
    const stream = randomStream(7, 3, 'noise');
    expect(draw(3, () => stream.uniform())).toEqual([0.5934683900559321, 0.23139547707978636, 0.9265018597943708]);
  });

  it('differs when any key differs, their order and their borders included', () => {
    const firsts = [
      randomStream(1, 2, 'a'),
      randomStream(2, 1, 'a'),
      randomStream(12, 'a'),
      randomStream(1, 2, 'b'),
      randomStream(1, 3, 'a'),
    ].map((stream) => stream.uniform());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('draws uniform numbers strictly between 0 and 1 with mean 1/2 and variance 1/12', () => {
    const stream = randomStream('uniform');
    const values = draw(100_000, () => stream.uniform());
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThan(0);
    expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 3);
  });

  it('draws normal numbers with mean 0, variance 1, no skew and kurtosis 3', () => {
    const stream = randomStream('normal');
    const values = draw(200_000, () => stream.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.01);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(values.map((value) => value ** 3)))).toBeLessThan(0.04);
    expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 0);
  });

  it('draws indices that reach every place equally often', () => {
    const stream = randomStream('index');
    const counts = [0, 0, 0, 0];
    draw(40_000, () => (counts[stream.index(4)]! += 1));
    for (const count of counts) {
      expect(count).toBeGreaterThan(9_600);
      expect(count).toBeLessThan(10_400);
    }
  });

  it('shows no correlation between streams of neighbouring patients', () => {
    const [left, right] = [randomStream(1, 10, 'x'), randomStream(1, 11, 'x')];
    const products = draw(50_000, () => left.normal() * right.normal());
    expect(Math.abs(mean(products))).toBeLessThan(0.02);
  });
});
