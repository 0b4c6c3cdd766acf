import { gunzipSync } from 'node:zlib';
import { isNIFTI1, isNIFTI2, readHeader, type NIFTI1, type NIFTI2 } from 'nifti-reader-js';
import type { VolumeGeometry, VolumeShape } from '../../twins/volume.ts';
import { bytesPerElement, largestFileBytes, readNumbers, type ElementType } from './element-types.ts';
import {
  boundedShape,
  DEFAULT_READ_LIMITS,
  geometryOfSteps,
  refusalOf,
  type ImageFile,
  type NamedBytes,
  type ReadLimits,
} from './image-file.ts';

/** `datatype` of nifti1.h. */
const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
};
/** Spatial part of `xyzt_units`; without a unit, lengths are taken as mm. */
const MM_PER_UNIT: Readonly<Record<number, number>> = { 0: 1, 1: 1000, 2: 1, 3: 1e-3 };

/** Whether a file that starts so is NIfTI, gzip around it apart. */
export const isNifti = (start: Uint8Array): boolean => {
  const { buffer } = new Uint8Array(start.subarray(0, 544));
  return start.length >= 348 && (isNIFTI1(buffer) || isNIFTI2(buffer));
};

/**
 * Reads NIfTI-1 or NIfTI-2 in one file (`.nii`, gzipped or not); RAS+ becomes LPS, values are scaled as stated.
 *
 * The position comes from `sform`, else `qform`, else the voxel sizes alone, with a caveat. Several frames (dim[4] and above) need
 * `frame`, counted from 0.
 * @throws {DomainError} naming file and field: INVALID_INPUT, UNSUPPORTED, TOO_LARGE, or SOURCE_INCOMPLETE where bytes are missing.
 */
export function readNifti(file: NamedBytes, frame?: number, limits: ReadLimits = DEFAULT_READ_LIMITS): ImageFile {
  const bytes = inflated(file, limits);
  const header = headerOf(file, bytes);
  const { dims } = header;
  if (!(dims[0]! >= 1 && dims[0]! <= 7))
    throw refusalOf(file, 'dim[0]', `is ${dims[0]}; 1 to 7 dimensions are possible`);
  const size = (axis: number): number => (axis <= dims[0]! ? dims[axis]! : 1);
  const shape = boundedShape(file, 'dim', [size(1), size(2), size(3)], limits);
  const frames = size(4) * size(5) * size(6) * size(7);
  const chosen = chosenFrame(file, frames, frame);
  const type = ELEMENT_TYPES[header.datatypeCode];
  if (type === undefined) {
    throw refusalOf(
      file,
      'datatype',
      `${header.datatypeCode} is none of whole or floating point numbers of up to 64 bit`,
      {
        reason: 'UNSUPPORTED',
      },
    );
  }
  const count = shape[0] * shape[1] * shape[2];
  const offset = header.vox_offset + chosen * count * bytesPerElement(type);
  if (!Number.isInteger(offset) || header.vox_offset < 348) {
    throw refusalOf(file, 'vox_offset', `is ${header.vox_offset}; voxels start behind the header, at 352 or later`);
  }
  if (bytes.length < offset + count * bytesPerElement(type)) {
    throw refusalOf(
      file,
      'dim',
      `states ${count * frames} voxels of ${type}, but the file ends before the last of them`,
      { reason: 'SOURCE_INCOMPLETE' },
    );
  }
  const voxels = readNumbers(bytes, offset, count, type, header.littleEndian);
  scale(voxels, header.scl_slope, header.scl_inter);
  const { geometry, caveats } = placeOf(file, header, shape);
  return { volume: { ...geometry, voxels }, hasSpacing: true, caveats };
}

function headerOf(file: { readonly name: string }, bytes: Uint8Array): NIFTI1 | NIFTI2 {
  // Only the header: extensions that it may point to are not read.
  const { buffer } = new Uint8Array(bytes.subarray(0, 540));
  try {
    return readHeader(isNIFTI2(buffer) ? buffer : buffer.slice(0, 348));
  } catch (cause) {
    throw refusalOf(file, 'sizeof_hdr', 'or magic is not that of a NIfTI file in one part', { cause });
  }
}

/**
 * The bytes of a file, gzip around them removed.
 * @throws {DomainError} TOO_LARGE where it would inflate beyond the limits, SOURCE_INCOMPLETE where the gzip is damaged.
 */
export function inflated(file: NamedBytes, limits: ReadLimits): Uint8Array {
  const { bytes } = file;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestFileBytes(limits) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw refusalOf(file, 'gzip', `inflates to more than ${largestFileBytes(limits)} bytes`, {
        reason: 'TOO_LARGE',
        cause,
      });
    }
    throw refusalOf(file, 'gzip', 'is damaged', { reason: 'SOURCE_INCOMPLETE', cause });
  }
}

/** @throws {DomainError} INVALID_INPUT where there are several frames and none is named, or the named one is not there. */
export function chosenFrame(file: { readonly name: string }, frames: number, frame: number | undefined): number {
  if (!Number.isInteger(frames) || frames < 1)
    throw refusalOf(file, 'frames', `are ${frames}; there must be one or more`);
  if (frame === undefined && frames > 1) {
    throw refusalOf(file, 'frames', `are ${frames}: name one, as in "${file.name}#0"`);
  }
  if (frame !== undefined && !(Number.isInteger(frame) && frame >= 0 && frame < frames)) {
    throw refusalOf(file, 'frames', `are 0 to ${frames - 1}; there is none with the number ${frame}`);
  }
  return frame ?? 0;
}

/** A slope of 0 means that values are not scaled. */
function scale(voxels: Float32Array, slope: number, intercept: number): void {
  if (slope === 0 || !Number.isFinite(slope) || !Number.isFinite(intercept)) return;
  if (slope === 1 && intercept === 0) return;
  for (let i = 0; i < voxels.length; i++) voxels[i] = slope * voxels[i]! + intercept;
}

function placeOf(
  file: { readonly name: string },
  header: NIFTI1 | NIFTI2,
  shape: VolumeShape,
): { geometry: VolumeGeometry; caveats: readonly string[] } {
  const unit = MM_PER_UNIT[header.xyzt_units & 7];
  if (unit === undefined) throw refusalOf(file, 'xyzt_units', `${header.xyzt_units} is no unit of length`);
  const caveats = (header.xyzt_units & 7) === 0 ? [`${file.name} states no unit of length; mm are assumed.`] : [];
  const { field, rows } = affineOf(header);
  if (header.sform_code <= 0 && header.qform_code <= 0) {
    caveats.push(`${file.name} does not state where in the patient it lies; its axes are taken as stored.`);
  }
  // RAS+ to LPS: x and y change their sign.
  const lps = rows.map((row, index) => row.map((value) => (index < 2 ? -1 : 1) * unit * value + 0));
  // A picture with one row, column or slice may leave that step out.
  const steps = lps.flatMap((row) => row.slice(0, 3));
  return {
    geometry: geometryOfSteps(file, field, shape, steps, [lps[0]![3]!, lps[1]![3]!, lps[2]![3]!]),
    caveats,
  };
}

/** Index to RAS+, in the unit of the file: sform unless qform has the higher code, which says what the position refers to. */
function affineOf(header: NIFTI1 | NIFTI2): { field: string; rows: readonly (readonly number[])[] } {
  const [, dx = 0, dy = 0, dz = 0] = header.pixDims;
  const depth = dz > 0 || header.dims[0]! > 2 ? dz : dy;
  if (header.sform_code > 0 && header.sform_code >= header.qform_code)
    return { field: 'srow', rows: header.affine.slice(0, 3) };
  if (header.qform_code > 0) return { field: 'pixdim', rows: ofQuaternion(header, [dx, dy, depth]) };
  return {
    field: 'pixdim',
    rows: [
      [dx, 0, 0, 0],
      [0, dy, 0, 0],
      [0, 0, depth, 0],
    ],
  };
}

/** Method 2 of nifti1.h. */
function ofQuaternion(header: NIFTI1 | NIFTI2, sizes: readonly number[]): number[][] {
  const { quatern_b: b, quatern_c: c, quatern_d: d, qoffset_x, qoffset_y, qoffset_z } = header;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handed = header.pixDims[0] === -1 ? -1 : 1;
  const rotation = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
  ];
  const offsets = [qoffset_x, qoffset_y, qoffset_z];
  return rotation.map((row, index) => [
    row[0]! * sizes[0]!,
    row[1]! * sizes[1]!,
    handed * row[2]! * sizes[2]!,
    offsets[index]!,
  ]);
}
