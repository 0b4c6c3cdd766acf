import { describe, expect, it } from 'vitest';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import {
  compose,
  identityMatrix,
  rotationOfEuler,
  transformPoint,
  type Matrix4,
} from '../../../src/ml/registration/transform.ts';
import type { RegistrationPlan } from '../../../src/twins/registration-plan.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, randomOf, scanOf } from '../../support/synthetic-anatomy.ts';

const register = (fixed: Volume, moving: Volume, stages?: RegistrationPlan['stages']) =>
  registerVolumes({ fixed, moving, plan: planOf(stages) }, () => 0);

/** A pose about the body's centre: rotation by degrees, shift in mm, and scale of all axes. */
function poseOf(degrees: readonly [number, number, number], mm: readonly [number, number, number], scale = 1): Matrix4 {
  const [x, y, z] = degrees.map((angle) => (angle * Math.PI) / 180) as [number, number, number];
  const rotation = rotationOfEuler(x, y, z);
  const pose = identityMatrix();
  for (let row = 0; row < 3; row++) {
    pose.set(
      rotation.subarray(3 * row, 3 * row + 3).map((value) => scale * value),
      4 * row,
    );
    pose[4 * row + 3] = mm[row]!;
  }
  return pose;
}

/** Mean distance in mm between where a transform and the truth put points of the body. */
function errorMm(matrix: readonly number[], truth: Matrix4, flat = false): number {
  const random = randomOf(5);
  let sum = 0;
  for (let k = 0; k < 500; k++) {
    const point = [110 * (random() - 0.5), 130 * (random() - 0.5), flat ? 0 : 90 * (random() - 0.5)] as const;
    const a = transformPoint(Float64Array.from(matrix), ...point);
    const b = transformPoint(truth, ...point);
    sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }
  return sum / 500;
}

const slice = gridOf([1, 160, 144], [5, 1.25, 1.25]);
const head = gridOf([30, 72, 64], [5, 3, 3]);

describe('a single slice', () => {
  it.each([
    ['turned and shifted', poseOf([0, 0, 8], [9, -6, 0]), ['rigid']],
    ['turned, shifted and 6 % larger', poseOf([0, 0, -5], [-7, 4, 0], 1.06), ['rigid', 'affine']],
    ['20 % larger', poseOf([0, 0, 10], [13, 12, 0], 1.2), ['rigid', 'affine']],
  ] as const)('that is %s is found to 0.2 mm', (_, pose, stages) => {
    const result = register(scanOf(slice, { noise: 0.02 }), scanOf(slice, { pose, noise: 0.02, gain: 800 }), [
      ...stages,
    ]);
    expect(result).toMatchObject({ verdict: 'accepted', reason: null, method: stages.at(-1) });
    expect(errorMm(result.transform.matrix, pose, true)).toBeLessThan(0.2);
    expect(result.after!.maskedSsim).toBeGreaterThan(result.before!.maskedSsim);
  });

  it('is found from every start up to 40 degrees and 25 mm away', () => {
    const random = randomOf(11);
    const fixed = scanOf(slice, { noise: 0.02 });
    for (let trial = 0; trial < 12; trial++) {
      const angle = (trial % 2 === 0 ? 1 : -1) * (5 + 35 * random());
      const pose = poseOf([0, 0, angle], [50 * (random() - 0.5), 50 * (random() - 0.5), 0]);
      const result = register(fixed, scanOf(slice, { pose, noise: 0.02, gain: 900 }), ['rigid']);
      expect(errorMm(result.transform.matrix, pose, true), `from ${angle.toFixed(0)} degrees`).toBeLessThan(0.3);
    }
  });

  it('with gamma 1.3, a bias of 25 % and 2 % noise is found to 0.8 mm', () => {
    const pose = poseOf([0, 0, 6], [5, -7, 0]);
    const result = register(
      scanOf(slice, { gamma: 1.3, bias: 0.25, noise: 0.02 }),
      scanOf(slice, { pose, noise: 0.02 }),
      ['rigid'],
    );
    expect(result.verdict).toBe('accepted');
    expect(errorMm(result.transform.matrix, pose, true)).toBeLessThan(0.8);
  });

  it('of a tilted, shifted plane is found by a transform that maps plane to plane', () => {
    const direction = Array.from(rotationOfEuler(0.1, 0, 0));
    const tilted = gridOf([1, 160, 144], [5, 1.25, 1.25], direction, [0, 0, 12]);
    const picture = scanOf(slice);
    const { verdict, transform, moved } = register(picture, { ...tilted, voxels: picture.voxels }, ['rigid']);
    expect(verdict).toBe('accepted');
    const matrix = Float64Array.from(transform.matrix);
    const centre = transformPoint(matrix, 0, 0, 0);
    expect(Math.hypot(centre[0], centre[1], centre[2] - 12)).toBeLessThan(0.1);
    const [x, y, z] = transformPoint(matrix, 40, -60, 0);
    const distance = direction[2]! * x + direction[5]! * y + direction[8]! * (z - 12);
    expect(distance).toBeCloseTo(0, 6);
    expect(moved).toMatchObject({ originMm: slice.originMm, direction: slice.direction });
  });
});

describe('a volume', () => {
  it('with thick slices is found to half a millimetre', () => {
    const pose = poseOf([3, -2, 6], [6, -5, 4]);
    const result = register(scanOf(head, { noise: 0.02 }), scanOf(head, { pose, noise: 0.02, gain: 700 }));
    expect(result.verdict).toBe('accepted');
    expect(errorMm(result.transform.matrix, pose)).toBeLessThan(0.5);
  });

  it.each([
    [
      [20, 0, 0],
      [10, -15, 12],
    ],
    [
      [-8, 18, 10],
      [-12, 10, -8],
    ],
    [
      [5, -6, 28],
      [18, 12, 6],
    ],
  ] as const)('turned by %j degrees and shifted by %j mm is found', (degrees, mm) => {
    const pose = poseOf(degrees, mm);
    const result = register(scanOf(head, { noise: 0.02 }), scanOf(head, { pose, noise: 0.02, gain: 900 }), ['rigid']);
    expect(errorMm(result.transform.matrix, pose)).toBeLessThan(0.5);
  });

  it('of another grid, spacing, origin and oblique direction is found in LPS mm', () => {
    const oblique = gridOf([40, 60, 66], [4, 3.2, 3.4], Array.from(rotationOfEuler(0.25, -0.2, 0.4)), [8, -6, 10]);
    const pose = poseOf([-4, 3, 5], [-5, 8, 3]);
    const result = register(scanOf(head), scanOf(oblique, { pose, gain: 500 }), ['rigid']);
    expect(result).toMatchObject({ verdict: 'accepted', method: 'rigid', transform: { kind: 'rigid' } });
    expect(errorMm(result.transform.matrix, pose)).toBeLessThan(0.5);
    expect(result.moved).toMatchObject({ shape: head.shape, spacingMm: head.spacingMm, originMm: head.originMm });
  });

  it('that the headers already align across different grids is kept where they put it', () => {
    const sagittal = gridOf([50, 48, 66], [3.2, 3.2, 3], [0, 0, 1, 1, 0, 0, 0, -1, 0]);
    const result = register(scanOf(head), scanOf(sagittal));
    expect(errorMm(result.transform.matrix, identityMatrix())).toBeLessThan(0.3);
    expect(result.before!.maskedSsim).toBeGreaterThan(0.9);
  });

  it('is mapped from fixed to moving, and back by the registration of the other way round', () => {
    const pose = poseOf([2, 3, -5], [4, 4, -6]);
    const [fixed, moving] = [scanOf(head), scanOf(head, { pose })];
    const there = register(fixed, moving, ['rigid']).transform.matrix;
    const back = register(moving, fixed, ['rigid']).transform.matrix;
    const round = compose(Float64Array.from(back), Float64Array.from(there));
    expect(errorMm([...round], identityMatrix())).toBeLessThan(0.3);
  });

  it('keeps rigid where affine gains nothing', () => {
    const pose = poseOf([0, 0, 6], [4, 2, 3]);
    expect(register(scanOf(head, { noise: 0.03 }), scanOf(head, { pose, noise: 0.03, gain: 900 })).method).toBe(
      'rigid',
    );
  });

  it('is filled with its own background where it does not reach', () => {
    const air = (volume: Volume): Volume => ({ ...volume, voxels: volume.voxels.map((value) => value - 1024) });
    const low = gridOf([30, 72, 64], [5, 3, 3], undefined, [0, 0, -30]);
    const { moved } = register(air(scanOf(head)), air(scanOf(low)));
    expect(moved!.voxels.at(-1)).toBe(-1024);
  });
});

describe('an image and itself', () => {
  it('need no transform', () => {
    const image = scanOf(head, { noise: 0.02 });
    const result = register(image, image);
    expect(result).toMatchObject({ verdict: 'accepted', method: 'identity', reason: null });
    expect(result.transform).toEqual({ kind: 'identity', matrix: [...identityMatrix()] });
    expect(result.moved!.voxels).toEqual(image.voxels);
    expect(result.after).toEqual(result.before);
  });
});

describe('the same input', () => {
  it('gives the same bytes', () => {
    const pose = poseOf([2, 0, 7], [5, 0, 2]);
    const [fixed, moving] = [scanOf(head, { noise: 0.02 }), scanOf(head, { pose, noise: 0.02, gain: 900 })];
    expect(register(fixed, moving)).toEqual(register(fixed, moving));
  });

  it('is left untouched', () => {
    const image = scanOf(head);
    const copy = image.voxels.slice();
    register(image, scanOf(head, { pose: poseOf([0, 0, 5], [3, 0, 0]) }));
    expect(image.voxels).toEqual(copy);
  });
});

describe('images that are said to be aligned', () => {
  it('are accepted on one grid and refused on two', () => {
    const image = scanOf(head);
    const other = scanOf(head, { pose: poseOf([0, 0, 1], [1, 0, 0]) });
    expect(register(image, other, [])).toMatchObject({ verdict: 'accepted', method: 'prealigned' });
    expect(register(image, other, []).moved!.voxels).toEqual(other.voxels);
    const shiftedGrid: Volume = { ...other, originMm: [0, 0, 0] };
    expect(register(image, shiftedGrid, [])).toMatchObject({ verdict: 'refused', method: 'prealigned', moved: null });
  });
});

describe('the gate', () => {
  const good = scanOf(head);
  const flat = scanOf(slice);
  const withVoxel = (value: number): Volume => ({ ...good, voxels: good.voxels.with(1000, value) });

  it.each<[string, Volume, Volume, RegExp]>([
    ['a blank image', good, { ...good, voxels: new Float32Array(good.voxels.length) }, /blank/],
    [
      'a constant reference',
      { ...good, voxels: new Float32Array(good.voxels.length).fill(7) },
      good,
      /reference.*blank/,
    ],
    ['an image with NaN', good, withVoxel(Number.NaN), /not a number/],
    ['an image with Infinity', good, withVoxel(Infinity), /not a number/],
    ['a single pixel', flat, { ...flat, shape: [1, 1, 1], voxels: Float32Array.of(1) }, /too small/],
    ['a slice against a volume', good, flat, /single slice/],
    ['voxels that do not fit the size', good, { ...good, voxels: good.voxels.slice(1) }, /damaged/],
    ['a spacing of zero', good, { ...good, spacingMm: [0, 1, 1] }, /spacing/],
    ['a spacing of NaN', { ...good, spacingMm: [1, Number.NaN, 1] }, good, /spacing/],
    ['an absurd spacing', { ...good, spacingMm: [1, 1e30, 1] }, good, /spacing/],
    ['a position of NaN', good, { ...good, originMm: [0, Number.NaN, 0] }, /position/],
    ['a skewed orientation', good, { ...good, direction: [1, 0.5, 0, 0, 1, 0, 0, 0, 1] }, /orientation/],
    ['slices of crossing planes', flat, { ...flat, direction: [1, 0, 0, 0, 0, 1, 0, 1, 0] }, /planes/],
  ])('refuses %s with a reason', (_, fixed, moving, reason) => {
    expect(register(fixed, moving)).toMatchObject({
      verdict: 'refused',
      reason: expect.stringMatching(reason),
      method: 'none',
      moved: null,
      before: null,
      after: null,
    });
  });

  it('refuses another anatomy after the attempt, with what was measured', () => {
    const result = register(good, scanOf(head, { seed: 77 }));
    expect(result).toMatchObject({ verdict: 'refused', moved: null, reason: expect.stringContaining('too different') });
    expect(result.after!.maskedSsim).toBeLessThan(0.7);
  });

  it('refuses an image that is empty but for one bright voxel', () => {
    const speck: Volume = { ...good, voxels: new Float32Array(good.voxels.length).fill(0).with(5000, 1000) };
    expect(register(good, speck)).toMatchObject({ verdict: 'refused', moved: null });
    expect(register(speck, good)).toMatchObject({ verdict: 'refused', moved: null });
  });

  it('refuses pure noise', () => {
    const random = randomOf(3);
    const noise: Volume = { ...good, voxels: Float32Array.from(good.voxels, random) };
    expect(register(good, noise).verdict).toBe('refused');
  });

  it('does not accept a mirrored image', () => {
    const [depth, height, width] = head.shape;
    const mirrored = new Float32Array(good.voxels.length);
    for (let row = 0; row < depth * height; row++) {
      mirrored.set(good.voxels.slice(row * width, (row + 1) * width).reverse(), row * width);
    }
    expect(register(good, { ...good, voxels: mirrored })).toMatchObject({ verdict: 'refused', moved: null });
  });

  it('reports that nothing could be compared before, where the headers put the images apart', () => {
    const away = gridOf(head.shape, head.spacingMm, undefined, [4000, 0, 0]);
    const result = register(good, { ...away, voxels: good.voxels });
    expect(result).toMatchObject({ verdict: 'accepted', before: null });
    expect(result.transform.matrix[3]).toBeCloseTo(4000, 0);
  });

  it('flags or refuses an image that shows a part of the reference only', () => {
    const slab = (slices: number) => scanOf(gridOf([slices, 72, 64], [5, 3, 3], undefined, [0, 0, 15]));
    expect(register(good, slab(12))).toMatchObject({ verdict: 'flagged', reason: expect.stringContaining('covered') });
    expect(register(good, slab(3))).toMatchObject({ verdict: 'refused', reason: expect.stringContaining('covered') });
  });

  it('throws TOO_LARGE above 512 x 512 x 400 voxels', () => {
    const large: Volume = { ...good, shape: [401, 512, 512] };
    expect(() => register(good, large)).toThrow(expect.objectContaining({ reason: 'TOO_LARGE', field: 'moving' }));
  });
});
