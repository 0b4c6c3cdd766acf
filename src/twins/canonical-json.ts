import { createHash } from 'node:crypto';
import { FaultError } from '../errors.ts';

/**
 * JSON text that is the same for equal content in every process: members sorted by UTF-16 code unit, no white space,
 * members that are `undefined` left out, a `Date` as its ISO 8601 text, a number as the shortest text that reads back
 * to the same double (ECMA-262 Number::toString, as RFC 8785), `-0` kept apart from `0`. A typed array becomes
 * `{"$sha256": ...}` of its little-endian bytes, with its kind and length.
 * @throws {FaultError} for NaN, Infinity, or anything that is not data.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new FaultError(`${value} has no canonical JSON`);
    return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  }
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (value instanceof Float32Array || value instanceof Uint8Array) {
    const kind = value instanceof Float32Array ? 'float32' : 'uint8';
    return canonicalJson({ $sha256: sha256OfArray(value), kind, length: value.length });
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (isPlainObject(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new FaultError(`a ${typeof value} has no canonical JSON`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Lower-case hex SHA-256 of the canonical JSON of a value. */
export const sha256OfJson = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Lower-case hex SHA-256 of an array's bytes, float32 as little-endian: the name that a blob store gives it. */
export function sha256OfArray(array: Float32Array | Uint8Array): string {
  return createHash('sha256').update(littleEndianBytes(array)).digest('hex');
}

function littleEndianBytes(array: Float32Array | Uint8Array): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (isLittleEndian || array instanceof Uint8Array) return bytes;
  const swapped = new DataView(new ArrayBuffer(array.byteLength));
  array.forEach((value, index) => swapped.setFloat32(index * 4, value, true));
  return new Uint8Array(swapped.buffer);
}
