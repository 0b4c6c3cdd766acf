import { describe, expect, it } from 'vitest';
import { cutSlice, planeOf } from '../../../../src/http/pictures/image-plane.ts';
import type { VolumeGeometry } from '../../../../src/twins/volume.ts';

/** A volume that knows where it is: each voxel holds 100 x + 10 y + z of its LPS position. */
function positioned(direction: readonly number[]): { geometry: VolumeGeometry; voxels: Float32Array } {
  const shape = [2, 3, 4] as const;
  const voxels = new Float32Array(24);
  let index = 0;
  for (let z = 0; z < 2; z++) {
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 4; x++) {
        const at = [0, 1, 2].map(
          (row) => direction[row * 3]! * x + direction[row * 3 + 1]! * y + direction[row * 3 + 2]! * z,
        );
        voxels[index++] = 100 * at[0]! + 10 * at[1]! + at[2]!;
      }
    }
  }
  return { geometry: { shape, spacingMm: [1, 1, 1], originMm: [0, 0, 0], direction }, voxels };
}

const AXIAL = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** Columns run to the back, rows run down, slices run to the left: a sagittal acquisition. */
const SAGITTAL = [0, 0, 1, 1, 0, 0, 0, -1, 0];
/** Feet first and face down: everything the other way round. */
const FLIPPED = [-1, 0, 0, 0, -1, 0, 0, 0, -1];

function differences(direction: readonly number[], plane: 'axial' | 'coronal' | 'sagittal' | 'acquired') {
  const { geometry, voxels } = positioned(direction);
  const walk = planeOf(geometry, plane);
  const first = cutSlice(voxels, walk, 0);
  const second = cutSlice(voxels, walk, 1);
  return {
    right: first.pixels[1]! - first.pixels[0]!,
    down: first.pixels[first.width]! - first.pixels[0]!,
    through: second.pixels[0]! - first.pixels[0]!,
  };
}

describe('planes of the patient', () => {
  it.each([
    ['axial', AXIAL],
    ['sagittal', SAGITTAL],
    ['upside down', FLIPPED],
  ])('are shown in the radiological convention for an acquisition that is %s', (_name, direction) => {
    expect(differences(direction, 'axial')).toEqual({ right: 100, down: 10, through: 1 });
    expect(differences(direction, 'coronal')).toEqual({ right: 100, down: -1, through: 10 });
    expect(differences(direction, 'sagittal')).toEqual({ right: 10, down: -1, through: 100 });
  });

  it('are the nearest ones for an oblique acquisition', () => {
    const [cos, sin] = [Math.cos(0.3), Math.sin(0.3)];
    const { geometry, voxels } = positioned([cos, -sin, 0, sin, cos, 0, 0, 0, 1]);
    const slice = cutSlice(voxels, planeOf(geometry, 'axial'), 0);
    expect([slice.width, slice.height]).toEqual([4, 3]);
    expect(slice.pixels).toEqual(voxels.slice(0, 12));
  });

  it('can be left as they were acquired', () => {
    const { geometry, voxels } = positioned(SAGITTAL);
    expect(cutSlice(voxels, planeOf(geometry, 'acquired'), 1).pixels).toEqual(voxels.slice(12));
  });

  it('carry the spacing of their own axes', () => {
    const { geometry, voxels } = positioned(AXIAL);
    const plane = planeOf({ ...geometry, spacingMm: [5, 2, 3] }, 'coronal');
    expect(cutSlice(voxels, plane, 0).spacingMm).toEqual([5, 3]);
  });
});
