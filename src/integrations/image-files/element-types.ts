import type { ReadLimits } from './image-file.ts';

/** How a number lies in a file. */
export type ElementType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';

const VIEWS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<ElementType, unknown>;

/** Bytes of one number. */
export const bytesPerElement = (type: ElementType): number => VIEWS[type].BYTES_PER_ELEMENT;

/** Most bytes that an image within the limits can take, with room for a header. */
export const largestFileBytes = ({ maximumVoxels }: ReadLimits): number => 8 * maximumVoxels + 2 ** 20;

/** Numbers as they lie in `bytes` from `offset` on, as float32. The bytes must be there. */
export function readNumbers(
  bytes: Uint8Array,
  offset: number,
  count: number,
  type: ElementType,
  isLittleEndian: boolean,
): Float32Array {
  const size = bytesPerElement(type);
  // A copy: numbers must start at a multiple of their size, and may have to be turned round.
  const raw = new Uint8Array(bytes.subarray(offset, offset + count * size));
  if (!isLittleEndian) reverseEach(raw, size);
  const view = new VIEWS[type](raw.buffer, 0, count);
  return view instanceof Float32Array ? view : Float32Array.from(view);
}

function reverseEach(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}
