import { describe, expect, it } from 'vitest';
import { niftiHeader } from '../../../../src/integrations/image-files/write-nifti.ts';
import { NOT_ACQUIRED } from '../../../../src/http/pictures/burn-in.ts';
import { FaultError } from '../../../../src/errors.ts';

const geometry = {
  shape: [5, 6, 7],
  spacingMm: [3, 2, 1.5],
  originMm: [10, -20, 30],
  direction: [0, 0, 1, 1, 0, 0, 0, -1, 0],
} as const;

function read(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer);
  const row = (offset: number) => [0, 1, 2, 3].map((column) => view.getFloat32(offset + 4 * column, true));
  return { view, affine: [row(280), row(296), row(312)] };
}

describe('the header of a NIfTI-1 file', () => {
  it('is the single-file form with float32 voxels right after it', () => {
    const bytes = niftiHeader(geometry, NOT_ACQUIRED);
    const { view } = read(bytes);
    expect(bytes).toHaveLength(352);
    expect(view.getInt32(0, true)).toBe(348);
    expect(new TextDecoder().decode(bytes.slice(344, 348))).toBe('n+1\0');
    expect(view.getFloat32(108, true)).toBe(352);
    expect([view.getInt16(70, true), view.getInt16(72, true)]).toEqual([16, 32]);
    expect([0, 1, 2, 3].map((index) => view.getInt16(40 + 2 * index, true))).toEqual([3, 7, 6, 5]);
    expect([1, 2, 3].map((index) => view.getFloat32(76 + 4 * index, true))).toEqual([1.5, 2, 3]);
    expect(new TextDecoder().decode(bytes.slice(148, 148 + NOT_ACQUIRED.length))).toBe(NOT_ACQUIRED);
  });

  it('turns LPS into RAS: the affine maps an index to where the voxel is', () => {
    const { affine } = read(niftiHeader(geometry, ''));
    // Column index runs to the back (+P = -A), row index runs down (-S), slice index to the left (+L = -R).
    expect(affine).toEqual([
      [0, 0, -3, -10],
      [-1.5, 0, 0, 20],
      [0, -2, 0, 30],
    ]);
  });

  it('says that only the affine is to be used', () => {
    const { view } = read(niftiHeader(geometry, ''));
    expect([view.getInt16(252, true), view.getInt16(254, true)]).toEqual([0, 1]);
  });

  it('refuses a volume that NIfTI-1 cannot hold', () => {
    expect(() => niftiHeader({ ...geometry, shape: [1, 40_000, 1] }, '')).toThrow(FaultError);
  });
});
