import type { DisplacementField } from '../../../twins/registration.ts';
import type { Level } from '../cost.ts';
import { composeFields } from '../deformable/field-operations.ts';
import { freeFormDeformation, type FreeFormParameters } from '../deformable/free-form-deformation.ts';
import { warpVolume } from '../deformable/warp-volume.ts';
import type { DeformableOptions } from '../displacement-field.ts';
import { identityMatrix } from '../transform.ts';

/** The network has found what is large: what it left is searched for on the finest levels alone. */
const LEVELS = 2;

/**
 * What free-form deformation adds to a field for this one pair (as the instance-specific optimisation of Balakrishnan et al.
 * 2019, section III.E): the moving image is moved by the field first. Arguments otherwise as of a `DeformableMethod`.
 */
export function refineForPair(
  field: DisplacementField,
  fixed: readonly Level[],
  moving: readonly Level[],
  parameters: FreeFormParameters,
  options: DeformableOptions = {},
): DisplacementField {
  const grids = fixed.slice(0, LEVELS);
  const moved = grids.map((grid, index) => movedLevel(moving[Math.min(index, moving.length - 1)]!, field, grid));
  const rest = freeFormDeformation(grids, moved, identityMatrix(), parameters, options);
  return composeFields(field, rest.field);
}

function movedLevel(level: Level, field: DisplacementField, { shape, spacingMm, originMm, direction }: Level): Level {
  const grid = { shape, spacingMm, originMm, direction };
  const { voxels } = warpVolume(level, field, { grid, outside: 'edge' });
  if (level.mask === undefined) return { ...grid, voxels };
  const mask = { ...level, voxels: Float32Array.from(level.mask) };
  const { voxels: kept } = warpVolume(mask, field, { grid, interpolation: 'nearest', outside: 0 });
  return { ...grid, voxels, mask: Uint8Array.from(kept) };
}
