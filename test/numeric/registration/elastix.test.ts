import { describe, expect, it } from 'vitest';
import { elastixAlignment } from '../../../src/ml/registration/elastix/elastix-alignment.ts';
import { prepareFixed } from '../../../src/ml/registration/prepare-fixed.ts';
import { preparePair, type PreparedPair } from '../../../src/ml/registration/prepare-pair.ts';
import {
  identityMatrix,
  rotationOfEuler,
  transformPoint,
  type Matrix4,
} from '../../../src/ml/registration/transform.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, randomOf, scanOf } from '../../support/synthetic-anatomy.ts';

function poseOf(degrees: readonly [number, number, number], mm: readonly [number, number, number]): Matrix4 {
  const [x, y, z] = degrees.map((angle) => (angle * Math.PI) / 180) as [number, number, number];
  const rotation = rotationOfEuler(x, y, z);
  const pose = identityMatrix();
  for (let row = 0; row < 3; row++) {
    pose.set(rotation.subarray(3 * row, 3 * row + 3), 4 * row);
    pose[4 * row + 3] = mm[row]!;
  }
  return pose;
}

function errorMm(found: Matrix4, truth: Matrix4, flat: boolean): number {
  const random = randomOf(5);
  let sum = 0;
  for (let k = 0; k < 200; k++) {
    const point = [110 * (random() - 0.5), 130 * (random() - 0.5), flat ? 0 : 80 * (random() - 0.5)] as const;
    const a = transformPoint(found, ...point);
    const b = transformPoint(truth, ...point);
    sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }
  return sum / 200;
}

function pairOf(fixed: Volume, moving: Volume): PreparedPair {
  const pair = preparePair({ fixed, moving, plan: planOf() }, prepareFixed);
  if (typeof pair === 'string') {
    throw new Error(pair);
  }
  return pair;
}

describe('elastix', () => {
  it('finds a known motion of a slice in mm of the patient', async () => {
    const pose = poseOf([0, 0, 8], [7, -5, 0]);
    const oblique = gridOf([1, 120, 110], [5, 1.8, 1.6], [-1, 0, 0, 0, -1, 0, 0, 0, 1], [4, 3, 0]);
    const pair = pairOf(scanOf(gridOf([1, 112, 96], [5, 2, 2])), scanOf(oblique, { pose }));
    const found = await elastixAlignment(pair, planOf());
    expect(errorMm(found!, pose, true)).toBeLessThan(0.5);
    expect(found![10]).toBe(1);
  });

  it('finds a known motion of a volume on an oblique grid', async () => {
    const pose = poseOf([6, -8, 10], [6, -4, 5]);
    const oblique = gridOf([20, 50, 44], [7, 4, 4], Array.from(rotationOfEuler(0.2, -0.1, 0.15)), [3, 2, -4]);
    const pair = pairOf(scanOf(gridOf([24, 48, 40], [6, 4.2, 4.2])), scanOf(oblique, { pose }));
    const rigid = await elastixAlignment(pair, planOf(['rigid']));
    expect(errorMm(rigid!, pose, false)).toBeLessThan(1);
  });

  it('says nothing where it fails', async () => {
    const image = scanOf(gridOf([1, 64, 64], [5, 3, 3]));
    const pair = pairOf(image, image);
    const speck = { ...image, shape: [1, 1, 1] as const, voxels: Float32Array.of(1) };
    expect(await elastixAlignment({ ...pair, movingLevels: [speck] }, planOf())).toBeNull();
  });
});
