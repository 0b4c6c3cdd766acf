import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Volume } from '../../src/twins/volume.ts';

const READERS: Record<number, { readonly size: number; readonly read: (b: Buffer, at: number) => number }> = {
  2: { size: 1, read: (b, at) => b.readUInt8(at) },
  4: { size: 2, read: (b, at) => b.readInt16LE(at) },
  8: { size: 4, read: (b, at) => b.readInt32LE(at) },
  16: { size: 4, read: (b, at) => b.readFloatLE(at) },
  512: { size: 2, read: (b, at) => b.readUInt16LE(at) },
};

/** Reads a little-endian, gzipped NIfTI-1 volume with an sform; RAS becomes LPS. */
export function readNifti(path: string): Volume {
  const bytes = gunzipSync(readFileSync(path));
  const width = bytes.readInt16LE(42);
  const height = bytes.readInt16LE(44);
  const depth = Math.max(1, bytes.readInt16LE(46));
  const reader = READERS[bytes.readInt16LE(70)];
  if (bytes.readInt32LE(0) !== 348 || reader === undefined || bytes.readInt16LE(254) <= 0) {
    throw new Error(`${path} is not a NIfTI-1 file that this reader knows`);
  }
  const offset = bytes.readFloatLE(108);
  const slope = bytes.readFloatLE(112) || 1;
  const intercept = bytes.readFloatLE(116);
  const voxels = new Float32Array(width * height * depth);
  for (let i = 0; i < voxels.length; i++) {
    voxels[i] = slope * reader.read(bytes, offset + i * reader.size) + intercept;
  }
  const affine = Array.from({ length: 12 }, (_, k) => (k < 8 ? -1 : 1) * bytes.readFloatLE(280 + 4 * k));
  const spacing = [0, 1, 2].map((c) => Math.hypot(affine[c]!, affine[4 + c]!, affine[8 + c]!));
  return {
    voxels,
    shape: [depth, height, width],
    spacingMm: [spacing[2]!, spacing[1]!, spacing[0]!],
    originMm: [affine[3]!, affine[7]!, affine[11]!],
    direction: [0, 1, 2].flatMap((row) => [0, 1, 2].map((c) => affine[4 * row + c]! / spacing[c]!)),
  };
}
