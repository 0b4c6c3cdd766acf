import type { Volume, VolumeGeometry } from '../../twins/volume.ts';
import type { Matrix4 } from './transform.ts';

/** A dense map from a fixed to a moving image. */
export interface DisplacementField {
  /** The grid of the fixed image. */
  readonly geometry: VolumeGeometry;
  /**
   * LPS mm, planar [3][D,H,W]: all x, then all y, then all z. A point p of the fixed image lies at p + u(p) in the moving
   * one.
   */
  readonly vectorsMm: Float32Array;
}

export interface DeformableOptions {
  /** One byte per voxel of the fixed image: where it is 0, nothing is compared. */
  readonly fixedMask?: Uint8Array;
  /** Share of the work that is done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Refines `initial` (fixed LPS mm to moving LPS mm, 4x4 row-major) by a smooth deformation. Both images are scaled to 0..1.
 * The field is the whole map, `initial` included, on the grid of the fixed image.
 */
export type DeformableMethod<Parameters> = (
  fixed: Volume,
  moving: Volume,
  initial: Matrix4,
  parameters: Parameters,
  options?: DeformableOptions,
) => { readonly field: DisplacementField };
