import type { DisplacementField, SplineDeformation } from '../../twins/registration.ts';
import type { Level } from './cost.ts';
import type { Matrix4 } from './transform.ts';

export type { DisplacementField };

export interface DeformableOptions {
  /** Called between iterations; what it throws ends the search. */
  readonly checkAbort?: () => void;
  /** Share of the work that is done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What a deformable method finds. */
export interface Deformation {
  /** The whole map, the initial transform included, on the grid of the fixed image's finest level. */
  readonly field: DisplacementField;
  /** The same map as its parameters, where the method has any: exact, and what transform files hold. */
  readonly splines: SplineDeformation | null;
}

/**
 * Refines `initial` (fixed LPS mm to moving LPS mm, 4x4 row-major) by a smooth deformation. `fixed` and `moving` are images
 * scaled to 0..1 at falling resolution, finest level first; a level's mask says where voxels are compared.
 */
export type DeformableMethod<Parameters> = (
  fixed: readonly Level[],
  moving: readonly Level[],
  initial: Matrix4,
  parameters: Parameters,
  options?: DeformableOptions,
) => Deformation;
