import { describe, expect, it } from 'vitest';
import type { Level } from '../../../../src/ml/registration/cost.ts';
import { demons } from '../../../../src/ml/registration/deformable/demons.ts';
import { composeFields, fieldOfMatrix } from '../../../../src/ml/registration/deformable/field-operations.ts';
import { fieldOf } from '../../../../src/ml/registration/deformable/field-sampler.ts';
import { freeFormDeformation } from '../../../../src/ml/registration/deformable/free-form-deformation.ts';
import { gaussianSmoothing } from '../../../../src/ml/registration/deformable/gaussian-smoothing.ts';
import { foldsOf, jacobianMap } from '../../../../src/ml/registration/deformable/jacobian.ts';
import { warpVolume } from '../../../../src/ml/registration/deformable/warp-volume.ts';
import { windowOf } from '../../../../src/ml/registration/intensity-window.ts';
import { withMask } from '../../../../src/ml/registration/level-masks.ts';
import { pyramidOf } from '../../../../src/ml/registration/pyramid.ts';
import { identityMatrix, rotationOfEuler } from '../../../../src/ml/registration/transform.ts';
import type { DisplacementField } from '../../../../src/twins/registration.ts';
import { voxelCount, type Volume, type VolumeGeometry } from '../../../../src/twins/volume.ts';
import { gridOf, randomOf, scanOf } from '../../../support/synthetic-anatomy.ts';

const slice = gridOf([1, 150, 128], [5, 1.4, 1.4]);
const volume = gridOf([36, 56, 48], [4, 3.5, 3.5], Array.from(rotationOfEuler(0.1, 0, 0.2)), [5, 0, -8]);

const levelsOf = (image: Volume) => pyramidOf(image, windowOf(image.voxels, [1, 99], false)!);

/** The body with a texture of a few voxels; without one, nothing tells where smooth tissue has gone along itself. */
function tissueOn(grid: VolumeGeometry): Volume {
  const random = randomOf(9);
  const texture = new Float32Array(voxelCount(grid.shape)).map(() => random() - 0.5);
  gaussianSmoothing(grid.shape, [1.5, 1.5, 1.5])(texture);
  const deviation = Math.sqrt(texture.reduce((sum, value) => sum + value * value, 0) / texture.length);
  const body = scanOf(grid);
  return {
    ...grid,
    voxels: body.voxels.map((value, i) => value + Math.min(1, value / 200) * (100 / deviation) * texture[i]!),
  };
}

/** A pair of which the moving image lies where a turn after a smooth wave of up to 6 mm puts the fixed one. */
function pairOn(grid: VolumeGeometry) {
  const turn = identityMatrix();
  const rotation = rotationOfEuler(0, 0, 0.05);
  for (let row = 0; row < 2; row++) {
    turn.set(rotation.subarray(3 * row, 3 * row + 2), 4 * row);
  }
  const wave = fieldOf(grid, (x, y, z, out) => {
    out[0] = 5 * Math.sin(y / 22 + z / 40);
    out[1] = 4 * Math.cos(x / 20);
    out[2] = grid.shape[0] === 1 ? 0 : 3 * Math.sin((x + y) / 30);
  });
  const truth = composeFields(fieldOfMatrix(turn, gridOf([grid.shape[0], 400, 400], grid.spacingMm)), wave);
  const random = randomOf(4);
  const body = tissueOn(grid);
  const moving = { ...grid, voxels: body.voxels.map((value) => value + 12 * (random() + random() - 1)) };
  const voxels = warpVolume(body, truth, { interpolation: 'cubic', outside: 0 }).voxels.map(
    (value) => 0.7 * Math.max(0, value) ** 0.97 + 12 * (random() + random() - 1),
  );
  const foreground = voxels.map((value) => (value > 80 ? 1 : 0));
  return { fixed: { ...grid, voxels }, moving, turn, truth, foreground: Uint8Array.from(foreground) };
}

/** Mean distance in mm from the truth over a mask. */
function errorOf(field: DisplacementField, truth: DisplacementField, mask: Uint8Array): number {
  const count = voxelCount(truth.geometry.shape);
  let [sum, points] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (mask[i] !== 0) {
      sum += Math.hypot(...[0, 1, 2].map((k) => field.vectorsMm[k * count + i]! - truth.vectorsMm[k * count + i]!));
      points++;
    }
  }
  return sum / points;
}

describe.each([
  ['a slice', slice, { mi: 0.2, local: 0.4, demons: 0.6, squared: 0.8 }],
  ['a volume', volume, { mi: 0.5, local: 1, demons: 1.3, squared: 1.3 }],
] as const)('the deformation of %s', (_, grid, allowed) => {
  const { fixed, moving, turn, truth, foreground } = pairOn(grid);
  const [fixedLevels, movingLevels] = [levelsOf(fixed), levelsOf(moving)];
  const before = errorOf(fieldOfMatrix(turn, grid), truth, foreground);
  const expectFound = (field: DisplacementField, mm: number) => {
    expect(before).toBeGreaterThan(2.5);
    expect(errorOf(field, truth, foreground)).toBeLessThan(mm);
    expect(foldsOf(jacobianMap(field), foreground).foldedPercent).toBe(0);
  };

  it.each([
    ['mutual-information', allowed.mi],
    ['local-cross-correlation', allowed.local],
  ] as const)('is found by free-form deformation with %s', (cost, mm) => {
    const parameters = { cost, gridSpacingMm: grid.shape[0] === 1 ? 16 : 20, bendingWeight: 0.2 };
    const done: number[] = [];
    const onProgress = (fraction: number) => void done.push(fraction);
    const { field } = freeFormDeformation(fixedLevels, movingLevels, turn, parameters, { onProgress });
    expectFound(field, mm);
    expect(done.toSorted((a, b) => a - b)).toEqual(done);
    expect(done.at(-1)).toBeLessThan(1);
  });

  it.each([
    ['diffeomorphic', 'local-cross-correlation', allowed.demons],
    ['symmetric', 'local-cross-correlation', allowed.demons],
    ['thirion', 'squared-difference', allowed.squared],
    ['diffeomorphic', 'squared-difference', allowed.squared],
  ] as const)('is found by %s demons with %s', (variant, force, mm) => {
    const { field, splines } = demons(fixedLevels, movingLevels, turn, { variant, force, diffusionSigma: 1.2 });
    expectFound(field, mm);
    expect(splines).toBeNull();
  });
});

describe('masks', () => {
  const { fixed, moving, turn, truth, foreground } = pairOn(slice);
  const half = (side: (x: number) => boolean) => Uint8Array.from(fixed.voxels, (__, i) => (side(i % 128) ? 1 : 0));
  const spoilt = (image: Volume): Volume => ({
    ...image,
    voxels: image.voxels.map((value, i) => (i % 128 < 50 ? 500 + 400 * Math.sin(i * i) : value)),
  });
  const right = half((x) => x >= 70).map((value, i) => value * foreground[i]!);
  const parameters = { cost: 'mutual-information', gridSpacingMm: 16, bendingWeight: 0.2 } as const;

  it.each(['fixed', 'moving'] as const)('of the %s image keep what they leave out from mattering', (side) => {
    const mask = half((x) => x >= 58);
    const masked = (image: Volume, isMasked: boolean): readonly Level[] =>
      isMasked ? withMask(levelsOf(spoilt(image)), image, mask) : levelsOf(image);
    const { field } = freeFormDeformation(
      masked(fixed, side === 'fixed'),
      masked(moving, side === 'moving'),
      turn,
      parameters,
    );
    expect(errorOf(field, truth, right)).toBeLessThan(0.4);
  });

  it('that leave nothing leave the global transform', () => {
    const levels = withMask(levelsOf(fixed), fixed, new Uint8Array(fixed.voxels.length));
    const { field, splines } = freeFormDeformation(levels, levelsOf(moving), turn, parameters);
    expect(splines!.coefficients.every((value) => value === 0)).toBe(true);
    expect(errorOf(field, fieldOfMatrix(turn, slice), foreground)).toBeLessThan(1e-3);
  });
});

it('a search ends by what the caller throws between iterations', () => {
  const { fixed, moving, turn } = pairOn(slice);
  let calls = 0;
  const checkAbort = () => {
    if (++calls === 3) {
      throw new Error('enough');
    }
  };
  const [a, b] = [levelsOf(fixed), levelsOf(moving)];
  const ffd = { cost: 'mutual-information', gridSpacingMm: 16, bendingWeight: 0.2 } as const;
  expect(() => freeFormDeformation(a, b, turn, ffd, { checkAbort })).toThrow('enough');
  calls = 0;
  expect(() => demons(a, b, turn, { force: 'squared-difference', diffusionSigma: 1.5 }, { checkAbort })).toThrow(
    'enough',
  );
});

it.each([
  [
    [1, 1, 1],
    [1, 1, 1],
  ],
  [
    [1, 1, 9],
    [1, 9, 1],
  ],
  [
    [64, 1, 64],
    [3, 30, 30],
  ],
] as const)('images of %j and %j voxels, or blank ones, give a finite field', (ofFixed, ofMoving) => {
  const scaled = (image: Volume): Level => ({ ...image, voxels: image.voxels.map((value) => value / 1000) });
  const a = scaled(scanOf(gridOf(ofFixed, [3, 2, 2])));
  const b = scaled(scanOf(gridOf(ofMoving, [3, 2, 2])));
  const blank = { ...a, voxels: new Float32Array(a.voxels.length) };
  for (const fixed of [a, blank]) {
    for (const cost of ['mutual-information', 'local-cross-correlation'] as const) {
      const ffd = { cost, gridSpacingMm: 20, bendingWeight: 0.1 };
      expect(freeFormDeformation([fixed], [b], identityMatrix(), ffd).field.vectorsMm.every(Number.isFinite)).toBe(
        true,
      );
    }
    for (const force of ['squared-difference', 'local-cross-correlation'] as const) {
      const { field } = demons([fixed], [b], identityMatrix(), { force, diffusionSigma: 1 });
      expect(field.vectorsMm.every(Number.isFinite)).toBe(true);
    }
  }
});
