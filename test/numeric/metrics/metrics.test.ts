import { describe, expect, it } from 'vitest';
import { normalisedCrossCorrelation } from '../../../src/ml/metrics/cross-correlation.ts';
import { gaussianFilter, gaussianKernel } from '../../../src/ml/metrics/gaussian-filter.ts';
import { matchHistogram } from '../../../src/ml/metrics/histogram-matching.ts';
import { maskedSimilarityTo } from '../../../src/ml/metrics/masked-similarity.ts';
import { meanSquaredError, peakSignalToNoiseRatio } from '../../../src/ml/metrics/mean-squared-error.ts';
import { mutualInformation } from '../../../src/ml/metrics/mutual-information.ts';
import { ssim, ssimMap } from '../../../src/ml/metrics/structural-similarity.ts';
import { readJpeg } from '../../support/read-grey-image.ts';
import { sharedData } from '../../support/shared-data.ts';
import { randomOf } from '../../support/synthetic-anatomy.ts';

const noise = (seed: number, length: number): Float64Array => Float64Array.from({ length }, randomOf(seed));

const slices = sharedData('registration/ants/data');
describe.skipIf(slices === null)(
  'golden values on two brain slices (ANTs r16 and r64; skipped where the data is absent)',
  () => {
    const load = async (name: string) =>
      Float64Array.from((await readJpeg(`${slices}/${name}slice.jpg`, 256, 256)).pixels, (value) => value / 255);

    it('equal scikit-image and numpy', async () => {
      const [a, b] = [await load('r16'), await load('r64')];
      expect(ssim(a, b, [1, 256, 256], { dataRange: 1 })).toBeCloseTo(0.586378, 6);
      expect(mutualInformation(a, b, 64).mi).toBeCloseTo(0.211382, 6);
      expect(mutualInformation(a, b, 64).nmi).toBeCloseTo(1.06768, 6);
      expect(peakSignalToNoiseRatio(a, b, 1)).toBeCloseTo(10.4083, 4);
    });
  },
);

describe('Gaussian filter', () => {
  it('has 11 taps that sum to 1 for the SSIM window', () => {
    const kernel = gaussianKernel(1.5);
    expect(kernel.length).toBe(11);
    expect(kernel.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('mirrors at the border with the edge repeated, also where the window is longer than the image', () => {
    const image = Float64Array.of(1, 2, 4);
    const kernel = gaussianKernel(1.5);
    const list = (index: number): number => [4, 2, 1, 1, 2, 4][(((index + 3) % 6) + 6) % 6]!;
    const direct = [0, 1, 2].map((x) => kernel.reduce((sum, weight, k) => sum + weight * list(x + k - 5), 0));
    const asRow = gaussianFilter(image, [1, 1, 3], [1.5, 1.5, 1.5]);
    const asColumn = gaussianFilter(image, [1, 3, 1], [1.5, 1.5, 1.5]);
    const asDepth = gaussianFilter(image, [3, 1, 1], [1.5, 1.5, 1.5]);
    for (const filtered of [asRow, asColumn, asDepth]) {
      direct.forEach((value, x) => expect(filtered[x]).toBeCloseTo(value, 12));
    }
  });

  it('leaves the input alone and keeps a constant image constant', () => {
    const image = new Float64Array(60).fill(3);
    expect(gaussianFilter(image, [3, 4, 5], [2, 2, 2]).every((value) => Math.abs(value - 3) < 1e-12)).toBe(true);
    expect(image.every((value) => value === 3)).toBe(true);
  });
});

describe('structural similarity', () => {
  it('is 1 for an image and itself and falls with noise', () => {
    const a = noise(1, 32 * 32);
    const b = noise(2, 32 * 32);
    expect(ssim(a, a, [1, 32, 32], { dataRange: 1 })).toBeCloseTo(1, 12);
    expect(Math.abs(ssim(a, b, [1, 32, 32], { dataRange: 1 }))).toBeLessThan(0.1);
  });

  it('is the luminance term alone for two constant images', () => {
    const a = new Float64Array(400).fill(0.2);
    const b = new Float64Array(400).fill(0.6);
    const expected = (2 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4);
    expect(ssim(a, b, [1, 20, 20], { dataRange: 1 })).toBeCloseTo(expected, 9);
  });

  it('of a volume with a window in the plane is that of its slices', () => {
    const a = noise(3, 3 * 16 * 16);
    const b = a.map((value, i) => value + 0.1 * Math.sin(i));
    const volume = ssimMap(a, b, [3, 16, 16], { dataRange: 1, window: [0, 1.5, 1.5] });
    for (let z = 0; z < 3; z++) {
      const [from, to] = [z * 256, (z + 1) * 256];
      const slice = ssimMap(a.slice(from, to), b.slice(from, to), [1, 16, 16], { dataRange: 1 });
      slice.forEach((value, i) => expect(volume[from + i]).toBeCloseTo(value, 12));
    }
  });
});

describe('mutual information', () => {
  const mask = Uint8Array.from({ length: 4096 }, (_, i) => (i % 3 === 0 ? 0 : 1));

  it('of an image with itself is its entropy, with a normalised value of 2', () => {
    const fair = Float64Array.from({ length: 4096 }, (_, i) => i % 4);
    expect(mutualInformation(fair, fair, 32)).toEqual({
      mi: expect.closeTo(Math.log(4), 12),
      nmi: expect.closeTo(2, 12),
    });
  });

  it('of unrelated images is near 0, with a normalised value near 1', () => {
    const { mi, nmi } = mutualInformation(noise(4, 65_536), noise(5, 65_536), 8);
    expect(mi).toBeLessThan(0.002);
    expect(nmi).toBeCloseTo(1, 3);
  });

  it('sees only what the mask selects', () => {
    const a = noise(6, 4096);
    const b = a.map((value, i) => (mask[i] === 1 ? 1 - value : 7));
    expect(mutualInformation(a, b, 32, mask).nmi).toBeCloseTo(2, 6);
    expect(normalisedCrossCorrelation(a, b, mask)).toBeCloseTo(-1, 9);
    expect(meanSquaredError(a, b, mask)).toBeLessThan(1);
    expect(meanSquaredError(a, b)).toBeGreaterThan(10);
  });
});

describe('error of values', () => {
  it('is the mean squared difference, and in decibels against the data range', () => {
    const a = Float32Array.of(0, 0, 0, 0);
    const b = Float32Array.of(0.1, -0.1, 0.1, -0.1);
    expect(meanSquaredError(a, b)).toBeCloseTo(0.01, 8);
    expect(peakSignalToNoiseRatio(a, b, 1)).toBeCloseTo(20, 5);
    expect(peakSignalToNoiseRatio(a, a, 1)).toBe(Infinity);
  });
});

describe('masked similarity', () => {
  const shape = [1, 64, 64] as const;
  const smooth = Float32Array.from(gaussianFilter(noise(7, 4096), shape, [0, 2, 2]), (v) => 0.5 + 3 * (v - 0.5));
  const everywhere = new Uint8Array(4096).fill(1);
  const similarity = maskedSimilarityTo(smooth, shape, [1, 1, 1]);

  it('is 1 for an image and itself', () => {
    const measures = similarity(smooth, everywhere);
    expect(measures?.maskedSsim).toBeGreaterThan(0.9999);
    expect(measures?.ncc).toBeGreaterThan(0.9999);
  });

  it('hardly notices another gamma and gain, which histogram matching takes back', () => {
    const other = smooth.map((value) => 0.7 * Math.max(0, value) ** 1.3);
    expect(similarity(other, everywhere)?.maskedSsim).toBeGreaterThan(0.99);
  });

  it('notices a shift of two voxels', () => {
    const shifted = smooth.map((_, i) => smooth[i % 64 < 62 ? i + 2 : i]!);
    expect(similarity(shifted, everywhere)?.maskedSsim).toBeLessThan(0.8);
  });

  it('is null where too little is selected or an image is constant', () => {
    expect(similarity(smooth, new Uint8Array(4096))).toBeNull();
    expect(similarity(new Float32Array(4096).fill(0.5), everywhere)).toBeNull();
  });

  it('matches the quantiles of the reference inside the mask', () => {
    const reference = noise(8, 4096);
    const matched = matchHistogram(
      reference.map((value) => value ** 2),
      reference,
      everywhere,
    );
    matched.forEach((value, i) => expect(Math.abs(value - reference[i]!)).toBeLessThan(0.02));
  });
});
