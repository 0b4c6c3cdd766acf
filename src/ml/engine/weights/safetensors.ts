import { ConfigurationError } from '../../../errors.ts';
import { sizeOf, type DType, type TypedArray } from '../graph.ts';
import { WIDTHS, widen, type StoredType } from './stored-types.ts';

export interface NamedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export interface SafetensorsFile {
  readonly arrays: ReadonlyMap<string, NamedArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** No weights file of a network has a longer header; a longer one is an attack on memory. */
const MAXIMUM_HEADER_BYTES = 16 * 2 ** 20;
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const MAXIMUM_RANK = 8;
const STORED: Readonly<Record<DType, StoredType>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

const refuse = (...problems: string[]): ConfigurationError =>
  new ConfigurationError('the safetensors file is not usable', problems);

/**
 * Writes arrays in the safetensors format (huggingface/safetensors, format description): the same arrays and metadata
 * give the same bytes, whatever their order.
 */
export function encodeSafetensors(
  arrays: ReadonlyMap<string, NamedArray>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const names = [...arrays.keys()].sort();
  // Wide elements first, so that every array is aligned.
  const ordered = names.toSorted((a, b) => WIDTHS[STORED[arrays.get(b)!.dtype]] - WIDTHS[STORED[arrays.get(a)!.dtype]]);
  const header: [string, unknown][] = [];
  if (metadata.size > 0)
    header.push(['__metadata__', Object.fromEntries([...metadata].sort(([a], [b]) => (a < b ? -1 : 1)))]);
  let at = 0;
  for (const name of ordered) {
    const { dtype, shape, data } = arrays.get(name)!;
    if (data.length !== sizeOf(shape))
      throw new RangeError(
        `array ${name} has ${data.length} elements, its shape [${shape.join()}] has ${sizeOf(shape)}`,
      );
    header.push([name, { dtype: STORED[dtype], shape, data_offsets: [at, at + data.byteLength] }]);
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + padded + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded).set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + padded;
  for (const name of ordered) {
    const { data } = arrays.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Nothing in it is trusted: sizes are checked before memory is taken, arrays must lie in the
 * file, without gaps or overlaps, and floats must be finite. 16-bit and 64-bit floats become 32-bit ones.
 * @throws {ConfigurationError} listing every problem found.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  if (bytes.length < LENGTH_BYTES) throw refuse(`expected at least ${LENGTH_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(MAXIMUM_HEADER_BYTES))
    throw refuse(`its header may have ${MAXIMUM_HEADER_BYTES} bytes at most, found ${declared}`);
  const start = LENGTH_BYTES + Number(declared);
  if (start > bytes.length)
    throw refuse(`its header should have ${declared} bytes, but the file ends after ${bytes.length - LENGTH_BYTES}`);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start));
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  const problems: string[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') readMetadata(value, metadata, problems);
    else readEntry(name, value, entries, problems);
  }
  checkLayout(entries, bytes.length - start, problems);
  if (problems.length > 0) throw refuse(...problems);
  const arrays = new Map<string, NamedArray>();
  for (const { name, type, shape, begin, end } of entries) {
    // A copy: the slice of a Buffer would share its memory, and be unaligned.
    const array = widen(type, new Uint8Array(bytes.subarray(start + begin, start + end)).buffer);
    if (array.dtype === 'float32' && !array.data.every(Number.isFinite))
      problems.push(`array ${name} has elements that are not finite`);
    arrays.set(name, { ...array, shape });
  }
  if (problems.length > 0) throw refuse(...problems);
  return { arrays, metadata };
}

interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function parseHeader(json: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw Object.assign(refuse('its header is not JSON'), { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw refuse('its header is not an object');
  return header;
}

function readMetadata(value: unknown, metadata: Map<string, string>, problems: string[]): void {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  for (const [key, text] of entries) {
    if (typeof text === 'string') metadata.set(key, text);
    else problems.push(`metadata ${key} is not text`);
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(name: string, value: unknown, entries: Entry[], problems: string[]): void {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== 'string' || !Object.hasOwn(WIDTHS, dtype)) {
    problems.push(
      `array ${name} should be one of ${Object.keys(WIDTHS).join(', ')}, found ${String(dtype).slice(0, 20)}`,
    );
    return;
  }
  if (
    !Array.isArray(shape) ||
    shape.length > MAXIMUM_RANK ||
    !shape.every(isCount) ||
    !Number.isSafeInteger(sizeOf(shape))
  ) {
    problems.push(`array ${name} has no valid shape`);
    return;
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    problems.push(`array ${name} has no valid offsets`);
    return;
  }
  const [begin, end] = offsets as [number, number];
  const type = dtype as StoredType;
  const expected = sizeOf(shape) * WIDTHS[type];
  if (end - begin !== expected) problems.push(`array ${name} should take ${expected} bytes, found ${end - begin}`);
  entries.push({ name, type, shape, begin, end });
}

/** The arrays must fill the rest of the file exactly. */
function checkLayout(entries: readonly Entry[], available: number, problems: string[]): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > available) problems.push(`array ${name} ends at byte ${end}, but the data has ${available}`);
    if (begin !== at) problems.push(`array ${name} begins at byte ${begin}, expected ${at}`);
    at = end;
  }
  if (at !== available && problems.length === 0) problems.push(`the data should have ${at} bytes, found ${available}`);
}
