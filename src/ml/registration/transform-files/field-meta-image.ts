import { DomainError } from '../../../errors.ts';
import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';
import { assertFieldShape, assertLittleEndian, checkedField, floatsAt } from './field-bytes.ts';

const MOST_HEADER_BYTES = 65_536;

/**
 * A field as MetaImage (`.mha`) of float32 vectors in LPS mm, which SimpleITK makes a DisplacementFieldTransform of and
 * elastix a DeformationFieldTransform. In two dimensions the z of a slice is left out.
 */
export function writeFieldMetaImage({ geometry, vectorsMm }: DisplacementField, dimension: 2 | 3): Uint8Array {
  assertLittleEndian();
  const { shape, spacingMm, originMm, direction } = geometry;
  const long = dimension === 2 ? [0, 1] : [0, 1, 2];
  if (dimension === 2 && shape[0] !== 1) {
    throw new DomainError('UNSUPPORTED', 'A field of two dimensions needs a single slice.', { field: 'dimension' });
  }
  const count = voxelCount(shape);
  const header = [
    'ObjectType = Image',
    `NDims = ${dimension}`,
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    'CompressedData = False',
    // Direction by direction, each with its LPS components.
    `TransformMatrix = ${long.flatMap((axis) => long.map((row) => direction[3 * row + axis]!)).join(' ')}`,
    `Offset = ${long.map((row) => originMm[row]!).join(' ')}`,
    `CenterOfRotation = ${long.map(() => 0).join(' ')}`,
    `ElementSpacing = ${long.map((axis) => spacingMm[2 - axis]!).join(' ')}`,
    `DimSize = ${long.map((axis) => shape[2 - axis]!).join(' ')}`,
    `ElementNumberOfChannels = ${dimension}`,
    'ElementType = MET_FLOAT',
    'ElementDataFile = LOCAL',
  ];
  const head = new TextEncoder().encode(`${header.join('\n')}\n`);
  const values = new Float32Array(dimension * count);
  for (let component = 0; component < dimension; component++) {
    for (let i = 0; i < count; i++) {
      values[dimension * i + component] = vectorsMm[component * count + i]!;
    }
  }
  const out = new Uint8Array(head.length + values.byteLength);
  out.set(head);
  out.set(new Uint8Array(values.buffer), head.length);
  return out;
}

/**
 * Reads a field of float32 or float64 vectors, uncompressed, of two or three dimensions. One of two is a slice at z = 0.
 * @throws {DomainError} INVALID_INPUT or UNSUPPORTED with what is wrong.
 */
export function readFieldMetaImage(bytes: Uint8Array): DisplacementField {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, MOST_HEADER_BYTES));
  const end = /^ElementDataFile\s*=\s*(.*)\n/m.exec(text);
  if (end === null) {
    throw new DomainError('INVALID_INPUT', 'The file is not a MetaImage: ElementDataFile is missing.', {
      field: 'ElementDataFile',
    });
  }
  const fields = new Map(
    Array.from(text.slice(0, end.index).matchAll(/^(\w+)\s*=\s*(.*?)\s*$/gm), ([, key, value]) => [key!, value!]),
  );
  const numbers = (key: string): readonly number[] => (fields.get(key) ?? '').split(/\s+/).map(Number);
  const dimension = numbers('NDims')[0];
  const isDouble = fields.get('ElementType') === 'MET_DOUBLE';
  const isBinary = fields.get('BinaryData') !== 'False' && fields.get('BinaryDataByteOrderMSB') !== 'True';
  if (
    (dimension !== 2 && dimension !== 3) ||
    numbers('ElementNumberOfChannels')[0] !== dimension ||
    !(isDouble || fields.get('ElementType') === 'MET_FLOAT') ||
    fields.get('CompressedData') === 'True' ||
    !isBinary ||
    end[1]!.trim() !== 'LOCAL'
  ) {
    throw new DomainError(
      'UNSUPPORTED',
      'Only fields of 2-D or 3-D little-endian float or double vectors, uncompressed and in the file itself, can be read.',
      { field: 'ElementType' },
    );
  }
  const flat = dimension === 2;
  const sizes = numbers('DimSize');
  const shape = [flat ? 1 : sizes[2]!, sizes[1]!, sizes[0]!] as const;
  assertFieldShape(shape);
  const spacing = numbers('ElementSpacing');
  const matrix = numbers('TransformMatrix');
  const offset = numbers('Offset');
  const direction = flat
    ? [matrix[0]!, matrix[2]!, 0, matrix[1]!, matrix[3]!, 0, 0, 0, 1]
    : [0, 1, 2].flatMap((row) => [0, 1, 2].map((axis) => matrix[3 * axis + row]!));
  const count = voxelCount(shape);
  const start = end.index + end[0].length;
  const size = dimension * count;
  const isWhole = bytes.length >= start + size * (isDouble ? 8 : 4);
  let vectorsMm: Float32Array | null = null;
  if (isWhole) {
    const values = isDouble
      ? new Float64Array(new Uint8Array(bytes.subarray(start, start + 8 * size)).buffer)
      : floatsAt(bytes, start, size);
    vectorsMm = new Float32Array(3 * count);
    for (let component = 0; component < dimension; component++) {
      for (let i = 0; i < count; i++) {
        vectorsMm[component * count + i] = values[dimension * i + component]!;
      }
    }
  }
  return checkedField(
    {
      shape,
      spacingMm: [flat ? 1 : spacing[2]!, spacing[1]!, spacing[0]!],
      originMm: [offset[0]!, offset[1]!, flat ? 0 : offset[2]!],
      direction,
    },
    vectorsMm,
  );
}
