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

/** Number of voxels of a shape. */
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

/** Voxels as they are stored: float32 little-endian, [D,H,W]. */
export function bytesOfVoxels(voxels: Float32Array): Uint8Array {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw new FaultError('this machine is big-endian; stored voxels are little-endian');
  }
  return new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
}

/**
 * Reads stored voxels back.
 * @throws {FaultError} when the bytes do not fit the shape.
 */
export function voxelsOfBytes(bytes: Uint8Array, shape: VolumeShape): Float32Array {
  if (bytes.byteLength !== voxelCount(shape) * 4) {
    throw new FaultError(`${bytes.byteLength} bytes cannot be a float32 volume of ${shape.join('x')}`);
  }
  // A copy, because a blob's bytes need not be aligned to four.
  return new Float32Array(bytes.slice().buffer);
}

/**
 * The range to display an image in: its 1st and 99th percentile, or its extremes where those coincide.
 * Found on at most 32,768 evenly spaced voxels; NaN is left out.
 */
export function displayRangeOf(voxels: Float32Array): readonly [low: number, high: number] {
  const step = Math.max(1, Math.floor(voxels.length / 16_384));
  const sample = new Float32Array(Math.ceil(voxels.length / step));
  let count = 0;
  for (let index = 0; index < voxels.length; index += step) {
    const value = voxels[index]!;
    if (Number.isFinite(value)) {
      sample[count++] = value;
    }
  }
  if (count === 0) {
    return [0, 1];
  }
  const sorted = sample.subarray(0, count).sort();
  const low = sorted[Math.floor((count - 1) * 0.01)]!;
  const high = sorted[Math.ceil((count - 1) * 0.99)]!;
  return low < high ? [low, high] : [sorted[0]!, Math.max(sorted[count - 1]!, sorted[0]! + 1)];
}
