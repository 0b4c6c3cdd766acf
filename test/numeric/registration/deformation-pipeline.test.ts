import { describe, expect, it } from 'vitest';
import { fieldOf } from '../../../src/ml/registration/deformable/field-sampler.ts';
import { warpVolume } from '../../../src/ml/registration/deformable/warp-volume.ts';
import { registerVolumes } from '../../../src/ml/registration/register-volumes.ts';
import type { RegistrationPlan } from '../../../src/twins/registration-plan.ts';
import type { DisplacementField, RegistrationRequest } from '../../../src/twins/registration.ts';
import type { ImagePresentation } from '../../../src/twins/timeline.ts';
import type { Volume, VolumeGeometry } from '../../../src/twins/volume.ts';
import { planOf } from '../../support/registration-plan.ts';
import { gridOf, scanOf } from '../../support/synthetic-anatomy.ts';

const LIMITS = { minimumJacobian: 0.3, inverseConsistencyMm: 3, evidence: 'a test' };
const FFD = {
  method: 'ffd',
  cost: 'mutual-information',
  gridSpacingMm: 20,
  bendingWeight: 0.01,
  limits: LIMITS,
} as const;
const DEMONS = { method: 'demons', force: 'local-cross-correlation', diffusionSigma: 1.5, limits: LIMITS } as const;

/** Waves of some 60 mm and so many mm of height, after a turn of 4 degrees. */
const waves = (geometry: VolumeGeometry, heightMm: number): DisplacementField =>
  fieldOf(geometry, (x, y, z, out) => {
    const isFlat = geometry.shape[0] === 1;
    out[0] = -0.07 * y + heightMm * Math.sin(y / 20 + 0.4);
    out[1] = 0.07 * x + heightMm * Math.cos(x / 22 + y / 45);
    out[2] = isFlat ? 0 : 0.5 * heightMm * Math.sin(x / 25 + z / 30);
  });

/** A fixed image whose point p is the moving image's p + u(p). */
function warpedPair(
  grid: VolumeGeometry,
  heightMm: number,
): { fixed: Volume; moving: Volume; truth: DisplacementField } {
  const moving = scanOf(grid, { noise: 0.01 });
  const truth = waves(grid, heightMm);
  return { fixed: { ...grid, voxels: warpVolume(moving, truth, { outside: 0 }).voxels }, moving, truth };
}

const planWith = (
  deformable: RegistrationPlan['deformable'],
  more: Partial<RegistrationPlan> = {},
): RegistrationPlan => ({
  ...planOf(),
  acceptance: { ...planOf().acceptance, accepted: 0.6, review: 0.4 },
  deformable,
  ...more,
});
const register = (request: RegistrationRequest) => registerVolumes(request, () => 0);

/** Mean distance in mm between two fields over the body. */
function errorMm(found: DisplacementField, truth: DisplacementField, image: Volume): number {
  const count = image.voxels.length;
  let [sum, points] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (image.voxels[i]! > 150) {
      sum += Math.hypot(...[0, 1, 2].map((c) => found.vectorsMm[c * count + i]! - truth.vectorsMm[c * count + i]!));
      points++;
    }
  }
  return sum / points;
}

const slice = gridOf([1, 128, 112], [5, 1.6, 1.6]);

describe('a deformed slice', () => {
  const pair = warpedPair(slice, 4);

  it.each([
    ['free-form deformation', FFD, 1],
    ['demons', DEMONS, 2],
  ] as const)('is brought onto the reference by %s, closer than any global transform', (_, deformable, limit) => {
    const global = register({ ...pair, plan: planWith(null) });
    const result = register({ ...pair, plan: planWith(deformable) });
    expect(result).toMatchObject({ verdict: 'accepted', reason: null, rejectedDeformation: null });
    expect(result.method).toMatch(new RegExp(`^(rigid|affine)\\+${deformable.method}$`));
    expect(result.stages).toEqual(['rigid', 'affine', deformable.method]);
    expect(result.transform).toEqual(global.transform);
    expect(errorMm(result.field!, pair.truth, pair.fixed)).toBeLessThan(limit);
    expect(result.after!.maskedSsim).toBeGreaterThan(global.after!.maskedSsim + 0.05);
    expect(result.quality).toMatchObject({ foldedPercent: 0 });
    expect(result.quality!.inverseConsistencyMm).toBeLessThan(limit);
    expect(result.quality!.minimumJacobian).toBeGreaterThan(0.3);
    expect(result.quality!.minimumJacobian).toBeLessThan(1);
    // What is stored is the picture that was judged.
    const again = register({ fixed: pair.fixed, moving: result.moved!, plan: planWith(null, { stages: ['rigid'] }) });
    expect(again.before!.maskedSsim).toBeCloseTo(result.after!.maskedSsim, 2);
  });

  it('gives the same bytes from the same input', () => {
    const request = { ...pair, plan: planWith(FFD) };
    expect(register(request)).toEqual(register(request));
  });

  it('may be judged by what the deformation achieves, where no global alignment could pass', () => {
    const { maskedSsim } = register({ ...pair, plan: planWith(null) }).after!;
    const strict = { ...planOf().acceptance, accepted: maskedSsim + 0.03, review: maskedSsim + 0.02 };
    const global = register({ ...pair, plan: planWith(FFD, { acceptance: strict }) });
    expect(global).toMatchObject({ verdict: 'refused', field: null, stages: ['rigid', 'affine'] });
    const final = register({ ...pair, plan: planWith(FFD, { acceptance: { ...strict, judged: 'final' } }) });
    expect(final).toMatchObject({ verdict: 'accepted', reason: null });
    expect(final.field).not.toBeNull();
  });

  it.each([
    ['shrinks tissue', { minimumJacobian: 0.99 }, /shrinks tissue to 0\.\d\d of its size/],
    ['does not find its way back', { inverseConsistencyMm: 1e-6 }, /there and back misses by/],
  ])('keeps the global alignment, flagged, where the deformation %s', (_, limits, reason) => {
    const plan = planWith({ ...FFD, limits: { ...LIMITS, ...limits } });
    const result = register({ ...pair, plan });
    expect(result).toMatchObject({
      verdict: 'flagged',
      method: 'affine',
      field: null,
      stages: ['rigid', 'affine', 'ffd'],
      reason: expect.stringMatching(reason),
      rejectedDeformation: { reason: expect.stringMatching(reason), after: expect.anything() },
    });
    expect(result.moved).toEqual(register({ ...pair, plan: planWith(null) }).moved);
  });

  it('of another patient is refused before anything is deformed', () => {
    const other = scanOf(slice, { seed: 41 });
    const plan = planWith(FFD, { acceptance: planOf().acceptance });
    expect(register({ fixed: pair.fixed, moving: other, plan })).toMatchObject({
      verdict: 'refused',
      stages: ['rigid', 'affine'],
      field: null,
      moved: null,
    });
  });

  it('is matched in its values before a force of differences is taken', () => {
    const moving = { ...pair.moving, voxels: pair.moving.voxels.map((v) => 900 * (Math.max(0, v) / 1000) ** 1.6) };
    const deformable = { ...DEMONS, force: 'squared-difference' } as const;
    const errorWith = (matchHistogram: boolean) => {
      const preprocessing = { ...planOf().preprocessing, matchHistogram };
      const { field } = register({ fixed: pair.fixed, moving, plan: planWith(deformable, { preprocessing }) });
      return field === null ? Infinity : errorMm(field, pair.truth, pair.fixed);
    };
    expect(errorWith(true)).toBeLessThan(0.75 * errorWith(false));
  });
});

describe('a deformed volume', () => {
  it('is brought onto the reference by free-form deformation', () => {
    const pair = warpedPair(gridOf([28, 56, 48], [5, 3.4, 3.4]), 4);
    const result = register({ ...pair, plan: planWith({ ...FFD, gridSpacingMm: 24 }) });
    expect(result).toMatchObject({ verdict: 'accepted', rejectedDeformation: null });
    expect(errorMm(result.field!, pair.truth, pair.fixed)).toBeLessThan(1.2);
    expect(result.quality).toMatchObject({ foldedPercent: 0 });
  });

  it('too large to be searched whole has a field on every second voxel, and is moved whole', () => {
    const grid = gridOf([1, 640, 600], [5, 0.3, 0.3]);
    const pair = warpedPair(grid, 2);
    const result = register({ ...pair, plan: planWith(FFD) });
    expect(result.field!.geometry.shape).toEqual([1, 320, 300]);
    expect(result.moved!.shape).toEqual([1, 640, 600]);
    expect(result.verdict).toBe('accepted');
  });
});

describe('what DICOM says', () => {
  const [fixed, moving] = [scanOf(slice, { noise: 0.01 }), scanOf(slice, { noise: 0.01, gain: 900 })];
  const plain: ImagePresentation = {
    laterality: null,
    isInverted: false,
    patientOrientation: null,
    viewPosition: null,
  };
  const registerAs = (
    a: Partial<ImagePresentation>,
    b: Partial<ImagePresentation>,
    side: 'any' | 'known' | 'pectoral',
  ) =>
    register({
      fixed,
      moving,
      plan: planWith(null, { preprocessing: { ...planOf().preprocessing, side } }),
      presentations: { fixed: { ...plain, ...a }, moving: { ...plain, ...b } },
    });

  it('of a picture with high values dark makes it comparable, in the polarity of the reference', () => {
    const inverted = { ...moving, voxels: moving.voxels.map((value) => 4000 - value) };
    const plan = planWith(null);
    const presentations = { fixed: plain, moving: { ...plain, isInverted: true } };
    expect(register({ fixed, moving: inverted, plan }).verdict).toBe('refused');
    const result = register({ fixed, moving: inverted, plan, presentations });
    expect(result).toMatchObject({ verdict: 'accepted', method: 'identity' });
    const centre = 64 * 112 + 56;
    const expected = [centre, 10].map((i) => moving.voxels[i]! - moving.voxels[10]!);
    const found = [centre, 10].map((i) => result.moved!.voxels[i]! - result.moved!.voxels[10]!);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 2));
    // Two of them are compared as they are stored.
    const both = { fixed: presentations.moving, moving: presentations.moving };
    const darkReference = { ...fixed, voxels: fixed.voxels.map((value) => 4000 - value) };
    const stored = register({ fixed: darkReference, moving: inverted, plan, presentations: both });
    expect(stored).toMatchObject({ verdict: 'accepted' });
    expect(stored.moved!.voxels).toEqual(inverted.voxels);
  });

  it.each([
    ['opposite sides', { laterality: 'L' }, { laterality: 'R' }, 'any', /opposite sides: the reference is of the left/],
    ['a side that one does not state', { laterality: 'L' }, {}, 'known', /does not state which side/],
    ['different views', { viewPosition: 'MLO' }, { viewPosition: 'CC' }, 'any', /the reference is MLO, the image CC/],
    [
      'a chest wall at opposite edges',
      { laterality: 'L', patientOrientation: ['A', 'F'] },
      { laterality: 'L', patientOrientation: ['P', 'F'] },
      'pectoral',
      /chest wall lies at the left edge of the reference and at the right edge of the image/,
    ],
    [
      'a chest wall of unknown place',
      { laterality: 'L', patientOrientation: ['A', 'FL'] },
      { laterality: 'L' },
      'pectoral',
      /does not state at which edge/,
    ],
  ] as const)('of %s refuses a pair, however alike the pixels are', (_, a, b, side, reason) => {
    expect(registerAs(a, b, side)).toMatchObject({
      verdict: 'refused',
      method: 'none',
      reason: expect.stringMatching(reason),
    });
  });

  it('of one side and one edge lets a pair be compared', () => {
    const left = { laterality: 'L', patientOrientation: ['A', 'FL'], viewPosition: 'MLO' } as const;
    expect(registerAs(left, { ...left, patientOrientation: ['AR', 'FL'] }, 'pectoral').verdict).toBe('accepted');
    expect(registerAs({}, {}, 'any').verdict).toBe('accepted');
  });
});
