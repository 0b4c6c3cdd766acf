import { describe, expect, test } from 'vitest';
import { lesionAnchors, lesionSpread } from '../../../../src/ml/forecasting/image/lesion-anchors.ts';
import { largestLesion, type OutlinedImage, outlineOf } from '../../../../src/ml/forecasting/image/lesion-outline.ts';
import { scaleLesion } from '../../../../src/ml/forecasting/image/lesion-scaling.ts';
import { tissueOf } from '../../../../src/ml/forecasting/image/lesion-tissue.ts';
import {
  channelsLast,
  cropped,
  paste,
  regionAround,
  slicesFirst,
} from '../../../../src/ml/forecasting/image/region-of-interest.ts';
import type { VolumeShape } from '../../../../src/twins/volume.ts';
import { randomArray } from '../../../support/random-array.ts';

const SHAPE: VolumeShape = [5, 40, 44];
const CENTRE = [2.2, 19.4, 21.7] as const;

/** A bright ellipsoid in textured tissue, its rim partly filled. @param radius in rows and columns. */
function ellipsoid(radius: number): { image: Float32Array; share: Float32Array } {
  const texture = randomArray(5 * 40 * 44, 4, 0.05);
  const share = new Float32Array(5 * 40 * 44);
  for (let z = 0; z < 5; z++) {
    for (let y = 0; y < 40; y++) {
      for (let x = 0; x < 44; x++) {
        const distance = Math.hypot(3 * (z - CENTRE[0]), y - CENTRE[1], 0.8 * (x - CENTRE[2]));
        share[(z * 40 + y) * 44 + x] = Math.min(1, Math.max(0, radius - distance + 0.5));
      }
    }
  }
  return { image: share.map((mass, voxel) => 0.4 + texture[voxel]! + 0.5 * mass), share };
}

const seen = (radius: number): OutlinedImage => {
  const { image, share } = ellipsoid(radius);
  return { image, lesion: largestLesion(share, SHAPE) };
};

const scaled = (one: OutlinedImage, ratio: number): OutlinedImage =>
  scaleLesion(one, ratio, tissueOf([one], SHAPE), SHAPE);

describe('the outline of a lesion', () => {
  test('is the largest connected one with its rim, and what it encloses', () => {
    const { share } = ellipsoid(6);
    const whole = outlineOf(share, SHAPE).voxels;
    const vessel = share.slice();
    vessel[3] = 1;
    vessel[4] = 1;
    const hollow = vessel.slice();
    // A dark core in the middle slice.
    for (let y = 18; y < 21; y++) for (let x = 20; x < 23; x++) hollow[(2 * 40 + y) * 44 + x] = 0;
    for (const found of [largestLesion(vessel, SHAPE), largestLesion(hollow, SHAPE)]) {
      expect(found.voxels).toBeCloseTo(whole, 0);
      found.centre!.forEach((place, axis) => expect(place).toBeCloseTo(CENTRE[axis]!, 0));
    }
  });

  test('is the one where the lesion was, when something brighter is larger now', () => {
    const before = largestLesion(ellipsoid(6).share, SHAPE);
    const { share } = ellipsoid(2);
    const small = outlineOf(share, SHAPE).voxels;
    for (let row = 0; row < 40; row++) share.fill(1, row * 44, row * 44 + 3);
    expect(largestLesion(share, SHAPE).voxels).toBe(120);
    expect(largestLesion(share, SHAPE, before).voxels).toBeCloseTo(small, 0);
    const gone = new Float32Array(share.length).fill(1, 0, 3);
    expect(largestLesion(gone, SHAPE, before)).toMatchObject({ voxels: 0, centre: null });
  });

  test('is empty where nothing is lesion', () => {
    expect(largestLesion(new Float32Array(5 * 40 * 44), SHAPE)).toMatchObject({ voxels: 0, centre: null });
  });
});

describe('a lesion that is scaled', () => {
  test.each([0.3, 0.8, 1.3, 2])('has %s times its volume, within a thousandth', (ratio) => {
    const before = seen(6);
    const after = scaled(before, ratio);
    expect(after.lesion.voxels / before.lesion.voxels / ratio).toBeCloseTo(1, 3);
    after.lesion.centre!.forEach((place, axis) => expect(place).toBeCloseTo(before.lesion.centre![axis]!, 0));
  });

  test('comes close to a lesion of that size, much closer than the old image', () => {
    const [small, large] = [seen(5), seen(7)];
    const grown = scaled(small, large.lesion.voxels / small.lesion.voxels);
    const error = (image: Float32Array): number =>
      Math.sqrt(image.reduce((sum, x, k) => sum + (x - large.image[k]!) ** 2, 0));
    expect(error(grown.image)).toBeLessThan(0.55 * error(small.image));
  });

  test('leaves far tissue alone, and is the given arrays at ratio 1 or without a lesion', () => {
    const before = seen(6);
    const after = scaled(before, 1.5);
    expect([...after.image.subarray(0, 200)]).toEqual([...before.image.subarray(0, 200)]);
    expect(scaled(before, 1).image).toBe(before.image);
    const none = { image: before.image, lesion: outlineOf(new Float32Array(before.image.length), SHAPE) };
    expect(scaled(none, 2).image).toBe(before.image);
  });

  test('of a part of one voxel is scaled, too', () => {
    const share = new Float32Array(5 * 40 * 44);
    share[(2 * 40 + 19) * 44 + 21] = 0.05;
    const image = share.map((mass) => 0.4 + mass);
    const after = scaled({ image, lesion: outlineOf(share, SHAPE) }, 0.5);
    expect(after.image.every(Number.isFinite)).toBe(true);
    expect(after.image[(2 * 40 + 19) * 44 + 21]).toBeLessThan(0.45);
  });

  test('stays finite at ratios that no lesion has', () => {
    for (const ratio of [0, 1e-9, 1e9, Infinity, NaN]) {
      expect(scaled(seen(6), ratio).image.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the tissue under a lesion', () => {
  const at = (z: number, y: number, x: number): number => (z * 40 + y) * 44 + x;
  /** A bright vessel past the lesion and one below it, which an image without the lesion shows. */
  const withVessels = (radius: number): OutlinedImage => {
    const { image, lesion } = seen(radius);
    const drawn = image.slice();
    for (let z = 0; z < 5; z++) {
      for (let y = 0; y < 40; y++) {
        drawn[at(z, y, 38)] = 1.2;
        if (lesion.share[at(z, y, 22)] === 0) drawn[at(z, y, 22)] = 1.1;
      }
    }
    return { image: drawn, lesion };
  };

  test('is what an earlier image showed there', () => {
    const history = [withVessels(1), withVessels(8)];
    const tissue = tissueOf(history, SHAPE);
    expect(history[1]!.lesion.share[at(2, 24, 22)]).toBe(1);
    expect(tissue[at(2, 25, 22)]).toBe(history[0]!.image[at(2, 25, 22)]);
    const { image } = scaleLesion(history[1]!, 0.05, tissue, SHAPE);
    expect(image[at(2, 25, 22)]).toBeCloseTo(1.1, 5);
  });

  test('is like what lies around where nobody saw it, and nothing around moves', () => {
    const before = withVessels(8);
    const after = scaled(before, 0.1);
    for (let y = 0; y < 40; y++) expect(after.image[at(2, y, 38)]).toBe(before.image[at(2, y, 38)]);
    const tissue = tissueOf([before], SHAPE);
    const inside = [...tissue].filter((_, voxel) => before.lesion.share[voxel] === 1);
    expect(Math.max(...inside)).toBeLessThan(0.75);
    expect(Math.min(...inside)).toBeGreaterThan(0.25);
    expect(tissueOf([before], SHAPE)).toBe(tissue);
    expect(tissueOf([withVessels(1), before], SHAPE)).not.toBe(tissue);
  });

  test('is the image itself where there is no lesion, or nothing else', () => {
    const { image } = seen(6);
    const none = { image, lesion: outlineOf(new Float32Array(image.length), SHAPE) };
    expect([...tissueOf([none], SHAPE)]).toEqual([...image]);
    const all = { image: image.slice(), lesion: outlineOf(new Float32Array(image.length).fill(1), SHAPE) };
    expect([...tissueOf([all], SHAPE)]).toEqual([...image]);
  });
});

describe('anchors', () => {
  test('average noise away, with every lesion at the forecast volume', () => {
    const history = [4, 5, 6].map((radius, index) => {
      const { image, lesion } = seen(radius);
      const noise = randomArray(image.length, 50 + index, 0.1);
      return { image: image.map((x, k) => x + noise[k]!), lesion };
    });
    const truth = scaled(seen(6), 1.4);
    const { anchor, mean, lesion } = lesionAnchors(history, 1.4, SHAPE);
    const error = (image: Float32Array): number => image.reduce((sum, x, k) => sum + (x - truth.image[k]!) ** 2, 0);
    expect(lesion.voxels / history[2]!.lesion.voxels).toBeCloseTo(1.4, 2);
    expect(error(mean)).toBeLessThan(0.5 * error(anchor));
  });

  test('spread where volumes disagree, at the edge of the lesion', () => {
    const last = seen(6);
    const spread = lesionSpread([last], [0.7, 1, 1.4], SHAPE);
    const at = (y: number, x: number): number => spread[(2 * 40 + y) * 44 + x]!;
    expect(at(2, 2)).toBe(0);
    expect(Math.max(at(19, 29), at(19, 30), at(13, 22))).toBeGreaterThan(0.05);
    expect(Math.max(...lesionSpread([last], [1, 1, 1], SHAPE))).toBeLessThan(1e-6);
  });
});

describe('a region of interest', () => {
  test('is cut out and put back', () => {
    const { image } = ellipsoid(6);
    const region = regionAround([2, 38, 1], SHAPE, { height: 16, width: 8 });
    expect(region).toEqual({ row: 24, column: 0, height: 16, width: 8 });
    const window = cropped(image, SHAPE, region);
    expect(window).toHaveLength(5 * 16 * 8);
    expect(window[8 + 3]).toBe(image[25 * 44 + 3]);
    const other = image.map(() => 0);
    paste(other, SHAPE, region, window);
    expect([...cropped(other, SHAPE, region)]).toEqual([...window]);
    expect(other.filter((x) => x !== 0)).toHaveLength(window.length);
    expect([...slicesFirst(channelsLast(window, [5, 16, 8]), [5, 16, 8])]).toEqual([...window]);
    expect(channelsLast(window, [5, 16, 8])[3]).toBe(window[3 * 16 * 8]);
  });

  test('is refused where the image is smaller', () => {
    expect(() => regionAround([2, 2, 2], SHAPE, { height: 48, width: 8 })).toThrow(/smaller than the window of 48 x 8/);
  });
});
