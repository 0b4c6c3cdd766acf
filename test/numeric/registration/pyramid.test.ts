import { describe, expect, it } from 'vitest';
import { levelLike, levelNoCoarser, pyramidOf } from '../../../src/ml/registration/pyramid.ts';
import { indexToWorld, rotationOfEuler, transformPoint } from '../../../src/ml/registration/transform.ts';
import { voxelCount, type Volume, type VolumeGeometry } from '../../../src/twins/volume.ts';
import { gridOf } from '../../support/synthetic-anatomy.ts';

const WINDOW = { low: -200, high: 200 };

/** An image whose value at every point is its LPS x in mm. */
function rampOf(grid: VolumeGeometry): Volume {
  const toWorld = indexToWorld(grid);
  const [depth, height, width] = grid.shape;
  const voxels = new Float32Array(voxelCount(grid.shape));
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        voxels[i] = transformPoint(toWorld, x, y, z)[0];
      }
    }
  }
  return { ...grid, voxels };
}

const shapesOf = (volume: Volume) => pyramidOf(volume, WINDOW).map(({ shape }) => shape);

describe('pyramid', () => {
  it('keeps every point where it is in the patient, on every level', () => {
    const direction = Array.from(rotationOfEuler(0.3, -0.2, 0.5));
    for (const level of pyramidOf(rampOf(gridOf([60, 110, 100], [2, 1, 1], direction)), WINDOW)) {
      const [depth, height, width] = level.shape;
      const [z, y, x] = [depth >> 1, height >> 1, width >> 1];
      const value = level.voxels[(z * height + y) * width + x]!;
      const mm = WINDOW.low + value * (WINDOW.high - WINDOW.low);
      expect(mm).toBeCloseTo(transformPoint(indexToWorld(level), x, y, z)[0], 2);
    }
  });

  it('leaves thick slices whole until the pixels are as coarse', () => {
    expect(shapesOf(rampOf(gridOf([50, 192, 192], [4, 1, 1])))).toEqual([
      [50, 96, 96],
      [50, 48, 48],
      [25, 24, 24],
    ]);
  });

  it('never halves an axis below what anatomy needs', () => {
    expect(shapesOf(rampOf(gridOf([7, 128, 128], [5, 1.5, 1.5])))).toEqual([
      [7, 128, 128],
      [7, 64, 64],
      [7, 32, 32],
    ]);
    expect(shapesOf(rampOf(gridOf([1, 100, 100], [5, 1, 1])))).toEqual([
      [1, 100, 100],
      [1, 50, 50],
    ]);
  });

  it('starts with at most a million voxels, or 512 x 512 pixels', () => {
    expect(shapesOf(rampOf(gridOf([100, 256, 256], [1, 1, 1])))[0]).toEqual([50, 128, 128]);
    expect(shapesOf(rampOf(gridOf([1, 1500, 1200], [1, 0.1, 0.1])))[0]).toEqual([1, 375, 300]);
  });

  it('offers the level of the other image that has voxels of the nearest size', () => {
    const coarse = rampOf(gridOf([20, 64, 64], [3, 3.2, 3.2]));
    const fine = pyramidOf(rampOf(gridOf([40, 150, 150], [3, 0.9, 0.9])), WINDOW);
    expect(levelLike(fine, coarse).spacingMm[2]).toBeCloseTo(3.6);
  });

  it('has a level that is no coarser than another, unless all are', () => {
    const grid = (mm: number) => ({ ...gridOf([1, 8, 8], [3, mm, mm]), voxels: new Float32Array(64) });
    const levels = [1.8, 3.6, 7.2].map(grid);
    expect([1, 2.9, 3.55, 20].map((mm) => levelNoCoarser(levels, grid(mm)).spacingMm[2])).toEqual([1.8, 1.8, 3.6, 7.2]);
  });
});
