import { DomainError } from '../../errors.ts';
import { voxelCount, type Volume, type VolumeGeometry } from '../../twins/volume.ts';
import { valueRangeOf } from './value-range.ts';

/** Largest image that is aligned, in voxels. */
const LARGEST_IMAGE = 512 * 512 * 400;
/** Voxels outside of this range in mm are a fault of the header, not anatomy. */
const SMALLEST_SPACING_MM = 1e-4;
const LARGEST_SPACING_MM = 1e3;
/** Fewer rows or columns than this cannot be aligned. */
const SMALLEST_SIDE = 8;

/** @throws {DomainError} TOO_LARGE when an image has more than 512 x 512 x 400 voxels. */
export function assertAlignable({ fixed, moving }: { readonly fixed: Volume; readonly moving: Volume }): void {
  for (const [role, { shape, voxels }] of Object.entries({ fixed, moving })) {
    if (Math.max(voxelCount(shape), voxels.length) > LARGEST_IMAGE) {
      throw new DomainError(
        'TOO_LARGE',
        `an image of ${shape.join('x')} voxels is too large to align; the most is 512x512x400`,
        { field: role },
      );
    }
  }
}

/** Why an image cannot be compared with any other, for a clinician; null when it can. `which` names it. */
export function problemOf(
  which: 'The reference image' | 'The image',
  { voxels, shape, spacingMm, originMm, direction }: Volume,
): string | null {
  if (shape.length !== 3 || !shape.every((length) => Number.isInteger(length) && length > 0)) {
    return `${which} has an impossible size.`;
  }
  if (voxels.length !== voxelCount(shape)) {
    return `${which} is damaged: it should have ${voxelCount(shape)} voxels and has ${voxels.length}.`;
  }
  if (shape[1] < SMALLEST_SIDE || shape[2] < SMALLEST_SIDE) {
    return `${which} is too small to align: ${shape[1]}x${shape[2]} pixels, at least ${SMALLEST_SIDE}x${SMALLEST_SIDE} are needed.`;
  }
  if (!spacingMm.every((spacing) => spacing >= SMALLEST_SPACING_MM && spacing <= LARGEST_SPACING_MM)) {
    return `${which} has no usable voxel spacing.`;
  }
  if (!originMm.every(Number.isFinite) || !isOrthonormal(direction)) {
    return `${which} has no usable position or orientation.`;
  }
  const range = valueRangeOf(voxels);
  if (range === null) {
    return `${which} has voxels whose value is not a number.`;
  }
  return range.low < range.high ? null : `${which} is blank: all of its voxels have the same value.`;
}

/** Why a mask cannot be laid on its image, for a clinician; null when it can, or where there is none. */
export function maskProblemOf(
  which: 'The reference image' | 'The image',
  mask: Uint8Array | undefined,
  { voxels }: Volume,
): string | null {
  if (mask === undefined) {
    return null;
  }
  if (mask.length !== voxels.length) {
    return `${which} has ${voxels.length} voxels and its mask ${mask.length}: they must be of one size.`;
  }
  return mask.some((value) => value !== 0) ? null : `${which} has a mask that leaves nothing to compare.`;
}

/** True for directions at right angles and of length 1, within what rounding in a header makes of them. */
function isOrthonormal(direction: readonly number[]): boolean {
  if (direction.length !== 9 || !direction.every(Number.isFinite)) {
    return false;
  }
  for (let a = 0; a < 3; a++) {
    for (let b = a; b < 3; b++) {
      const dot = [0, 3, 6].reduce((sum, row) => sum + direction[row + a]! * direction[row + b]!, 0);
      if (Math.abs(dot - (a === b ? 1 : 0)) > 0.01) {
        return false;
      }
    }
  }
  return true;
}

/** True when voxels of the same index lie at the same place: within 0.001 mm of spacing and 0.01 mm of position. */
export function haveEqualGrids(a: VolumeGeometry, b: VolumeGeometry): boolean {
  const near = (left: readonly number[], right: readonly number[], tolerance: number) =>
    left.every((value, index) => Math.abs(value - right[index]!) <= tolerance);
  return (
    near(a.shape, b.shape, 0) &&
    near(a.spacingMm, b.spacingMm, 1e-3) &&
    near(a.originMm, b.originMm, 1e-2) &&
    near(a.direction, b.direction, 1e-4)
  );
}
