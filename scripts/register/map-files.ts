import { dimensionsOf } from '../../src/integrations/image-files/write-meta-image.ts';
import {
  writeElastixFieldTransform,
  writeElastixTransform,
} from '../../src/ml/registration/transform-files/elastix-parameters.ts';
import { writeFieldMetaImage } from '../../src/ml/registration/transform-files/field-meta-image.ts';
import { writeItkTransform } from '../../src/ml/registration/transform-files/itk-transform-text.ts';
import { chainOfMatrix, fieldOfChain } from '../../src/ml/registration/transform-files/transform-chain.ts';
import type { RegistrationResult } from '../../src/twins/registration.ts';
import type { VolumeGeometry } from '../../src/twins/volume.ts';

const FIELD = 'displacement.mha';

/**
 * The map of a result for other programs: a displacement field (SimpleITK, ITK), parameters for transformix, and where nothing
 * was deformed the matrix as ITK's text.
 */
export function mapFiles(
  { shape, spacingMm, originMm, direction }: VolumeGeometry,
  { field, transform }: Pick<RegistrationResult, 'field' | 'transform'>,
): ReadonlyMap<string, Uint8Array> {
  const grid: VolumeGeometry = { shape, spacingMm, originMm, direction };
  const dimension = dimensionsOf(grid);
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  if (field !== null) {
    const { name, text } = writeElastixFieldTransform(FIELD, grid, dimension);
    return new Map([
      [FIELD, writeFieldMetaImage(field, dimension)],
      [name, utf8(text)],
    ]);
  }
  const chain = chainOfMatrix(Float64Array.from(transform.matrix), dimension);
  return new Map([
    [FIELD, writeFieldMetaImage(fieldOfChain(chain, grid), dimension)],
    ['transform.tfm', utf8(writeItkTransform(chain))],
    ...writeElastixTransform(chain, grid).map(({ name, text }) => [name, utf8(text)] as const),
  ]);
}
