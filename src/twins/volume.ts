import { FaultError } from '../errors.ts';

/** Size in voxels, slowest axis first: [depth (slices), height (rows), width (columns)]. A 2-D image has depth 1. */
export type VolumeShape = readonly [depth: number, height: number, width: number];

/**
 * A scalar image with its place in the patient.
 *
 * `voxels` is [D,H,W], width fastest, in the modality's unit after rescale slope and intercept (DICOM PS3.3 C.11.1).
 * The patient coordinates are LPS in mm (PS3.3 C.7.6.2.1.1): the centre of voxel (z,y,x) lies at
 * `originMm + x*spacingMm[2]*direction.column0 + y*spacingMm[1]*column1 + z*spacingMm[0]*column2`.
 */
export interface Volume {
  readonly voxels: Float32Array;
  readonly shape: VolumeShape;
  /** Distance between voxel centres in mm: [slices, rows, columns] = [dz, dy, dx]. */
  readonly spacingMm: readonly [dz: number, dy: number, dx: number];
  /** LPS position in mm of the centre of voxel (0,0,0). */
  readonly originMm: readonly [x: number, y: number, z: number];
  /** 3x3 row-major; its columns are the unit LPS directions of growing x (column), y (row) and z (slice) index. */
  readonly direction: readonly number[];
}

/** The geometry of a volume without its voxels. */
export type VolumeGeometry = Omit<Volume, 'voxels'>;

export const voxelCount = (shape: VolumeShape): number => shape[0] * shape[1] * shape[2];

/**
 * The geometry alone, as it is stored beside the blob that holds the voxels.
 * @throws {FaultError} when the number of voxels does not fit the shape, which would mean a corrupt volume.
 */
export function geometryOf(volume: Volume): VolumeGeometry {
  if (volume.voxels.length !== voxelCount(volume.shape)) {
    throw new FaultError(`a volume of ${volume.shape.join('x')} cannot have ${volume.voxels.length} voxels`);
  }
  const { shape, spacingMm, originMm, direction } = volume;
  return { shape, spacingMm, originMm, direction };
}
