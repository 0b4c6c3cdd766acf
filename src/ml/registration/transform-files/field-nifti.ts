import { gunzipSync } from 'node:zlib';
import { DomainError } from '../../../errors.ts';
import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';
import { indexToWorld } from '../transform.ts';
import { assertFieldShape, assertLittleEndian, checkedField, floatsAt } from './field-bytes.ts';

const HEADER_BYTES = 348;
const DATA_OFFSET = 352;
const FLOAT32 = 16;
/** What ITK and ANTs write: vectors along the fifth axis, whose components ITK leaves as they are, LPS. */
const INTENT_VECTOR = 1007;
const SCANNER_SPACE = 1;
const MILLIMETRES = 2;
const MOST_BYTES = 2 ** 32;

/** NIfTI's world is RAS: x and y of LPS change their signs. */
const RAS_OF_LPS = [-1, -1, 1] as const;

/**
 * A field as NIfTI-1 (`.nii`) as ITK and ANTs write one: float32 vectors along the fifth axis, their components in LPS mm,
 * the grid in the RAS coordinates of the format.
 */
export function writeFieldNifti({ geometry, vectorsMm }: DisplacementField): Uint8Array {
  assertLittleEndian();
  const { shape, spacingMm } = geometry;
  const out = new Uint8Array(DATA_OFFSET + vectorsMm.byteLength);
  const header = new DataView(out.buffer);
  header.setInt32(0, HEADER_BYTES, true);
  [5, shape[2], shape[1], shape[0], 1, 3, 1, 1].forEach((length, k) => header.setInt16(40 + 2 * k, length, true));
  header.setInt16(68, INTENT_VECTOR, true);
  header.setInt16(70, FLOAT32, true);
  header.setInt16(72, 32, true);
  const m = indexToWorld(geometry);
  const q = quaternionOf(geometry.direction);
  [q.handedness, spacingMm[2], spacingMm[1], spacingMm[0], 1, 1, 1, 1].forEach((step, k) =>
    header.setFloat32(76 + 4 * k, step, true),
  );
  header.setFloat32(108, DATA_OFFSET, true);
  header.setFloat32(112, 1, true);
  header.setUint8(123, MILLIMETRES);
  header.setInt16(252, SCANNER_SPACE, true);
  header.setInt16(254, SCANNER_SPACE, true);
  [...q.vector, ...RAS_OF_LPS.map((sign, row) => sign * m[4 * row + 3]!)].forEach((value, k) =>
    header.setFloat32(256 + 4 * k, value, true),
  );
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      header.setFloat32(280 + 16 * row + 4 * column, RAS_OF_LPS[row]! * m[4 * row + column]!, true);
    }
  }
  out.set([0x6e, 0x2b, 0x31, 0], 344);
  out.set(new Uint8Array(vectorsMm.buffer, vectorsMm.byteOffset, vectorsMm.byteLength), DATA_OFFSET);
  return out;
}

/**
 * Reads what {@link writeFieldNifti} writes and the like, also gzipped; the grid comes from the sform.
 * @throws {DomainError} INVALID_INPUT or UNSUPPORTED with what is wrong.
 */
export function readFieldNifti(file: Uint8Array): DisplacementField {
  const bytes = file[0] === 0x1f && file[1] === 0x8b ? unzipped(file) : file;
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < DATA_OFFSET || header.getInt32(0, true) !== HEADER_BYTES) {
    throw new DomainError('INVALID_INPUT', 'The file is not a little-endian NIfTI-1 image.', { field: 'sizeof_hdr' });
  }
  const dim = Array.from({ length: 8 }, (_, k) => header.getInt16(40 + 2 * k, true));
  if (dim[0] !== 5 || dim[4] !== 1 || dim[5] !== 3 || header.getInt16(70, true) !== FLOAT32) {
    throw new DomainError('UNSUPPORTED', 'Only fields of three float32 components along the fifth axis can be read.', {
      field: 'dim',
    });
  }
  if (header.getInt16(254, true) <= 0) {
    throw new DomainError('UNSUPPORTED', 'The field does not say where it lies: its sform is not set.', {
      field: 'sform_code',
    });
  }
  const shape = [dim[3]!, dim[2]!, dim[1]!] as const;
  assertFieldShape(shape);
  const row = (k: number) =>
    [0, 1, 2, 3].map((column) => RAS_OF_LPS[k]! * header.getFloat32(280 + 16 * k + 4 * column, true));
  const rows = [row(0), row(1), row(2)];
  const steps = [0, 1, 2].map((column) => Math.hypot(rows[0]![column]!, rows[1]![column]!, rows[2]![column]!));
  const start = header.getFloat32(108, true);
  const count = 3 * voxelCount(shape);
  return checkedField(
    {
      shape,
      spacingMm: [steps[2]!, steps[1]!, steps[0]!],
      originMm: [rows[0]![3]!, rows[1]![3]!, rows[2]![3]!],
      direction: rows.flatMap((values) => [0, 1, 2].map((column) => values[column]! / steps[column]!)),
    },
    start >= DATA_OFFSET && bytes.length >= start + 4 * count ? floatsAt(bytes, start, count) : null,
  );
}

function unzipped(file: Uint8Array): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new DomainError('INVALID_INPUT', 'The file cannot be unzipped.', { field: 'displacementField', cause });
  }
}

/** The qform of LPS directions: the imaginary part of the quaternion, and -1 where the axes are left-handed. */
function quaternionOf(direction: readonly number[]): {
  readonly vector: readonly [number, number, number];
  readonly handedness: 1 | -1;
} {
  const r = direction.map((value, k) => RAS_OF_LPS[Math.floor(k / 3)]! * value);
  const determinant =
    r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) -
    r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) +
    r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!);
  const handedness = determinant < 0 ? -1 : 1;
  const [c, f, i] = [handedness * r[2]!, handedness * r[5]!, handedness * r[8]!];
  // Of the four equal expressions the one with the largest divisor is exact.
  const squares = [1 + r[0]! + r[4]! + i, 1 + r[0]! - r[4]! - i, 1 - r[0]! + r[4]! - i, 1 - r[0]! - r[4]! + i];
  const largest = squares.indexOf(Math.max(...squares));
  const s = 2 * Math.sqrt(squares[largest]!);
  const [w, x, y, z] = [
    [s / 4, (r[7]! - f) / s, (c - r[6]!) / s, (r[3]! - r[1]!) / s],
    [(r[7]! - f) / s, s / 4, (r[1]! + r[3]!) / s, (c + r[6]!) / s],
    [(c - r[6]!) / s, (r[1]! + r[3]!) / s, s / 4, (f + r[7]!) / s],
    [(r[3]! - r[1]!) / s, (c + r[6]!) / s, (f + r[7]!) / s, s / 4],
  ][largest] as [number, number, number, number];
  const sign = w < 0 ? -1 : 1;
  return { vector: [sign * x, sign * y, sign * z], handedness };
}
