import { gzipSync } from 'node:zlib';
import { FaultError } from '../../errors.ts';
import { bytesOfVoxels, type Volume, type VolumeGeometry } from '../../twins/volume.ts';

const HEADER_SIZE = 348;
/** The header, four bytes that say that no extension follows, and nothing else (NIfTI-1 `vox_offset`). */
const VOXEL_OFFSET = 352;
const DT_FLOAT32 = 16;
const UNITS_MM = 2;
const XFORM_SCANNER = 1;
const MAX_DIMENSION = 32_767;

/**
 * The first 352 bytes of a NIfTI-1 file (`nifti1.h`) whose voxels follow as float32 little-endian, column fastest.
 *
 * NIfTI's world is RAS+ in mm and ours is LPS, so that the first two rows of the affine change their sign. The affine
 * is written as `sform`; `qform` is left unset, since it cannot hold every matrix.
 * @param description at most 79 ASCII characters, shown by most viewers.
 */
export function niftiHeader(geometry: VolumeGeometry, description: string): Uint8Array {
  const { shape, spacingMm, originMm, direction } = geometry;
  const [depth, height, width] = shape;
  const [dz, dy, dx] = spacingMm;
  if (Math.max(depth, height, width) > MAX_DIMENSION) {
    throw new FaultError(`NIfTI-1 holds at most ${MAX_DIMENSION} voxels per axis, found ${shape.join('x')}`);
  }
  const bytes = new Uint8Array(VOXEL_OFFSET);
  const view = new DataView(bytes.buffer);
  const int16 = (offset: number, ...values: number[]): void =>
    values.forEach((value, index) => view.setInt16(offset + 2 * index, value, true));
  const float32 = (offset: number, ...values: number[]): void =>
    values.forEach((value, index) => view.setFloat32(offset + 4 * index, value, true));
  const ascii = (offset: number, length: number, text: string): void => {
    bytes.set(new TextEncoder().encode(text).subarray(0, length - 1), offset);
  };

  view.setInt32(0, HEADER_SIZE, true);
  int16(40, 3, width, height, depth, 1, 1, 1, 1); // dim
  int16(70, DT_FLOAT32, 32); // datatype, bitpix
  float32(76, 1, dx, dy, dz); // pixdim
  float32(108, VOXEL_OFFSET);
  float32(112, 1, 0); // scl_slope, scl_inter
  bytes[123] = UNITS_MM;
  ascii(148, 80, description);
  int16(252, 0, XFORM_SCANNER); // qform_code, sform_code
  const steps = [dx, dy, dz];
  [-1, -1, 1].forEach((sign, row) => {
    const columns = steps.map((step, column) => sign * direction[row * 3 + column]! * step + 0);
    float32(280 + 16 * row, ...columns, sign * originMm[row]! + 0); // srow_x, srow_y, srow_z
  });
  ascii(344, 4, 'n+1');
  return bytes;
}

/** A volume as one NIfTI-1 file of float32, gzipped (`.nii.gz`). */
export function encodeNifti(volume: Volume, description = ''): Uint8Array {
  return gzipSync(Buffer.concat([niftiHeader(volume, description), bytesOfVoxels(volume.voxels)]), { level: 1 });
}
