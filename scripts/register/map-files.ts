import { dimensionsOf } from '../../src/integrations/image-files/write-meta-image.ts';
import {
  writeElastixFieldTransform,
  writeElastixTransform,
} from '../../src/ml/registration/transform-files/elastix-parameters.ts';
import { writeFieldMetaImage } from '../../src/ml/registration/transform-files/field-meta-image.ts';
import { writeItkTransform } from '../../src/ml/registration/transform-files/itk-transform-text.ts';
import {
  chainOfMatrix,
  chainOfSplines,
  fieldOfChain,
} from '../../src/ml/registration/transform-files/transform-chain.ts';
import type { RegistrationResult } from '../../src/twins/registration.ts';
import type { VolumeGeometry } from '../../src/twins/volume.ts';

const FIELD = 'displacement.mha';

/**
 * The map of a result for other programs: a displacement field (SimpleITK, ITK), parameters for transformix, whose last file
 * is the one to name, and ITK's text; of the last two the field alone where no matrix and splines describe the map.
 */
export function mapFiles(
  { shape, spacingMm, originMm, direction }: VolumeGeometry,
  { field, splines, transform }: Pick<RegistrationResult, 'field' | 'splines' | 'transform'>,
): ReadonlyMap<string, Uint8Array> {
  const grid: VolumeGeometry = { shape, spacingMm, originMm, direction };
  const dimension = dimensionsOf(grid);
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  if (field !== null && splines === null) {
    const { name, text } = writeElastixFieldTransform(FIELD, grid, dimension);
    return new Map([
      [FIELD, writeFieldMetaImage(field, dimension)],
      [name, utf8(text)],
    ]);
  }
  const chain =
    splines === null ? chainOfMatrix(Float64Array.from(transform.matrix), dimension) : chainOfSplines(splines);
  return new Map([
    [FIELD, writeFieldMetaImage(field ?? fieldOfChain(chain, grid), dimension)],
    ['transform.tfm', utf8(writeItkTransform(chain))],
    ...writeElastixTransform(chain, grid).map(({ name, text }) => [name, utf8(text)] as const),
  ]);
}
