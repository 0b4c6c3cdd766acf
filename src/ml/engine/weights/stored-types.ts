import type { DType, TypedArray } from '../graph.ts';

/** Element types of safetensors that the engine reads, with their bytes. */
export const WIDTHS = { F64: 8, F32: 4, F16: 2, BF16: 2, I32: 4, BOOL: 1 } as const;
export type StoredType = keyof typeof WIDTHS;

/** Elements as the engine computes with them; `buffer` holds exactly the little-endian elements. */
export function widen(type: StoredType, buffer: ArrayBuffer): { readonly dtype: DType; readonly data: TypedArray } {
  switch (type) {
    case 'F32':
      return { dtype: 'float32', data: new Float32Array(buffer) };
    case 'I32':
      return { dtype: 'int32', data: new Int32Array(buffer) };
    case 'BOOL':
      return { dtype: 'bool', data: Uint8Array.from(new Uint8Array(buffer), (byte) => Number(byte !== 0)) };
    case 'F64':
      return { dtype: 'float32', data: Float32Array.from(new Float64Array(buffer)) };
    case 'F16':
      return { dtype: 'float32', data: Float32Array.from(new Uint16Array(buffer), halfToFloat) };
    case 'BF16':
      return {
        dtype: 'float32',
        data: new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
      };
  }
}

/** IEEE 754 binary16. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x80_00 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3_ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
