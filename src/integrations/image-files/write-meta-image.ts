import { bytesOfVoxels, type Volume, type VolumeGeometry } from '../../twins/volume.ts';

/** 2 where the grid is one slice of constant z, as a picture is, else 3. */
export const dimensionsOf = ({ shape, direction }: VolumeGeometry): 2 | 3 =>
  shape[0] === 1 && direction[6] === 0 && direction[7] === 0 && direction[8] === 1 ? 2 : 3;

/** A volume as a MetaImage (`.mha`) of float32, LPS mm; a picture as one of 2 dimensions. */
export function encodeMetaImage(volume: Volume): Uint8Array {
  const dimensions = dimensionsOf(volume);
  return Buffer.concat([headerOf(volume, dimensions), bytesOfVoxels(volume.voxels)]);
}

function headerOf(geometry: VolumeGeometry, dimensions: 2 | 3): Buffer {
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
    'ElementType = MET_FLOAT',
    'ElementDataFile = LOCAL',
  ];
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}
