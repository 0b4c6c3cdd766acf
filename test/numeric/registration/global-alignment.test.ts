import { describe, expect, it } from 'vitest';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import {
  identityMatrix,
  indexToWorld,
  invert,
  rotationOfEuler,
  transformPoint,
  type Matrix4,
} from '../../../src/ml/registration/transform.ts';
import type { RegistrationPlan } from '../../../src/twins/registration-plan.ts';
import type { Volume } from '../../../src/twins/volume.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, randomOf, scanOf } from '../../support/synthetic-anatomy.ts';

type Cost = RegistrationPlan['cost'];
const COSTS: readonly Cost[] = ['squared-difference', 'cross-correlation', 'mutual-information'];

/** Degrees about an axis, scale, shear of x by y, and a shift in mm. */
function poseOf(
  degrees: number,
  [x, y, z]: readonly [number, number, number],
  mm: readonly [number, number, number],
  { scale = 1, shear = 0 } = {},
): Matrix4 {
  const length = Math.hypot(x, y, z);
  const [u, v, w] = [x / length, y / length, z / length];
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const r = [
    [c + u * u * (1 - c), u * v * (1 - c) - w * s, u * w * (1 - c) + v * s],
    [v * u * (1 - c) + w * s, c + v * v * (1 - c), v * w * (1 - c) - u * s],
    [w * u * (1 - c) - v * s, w * v * (1 - c) + u * s, c + w * w * (1 - c)],
  ];
  const pose = identityMatrix();
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      pose[4 * row + column] = scale * r[row]![column]!;
    }
    pose[4 * row + 1]! += shear * pose[4 * row]!;
    pose[4 * row + 3] = mm[row]!;
  }
  return pose;
}

/** Mean distance in mm between where a transform and the truth put points of the body. */
function errorMm(matrix: readonly number[], truth: Matrix4, flat: boolean): number {
  const random = randomOf(5);
  let sum = 0;
  for (let k = 0; k < 300; k++) {
    const point = [110 * (random() - 0.5), 130 * (random() - 0.5), flat ? 0 : 90 * (random() - 0.5)] as const;
    const a = transformPoint(Float64Array.from(matrix), ...point);
    const b = transformPoint(truth, ...point);
    sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }
  return sum / 300;
}

const slice = gridOf([1, 112, 96], [5, 2, 2]);
const head = gridOf([24, 56, 48], [6, 3.6, 3.6]);
const register = (fixed: Volume, moving: Volume, plan: RegistrationPlan, more: object = {}) =>
  registerVolumes({ fixed, moving, plan, ...more }, () => 0);

describe.each(COSTS)('by %s', (cost) => {
  it.each([
    ['rigid', poseOf(7, [0, 0, 1], [6, -4, 0]), ['rigid']],
    ['similarity', poseOf(-6, [0, 0, 1], [-5, 7, 0], { scale: 1.1 }), ['rigid', 'similarity']],
    ['affine', poseOf(8, [0, 0, 1], [4, 5, 0], { scale: 0.94, shear: 0.08 }), ['rigid', 'affine']],
  ] as const)('a %s motion of a slice is found to 0.2 mm', (kind, pose, stages) => {
    const fixed = scanOf(slice, { noise: 0.01 });
    const moving = scanOf(slice, { pose, noise: 0.01, gain: 700 });
    const result = register(fixed, moving, { ...planOf([...stages]), cost });
    expect(result).toMatchObject({ verdict: 'accepted', method: kind, transform: { kind }, stages: [...stages] });
    expect(errorMm(result.transform.matrix, pose, true)).toBeLessThan(0.2);
    expect(result.quality).toMatchObject({ foldedPercent: 0 });
    expect(result.quality!.coverage).toBeGreaterThan(0.95);
    expect(result.quality!.inverseConsistencyMm).toBeLessThan(0.3);
    expect(result.quality!.nmiGain).toBeGreaterThan(0.1);
  });

  it('an affine motion of a volume with thick, differently thick slices is found to 0.5 mm', () => {
    const pose = poseOf(9, [0.3, -0.4, 1], [5, -6, 4], { scale: 1.04, shear: 0.05 });
    const other = gridOf([16, 60, 66], [9, 3, 2.4], Array.from(rotationOfEuler(0.15, -0.1, 0.2)), [3, -4, 2]);
    const result = register(scanOf(head), scanOf(other, { pose, gain: 600 }), { ...planOf(), cost });
    expect(result).toMatchObject({ verdict: 'accepted', method: 'affine' });
    expect(errorMm(result.transform.matrix, pose, false)).toBeLessThan(0.5);
  });

  it('a slice is captured from any angle up to 45 degrees, sheared and scaled as well', () => {
    const random = randomOf(21);
    const fixed = scanOf(slice, { noise: 0.02 });
    for (let trial = 0; trial < 8; trial++) {
      const angle = (trial % 2 === 0 ? 1 : -1) * (5 + (40 * trial) / 7);
      const pose = poseOf(angle, [0, 0, 1], [40 * (random() - 0.5), 40 * (random() - 0.5), 0], {
        scale: 0.95 + 0.1 * random(),
        shear: 0.08 * (random() - 0.5),
      });
      const moving = scanOf(slice, { pose, noise: 0.02, gain: 900, gamma: 1.2 });
      const result = register(fixed, moving, { ...planOf(), cost });
      expect(errorMm(result.transform.matrix, pose, true), `from ${angle.toFixed(0)} degrees`).toBeLessThan(0.5);
    }
  });

  it('a volume is captured from 45 degrees about a slanting axis', () => {
    const pose = poseOf(45, [0.5, -0.6, 0.7], [12, -9, 8]);
    const moving = scanOf(head, { pose, noise: 0.02, gain: 900 });
    const result = register(scanOf(head, { noise: 0.02 }), moving, { ...planOf(['rigid']), cost });
    expect(errorMm(result.transform.matrix, pose, false)).toBeLessThan(0.5);
  });
});

it('a fine texture is found that shows nothing at low resolution, half a grain and more away from any start', () => {
  const grid = gridOf([1, 256, 256], [1, 1, 1]);
  const random = randomOf(8);
  const waves = Array.from({ length: 60 }, () => {
    const [angle, length] = [2 * Math.PI * random(), 10 + 8 * random()];
    const [kx, ky] = [Math.cos(angle), Math.sin(angle)].map((part) => (2 * Math.PI * part) / length) as [
      number,
      number,
    ];
    return { kx, ky, phase: 2 * Math.PI * random() };
  });
  const pose = poseOf(5, [0, 0, 1], [17, -13, 0]);
  const toFixed = invert(pose);
  const texture = (map: Matrix4): Volume => {
    const toWorld = indexToWorld(grid);
    return {
      ...grid,
      voxels: Float32Array.from({ length: 256 * 256 }, (_, i) => {
        const [x, y] = transformPoint(map, ...transformPoint(toWorld, i % 256, i >> 8, 0));
        return waves.reduce((sum, { kx, ky, phase }) => sum + Math.cos(kx * x + ky * y + phase), random());
      }),
    };
  };
  const { transform } = register(texture(identityMatrix()), texture(toFixed), planOf());
  expect(errorMm(transform.matrix, pose, true)).toBeLessThan(0.2);
});

describe('images of different contrast', () => {
  const pose = poseOf(9, [0, 0, 1], [7, -5, 0], { shear: 0.04 });
  const fixed = scanOf(slice, { noise: 0.01 });
  const seen = scanOf(slice, { pose, noise: 0.01, gain: 1000 });
  // Dark tissue becomes bright and bright tissue dark, air stays air, as from T1 to T2.
  const moving: Volume = { ...seen, voxels: seen.voxels.map((value) => (value < 60 ? value : 1100 - value)) };

  it('are aligned by mutual information, and accepted by what it gains', () => {
    const plan: RegistrationPlan = {
      ...planOf(),
      cost: 'mutual-information',
      acceptance: { measure: 'nmi-gain', judged: 'global', accepted: 0.05, review: 0.02, evidence: 'a test' },
    };
    const result = register(fixed, moving, plan);
    expect(result).toMatchObject({ verdict: 'accepted', reason: null });
    // Half a pixel.
    expect(errorMm(result.transform.matrix, pose, true)).toBeLessThan(1);
    // Where the headers are right already, there is nothing to gain over them: copies that lie apart are the measure.
    const inPlace = register(fixed, { ...moving, voxels: fixed.voxels.map((v) => (v < 60 ? v : 1100 - v)) }, plan);
    expect(inPlace).toMatchObject({ verdict: 'accepted', method: 'identity' });
    const random = randomOf(4);
    const noise: Volume = { ...moving, voxels: moving.voxels.map(() => 1000 * random()) };
    expect(register(fixed, noise, plan).verdict).toBe('refused');
  });

  it('are refused by the similarity of their values', () => {
    expect(register(fixed, moving, { ...planOf(), cost: 'mutual-information' }).verdict).toBe('refused');
  });
});

describe('a mask', () => {
  const pose = poseOf(6, [0, 0, 1], [5, -4, 0]);
  const fixed = scanOf(slice, { noise: 0.01 });
  const clean = scanOf(slice, { pose, noise: 0.01 });
  const [, height, width] = slice.shape;
  // A bright bar across the image, as a ruler or a tube that does not move with the patient.
  const isBar = (i: number) => i % width > 62 && i % width < 76;
  const withBar = (image: Volume): Volume => ({
    ...image,
    voxels: image.voxels.map((value, i) => (isBar(i) ? 1000 : value)),
  });
  const mask = Uint8Array.from({ length: height * width }, (_, i) => (isBar(i) ? 0 : 1));
  const plan: RegistrationPlan = {
    ...planOf(['rigid']),
    acceptance: { ...planOf().acceptance, accepted: 0.2, review: 0.1 },
  };
  const found = (masks?: object) =>
    errorMm(register(withBar(fixed), withBar(clean), plan, { masks }).transform.matrix, pose, true);

  it('of both images keeps what does not belong to the patient out of the search', () => {
    expect(found()).toBeGreaterThan(1);
    expect(found({ fixed: mask, moving: mask })).toBeLessThan(0.3);
  });

  it('that does not fit, or leaves nothing, is refused with the reason', () => {
    expect(register(fixed, clean, plan, { masks: { fixed: mask.slice(1) } })).toMatchObject({
      verdict: 'refused',
      reason: expect.stringMatching(/reference image.*mask.*one size/),
    });
    expect(register(fixed, clean, plan, { masks: { moving: new Uint8Array(mask.length) } })).toMatchObject({
      verdict: 'refused',
      reason: expect.stringMatching(/The image has a mask that leaves nothing/),
    });
  });

  it('of the foreground finds the same', () => {
    const compared: RegistrationPlan = {
      ...planOf(['rigid']),
      preprocessing: { ...planOf().preprocessing, compare: 'foreground' },
    };
    const result = register(fixed, clean, compared);
    expect(result.verdict).toBe('accepted');
    expect(errorMm(result.transform.matrix, pose, true)).toBeLessThan(0.2);
  });
});
