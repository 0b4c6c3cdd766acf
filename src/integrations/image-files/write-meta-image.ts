import type { DisplacementField } from '../../twins/registration.ts';
import { bytesOfVoxels, voxelCount, type Volume, type VolumeGeometry } from '../../twins/volume.ts';

/** As a cosine: below it an axis lies in the plane of LPS x and y. */
const NEGLIGIBLE = 1e-6;

/** 2 where the grid is one slice in the plane of LPS x and y, as a picture is, else 3. */
export const dimensionsOf = ({ shape, direction }: VolumeGeometry): 2 | 3 =>
  shape[0] === 1 && Math.abs(direction[6]!) < NEGLIGIBLE && Math.abs(direction[7]!) < NEGLIGIBLE ? 2 : 3;

/** A volume as a MetaImage (`.mha`) of float32, LPS mm; a picture as one of 2 dimensions. */
export function encodeMetaImage(volume: Volume): Uint8Array {
  const dimensions = dimensionsOf(volume);
  return Buffer.concat([headerOf(volume, dimensions, 1), bytesOfVoxels(volume.voxels)]);
}

/** A displacement field as ITK reads it: the vectors of the fixed image's voxels in LPS mm, x before y before z. */
export function encodeDisplacementField({ geometry, vectorsMm }: DisplacementField): Uint8Array {
  const dimensions = dimensionsOf(geometry);
  const count = voxelCount(geometry.shape);
  const interleaved = new Float32Array(dimensions * count);
  for (let channel = 0; channel < dimensions; channel++) {
    for (let i = 0; i < count; i++) interleaved[i * dimensions + channel] = vectorsMm[channel * count + i]!;
  }
  return Buffer.concat([headerOf(geometry, dimensions, dimensions), bytesOfVoxels(interleaved)]);
}

function headerOf(geometry: VolumeGeometry, dimensions: 2 | 3, channels: number): Buffer {
  const { shape, spacingMm, originMm, direction } = geometry;
  const axes = [0, 1, 2].slice(0, dimensions);
  const listed = (values: readonly number[]): string => values.slice(0, dimensions).join(' ');
  const lines = [
    'ObjectType = Image',
    `NDims = ${dimensions}`,
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    'CompressedData = False',
    `TransformMatrix = ${axes.flatMap((axis) => axes.map((row) => direction[3 * row + axis]!)).join(' ')}`,
    `Offset = ${listed(originMm)}`,
    `ElementSpacing = ${listed([...spacingMm].reverse())}`,
    `DimSize = ${listed([...shape].reverse())}`,
    ...(channels === 1 ? [] : [`ElementNumberOfChannels = ${channels}`]),
    'ElementType = MET_FLOAT',
    'ElementDataFile = LOCAL',
  ];
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}
