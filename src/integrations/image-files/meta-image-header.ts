import type { VolumeGeometry, VolumeShape } from '../../twins/volume.ts';
import type { ElementType } from './element-types.ts';
import { boundedShape, geometryOfSteps, refusalOf, type NamedBytes, type ReadLimits } from './image-file.ts';

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  MET_CHAR: 'int8',
  MET_UCHAR: 'uint8',
  MET_SHORT: 'int16',
  MET_USHORT: 'uint16',
  MET_INT: 'int32',
  MET_UINT: 'uint32',
  MET_FLOAT: 'float32',
  MET_DOUBLE: 'float64',
};
/** A header is a few hundred bytes; a file without its last field is no header. */
const LONGEST_HEADER = 65_536;

/** The header of a MetaImage (`.mha`, `.mhd`). */
export interface MetaImageHeader {
  readonly dimensions: 2 | 3;
  readonly geometry: VolumeGeometry;
  readonly hasSpacing: boolean;
  readonly channels: number;
  readonly type: ElementType;
  readonly isLittleEndian: boolean;
  readonly isCompressed: boolean;
  /** Where the numbers lie: here, or in another file. */
  readonly dataFile: string;
  /** Of the numbers, where they lie in the same file. */
  readonly dataOffset: number;
}

/** Whether a file that starts so is a MetaImage. */
export const isMetaImage = (start: Uint8Array): boolean =>
  /^(?:ObjectType|NDims|Comment)\s*=/.test(new TextDecoder('latin1').decode(start.subarray(0, 32)));

/**
 * Reads the header of a MetaImage, lines of `Key = value` up to `ElementDataFile`, of 2 or 3 dimensions. Positions are LPS mm.
 * @throws {DomainError} naming file and field: INVALID_INPUT, UNSUPPORTED or TOO_LARGE.
 */
export function readMetaImageHeader(file: NamedBytes, limits: ReadLimits): MetaImageHeader {
  const { fields, end } = fieldsOf(file);
  const axisCount = Number(fields.get('NDims'));
  if (axisCount !== 2 && axisCount !== 3) {
    throw refusalOf(file, 'NDims', `is ${fields.get('NDims')}; images of 2 and 3 dimensions are read`, {
      reason: 'UNSUPPORTED',
    });
  }
  const sizes = numbers('DimSize', axisCount)!;
  const shape = boundedShape(file, 'DimSize', [sizes[0]!, sizes[1]!, sizes[2] ?? 1], limits);
  const channels = Number(fields.get('ElementNumberOfChannels') ?? 1);
  if (!Number.isInteger(channels) || channels < 1 || channels > 3) {
    throw refusalOf(file, 'ElementNumberOfChannels', `is ${channels}; 1 to 3 are read`, { reason: 'UNSUPPORTED' });
  }
  const type = ELEMENT_TYPES[fields.get('ElementType')?.replace(/_ARRAY$/, '') ?? ''];
  if (type === undefined) {
    throw refusalOf(
      file,
      'ElementType',
      `"${fields.get('ElementType')}" is not read; known are ${Object.keys(ELEMENT_TYPES).join(', ')}`,
      {
        reason: 'UNSUPPORTED',
      },
    );
  }
  if (isTrue('BinaryData') === false) {
    throw refusalOf(file, 'BinaryData', 'is False; numbers in words are not read', { reason: 'UNSUPPORTED' });
  }
  const spacing = numbers('ElementSpacing', axisCount) ?? numbers('ElementSize', axisCount);
  return {
    dimensions: axisCount,
    geometry: placeOf(shape, spacing ?? Array.from({ length: axisCount }, () => 1)),
    hasSpacing: spacing !== null,
    channels,
    type,
    isLittleEndian: !(isTrue('BinaryDataByteOrderMSB') ?? isTrue('ElementByteOrderMSB') ?? false),
    isCompressed: isTrue('CompressedData') ?? false,
    dataFile: fields.get('ElementDataFile')!,
    dataOffset: end,
  };

  function isTrue(key: string): boolean | null {
    const value = fields.get(key);
    return value === undefined ? null : /^(?:true|1)$/i.test(value);
  }

  /** Null where the field is absent. */
  function numbers(key: string, count: number): number[] | null {
    const text = fields.get(key);
    if (text === undefined && key !== 'DimSize') return null;
    const values = (text ?? '').split(/\s+/).map(Number);
    if (text === undefined || values.length !== count || !values.every(Number.isFinite)) {
      throw refusalOf(file, key, `is "${text ?? 'missing'}"; ${count} finite numbers are needed`);
    }
    return values;
  }

  function placeOf(shape: VolumeShape, spacing: readonly number[]): VolumeGeometry {
    const firstOf = (keys: readonly string[], count: number) =>
      keys.reduce<number[] | null>((found, key) => found ?? numbers(key, count), null);
    const origin = firstOf(['Offset', 'Position', 'Origin'], axisCount) ?? [];
    // The direction of each axis in turn: our columns are its rows.
    const axes = firstOf(['TransformMatrix', 'Rotation', 'Orientation'], axisCount * axisCount);
    const steps = [0, 1, 2].flatMap((row) =>
      [0, 1, 2].map((axis) => {
        const along =
          axes === null || row >= axisCount || axis >= axisCount ? Number(row === axis) : axes[axis * axisCount + row]!;
        // A slice without thickness is as thick as its rows are apart.
        return along * (spacing[axis] ?? spacing[1]!);
      }),
    );
    if (spacing.some((step) => !(step > 0))) {
      throw refusalOf(file, 'ElementSpacing', `is ${spacing.join(' ')}; every axis needs a step above 0 mm`);
    }
    const originMm = [origin[0] ?? 0, origin[1] ?? 0, origin[2] ?? 0] as const;
    return geometryOfSteps(file, 'TransformMatrix', shape, steps, originMm);
  }
}

function fieldsOf(file: NamedBytes): { fields: ReadonlyMap<string, string>; end: number } {
  const text = new TextDecoder('latin1').decode(file.bytes.subarray(0, LONGEST_HEADER));
  const fields = new Map<string, string>();
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const line = text.slice(start, newline === -1 ? undefined : newline);
    const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    start = newline === -1 ? text.length : newline + 1;
    if (key === undefined || value === undefined) continue;
    fields.set(key, value);
    if (key === 'ElementDataFile') return { fields, end: start };
  }
  throw refusalOf(file, 'ElementDataFile', 'is missing: the header does not end');
}
