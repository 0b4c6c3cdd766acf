import { describe, expect, it } from 'vitest';
import { affineFit } from '../../../../src/ml/registration/deformable/affine-fit.ts';
import { exponentialOf } from '../../../../src/ml/registration/deformable/field-exponential.ts';
import {
  composeFields,
  fieldOfMatrix,
  fieldOnGrid,
  invertField,
  roundTripMm,
} from '../../../../src/ml/registration/deformable/field-operations.ts';
import { fieldOf } from '../../../../src/ml/registration/deformable/field-sampler.ts';
import { foldsOf, jacobianMap } from '../../../../src/ml/registration/deformable/jacobian.ts';
import { warpVolume } from '../../../../src/ml/registration/deformable/warp-volume.ts';
import { resample } from '../../../../src/ml/registration/sampling.ts';
import { compose, identityMatrix, rotationOfEuler, type Matrix4 } from '../../../../src/ml/registration/transform.ts';
import type { VolumeGeometry } from '../../../../src/twins/volume.ts';
import { gridOf, scanOf } from '../../../support/synthetic-anatomy.ts';

const tilted = Array.from(rotationOfEuler(0.2, -0.1, 0.4));
const slice = gridOf([1, 60, 50], [3, 2, 2.5]);
const volume = gridOf([24, 30, 28], [5, 4, 4.5], tilted, [20, -30, 40]);

function affineOf(degrees: number, scale: number, shift: number): Matrix4 {
  const matrix = identityMatrix();
  const rotation = rotationOfEuler(0, 0, (degrees * Math.PI) / 180);
  for (let row = 0; row < 2; row++) {
    matrix.set(
      rotation.subarray(3 * row, 3 * row + 2).map((value) => scale * value),
      4 * row,
    );
    matrix[4 * row + 3] = shift * (row + 1);
  }
  return matrix;
}

/** A wave that vanishes with its first derivatives nowhere in particular, in the plane of a slice. */
const wave = (geometry: VolumeGeometry, mm: number) =>
  fieldOf(geometry, (x, y, z, out) => {
    out[0] = mm * Math.sin(y / 25 + 0.3) * Math.cos(x / 30);
    out[1] = mm * Math.cos(x / 22 - 0.2) * Math.cos(y / 35);
    out[2] = geometry.shape[0] === 1 ? 0 : mm * Math.sin(x / 30 + z / 28);
  });

/** The longest vector of a field where it is at least `margin` voxels inside. */
function longest({ geometry, vectorsMm }: ReturnType<typeof wave>, margin: number): number {
  const [depth, height, width] = geometry.shape;
  const count = depth * height * width;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    const isIn = (at: number, length: number) => length === 1 || (at >= margin && at < length - margin);
    if (isIn(x, width) && isIn(y, height) && isIn(z, depth)) {
      most = Math.max(most, Math.hypot(vectorsMm[i]!, vectorsMm[count + i]!, vectorsMm[2 * count + i]!));
    }
  }
  return most;
}

describe.each([
  ['a slice', slice],
  ['a tilted volume', volume],
] as const)('a field on %s', (_, grid) => {
  it('has the inverse that undoes it', () => {
    const field = composeFields(fieldOfMatrix(affineOf(50, 0.9, 4), grid), wave(grid, 4));
    const wide = gridOf(
      [grid.shape[0] === 1 ? 1 : 44, 100, 80],
      grid.spacingMm,
      grid.direction,
      grid.shape[0] === 1 ? [0, 0, 0] : [20, -30, 40],
    );
    expect(longest(composeFields(invertField(field, wide), field), 2)).toBeLessThan(0.3);
    expect(roundTripMm(field, invertField(field, wide))).toBeLessThan(0.12);
  });

  it('is one with the affine map that it is, which composes as matrices do and has its ratio of volumes', () => {
    const [first, second] = [affineOf(10, 1.1, 3), affineOf(-25, 0.8, -2)];
    const field = fieldOfMatrix(first, grid);
    const fitted = affineFit(field);
    expect(Math.max(...fitted.map((value, index) => Math.abs(value - first[index]!)))).toBeLessThan(1e-4);
    const wide = fieldOfMatrix(
      second,
      gridOf([grid.shape[0] === 1 ? 1 : 90, 150, 150], [3, 3, 3], grid.direction, [
        20,
        -30,
        grid.shape[0] === 1 ? 0 : 40,
      ]),
    );
    const both = composeFields(wide, field);
    const expected = fieldOfMatrix(compose(second, first), grid);
    const apart = both.vectorsMm.map((value, index) => value - expected.vectorsMm[index]!);
    expect(longest({ ...both, vectorsMm: apart }, 0)).toBeLessThan(1e-3);
    for (const ratio of jacobianMap(field)) {
      expect(ratio).toBeCloseTo(1.1 ** 2, 3);
    }
  });

  it('and its exponential are undone by the exponential of the negative', () => {
    const velocity = wave(grid, 6);
    const back = exponentialOf({ ...velocity, vectorsMm: velocity.vectorsMm.map((value) => -value) });
    const flow = exponentialOf(velocity);
    expect(longest(composeFields(back, flow), 6)).toBeLessThan(0.15);
    expect(longest(flow, 0)).toBeGreaterThan(4);
    expect(foldsOf(jacobianMap(flow)).foldedPercent).toBe(0);
  });

  it('of a constant velocity is that displacement, and of 0 nothing', () => {
    const shift = fieldOf(grid, (_x, _y, _z, out) => out.set([9, -7, 0]));
    const moved = exponentialOf(shift);
    expect(Math.max(...moved.vectorsMm.map((value, i) => Math.abs(value - shift.vectorsMm[i]!)))).toBeLessThan(1e-4);
    expect(longest(exponentialOf(wave(grid, 0)), 0)).toBe(0);
  });

  it('that is known has its known Jacobian', () => {
    const field = fieldOf(grid, (x, _y, _z, out) => out.set([4 * Math.sin(x / 30), 0, 0]));
    const expected = fieldOf(grid, (x, _y, _z, out) => out.set([1 + (4 / 30) * Math.cos(x / 30), 0, 0]));
    jacobianMap(field).forEach((ratio, index) =>
      expect(Math.abs(ratio - expected.vectorsMm[index]!)).toBeLessThan(0.01),
    );
    const folding = fieldOf(grid, (x, _y, _z, out) => out.set([-1.5 * x, 0, 0]));
    expect(foldsOf(jacobianMap(folding))).toMatchObject({ foldedPercent: 100 });
    expect(foldsOf(jacobianMap(folding)).minimumJacobian).toBeCloseTo(-0.5, 4);
    expect(foldsOf(jacobianMap(folding), new Uint8Array(grid.shape[0] * grid.shape[1] * grid.shape[2]))).toEqual({
      foldedPercent: 0,
      minimumJacobian: 1,
    });
  });

  it('warps an image as its matrix resamples it', () => {
    const image = scanOf(grid);
    const matrix = affineOf(8, 1.05, 2);
    const expected = resample(image, grid, matrix, -1);
    const { voxels, covered } = warpVolume(image, fieldOfMatrix(matrix, grid), { outside: -1 });
    expect(covered).toEqual(expected.covered);
    expect(Math.max(...voxels.map((value, index) => Math.abs(value - expected.voxels[index]!)))).toBeLessThan(0.2);
  });

  it('warps labels to labels, and by cubic splines through the voxels themselves', () => {
    const image = scanOf(grid);
    const labels = { ...image, voxels: image.voxels.map((value) => Math.round(value / 250)) };
    const { voxels } = warpVolume(labels, wave(grid, 5), { interpolation: 'nearest', outside: 0 });
    expect(voxels.every((value) => Number.isInteger(value))).toBe(true);
    const still = warpVolume(image, wave(grid, 0), { interpolation: 'cubic', outside: 0 });
    expect(Math.max(...still.voxels.map((value, index) => Math.abs(value - image.voxels[index]!)))).toBeLessThan(0.01);
  });

  it('is the same on a coarser grid and back where it is linear', () => {
    const field = fieldOfMatrix(affineOf(5, 1.02, 1), grid);
    const there = gridOf([grid.shape[0] === 1 ? 1 : 60, 120, 120], [3, 3, 3], grid.direction, [
      20,
      -30,
      grid.shape[0] === 1 ? 0 : 40,
    ]);
    const back = fieldOnGrid(fieldOnGrid(fieldOfMatrix(affineOf(5, 1.02, 1), there), grid), grid);
    expect(Math.max(...back.vectorsMm.map((value, i) => Math.abs(value - field.vectorsMm[i]!)))).toBeLessThan(1e-3);
  });
});

it('cubic splines reproduce a parabola between voxels, and short axes do not disturb them', () => {
  const grid: VolumeGeometry = { ...gridOf([2, 3, 40], [1, 1, 1]), originMm: [0, 0, 0] };
  const voxels = Float32Array.from({ length: 240 }, (_, i) => ((i % 40) - 20) ** 2 / 40);
  const half = fieldOf(grid, (_x, _y, _z, out) => out.set([0.5, 0, 0]));
  const warped = warpVolume({ ...grid, voxels }, half, { interpolation: 'cubic', outside: 0 });
  for (let x = 12; x < 28; x++) {
    expect(warped.voxels[40 + x]).toBeCloseTo((x + 0.5 - 20) ** 2 / 40, 3);
  }
});
