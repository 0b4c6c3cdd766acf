import { describe, expect, it } from 'vitest';
import { sparseLevel } from '../../../../src/ml/registration/deformable/sparse-level.ts';
import { indexToWorld, invert, transformPoint } from '../../../../src/ml/registration/transform.ts';
import { voxelCount, type Volume, type VolumeShape } from '../../../../src/twins/volume.ts';

const gridOf = (shape: VolumeShape, spacingMm: Volume['spacingMm']): Volume => ({
  shape,
  spacingMm,
  originMm: [-3, 7, 11],
  direction: [0, 1, 0, 0.6, 0, -0.8, -0.8, 0, -0.6],
  voxels: Float32Array.from({ length: voxelCount(shape) }, (_, i) => (i * 7919) % 65_521),
});

describe('the voxels of a large image that fill a joint histogram', () => {
  it.each([
    ['a slice', [1, 512, 512], [5, 0.4, 0.4], [1, 256, 512]],
    ['a slice of tall pixels', [1, 600, 600], [5, 0.8, 0.4], [1, 300, 300]],
    ['a volume', [95, 96, 97], [1, 1, 1], [48, 48, 97]],
    ['a volume of thick slices', [30, 160, 161], [4, 1, 1], [30, 80, 81]],
  ] as const)('of %s keep their value, mask and place', (_, shape, spacingMm, expected) => {
    const image = gridOf(shape, spacingMm);
    const mask = Uint8Array.from(image.voxels, (value) => value % 2);
    const sparse = sparseLevel({ ...image, mask });
    expect(sparse.shape).toEqual(expected);
    const [toWorld, toIndex] = [indexToWorld(sparse), invert(indexToWorld(image))];
    const [depth, rows, columns] = sparse.shape;
    for (const [z, y, x] of [
      [0, 0, 0],
      [depth - 1, rows - 1, columns - 1],
      [depth >> 1, rows >> 2, columns >> 1],
    ] as const) {
      const [i, j, k] = transformPoint(toIndex, ...transformPoint(toWorld, x, y, z)).map(Math.round) as [
        number,
        number,
        number,
      ];
      const [here, there] = [(z * rows + y) * columns + x, (k * shape[1] + j) * shape[2] + i];
      expect(sparse.voxels[here]).toBe(image.voxels[there]);
      expect(sparse.mask![here]).toBe(mask[there]);
    }
  });

  it('are all of those of a small one', () => {
    const image = gridOf([1, 256, 256], [1, 1, 1]);
    expect(sparseLevel(image)).toBe(image);
  });
});
