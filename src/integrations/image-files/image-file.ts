import { DomainError, type RefusalReason } from '../../errors.ts';
import { voxelCount, type Volume, type VolumeGeometry, type VolumeShape } from '../../twins/volume.ts';

/** The image of a file. */
export interface ImageFile {
  readonly volume: Volume;
  /** False where the file states no distance between pixels; the spacing is 1 then and means pixels. */
  readonly hasSpacing: boolean;
  /** What a reader of results should know, in sentences. */
  readonly caveats: readonly string[];
}

export interface ReadLimits {
  /** Of the image, before anything is allocated for it. */
  readonly maximumVoxels: number;
}
/** 1 GiB of float32. */
export const DEFAULT_READ_LIMITS: ReadLimits = { maximumVoxels: 2 ** 28 };

/** A file by its name without folders, which may say where it lies. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A refusal that names the file and the field of its header. */
export const refusalOf = (
  { name }: { readonly name: string },
  field: string,
  what: string,
  options: { readonly reason?: RefusalReason; readonly cause?: unknown } = {},
): DomainError =>
  new DomainError(options.reason ?? 'INVALID_INPUT', `${name}: ${field} ${what}.`, { field, cause: options.cause });

/**
 * The shape of an image of the stated sizes.
 * @throws {DomainError} INVALID_INPUT where a size is no whole number above 0, TOO_LARGE above the limit.
 */
export function boundedShape(
  file: { readonly name: string },
  field: string,
  [width, height, depth]: readonly [width: number, height: number, depth: number],
  { maximumVoxels }: ReadLimits,
): VolumeShape {
  const shape = [depth, height, width] as const;
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw refusalOf(file, field, `states a size of ${width} x ${height} x ${depth}; every size must be 1 or more`);
  }
  if (voxelCount(shape) > maximumVoxels) {
    throw refusalOf(
      file,
      field,
      `states ${width} x ${height} x ${depth} voxels; ${maximumVoxels} are the most that is read`,
      { reason: 'TOO_LARGE' },
    );
  }
  return shape;
}

/** Of a picture that does not say where it lies: LPS x along columns, y along rows. */
export const pixelGeometry = (shape: VolumeShape): VolumeGeometry => ({
  shape,
  spacingMm: [1, 1, 1],
  originMm: [0, 0, 0],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
});

/** A right angle may be off by this, as a cosine, before a grid counts as sheared. */
const LARGEST_SHEAR = 0.01;

/**
 * The grid whose index (x, y, z) lies at `steps * index + origin`, LPS mm; `steps` is 3x3 row-major.
 * @throws {DomainError} INVALID_INPUT where a step has no length or is not finite, UNSUPPORTED where axes are not at right angles.
 */
export function geometryOfSteps(
  file: { readonly name: string },
  field: string,
  shape: VolumeShape,
  steps: readonly number[],
  originMm: VolumeGeometry['originMm'],
): VolumeGeometry {
  const lengths = [0, 1, 2].map((column) => Math.hypot(steps[column]!, steps[3 + column]!, steps[6 + column]!));
  if (![...steps, ...originMm].every(Number.isFinite) || lengths.some((length) => !(length > 0))) {
    throw refusalOf(file, field, 'gives no distance between voxels; every axis needs a finite step above 0');
  }
  const direction = steps.map((step, index) => step / lengths[index % 3]!);
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const cosine = [0, 3, 6].reduce((sum, row) => sum + direction[row + a]! * direction[row + b]!, 0);
    if (Math.abs(cosine) > LARGEST_SHEAR) {
      throw refusalOf(file, field, 'describes a sheared grid; resample the image to axes at right angles', {
        reason: 'UNSUPPORTED',
      });
    }
  }
  return { shape, spacingMm: [lengths[2]!, lengths[1]!, lengths[0]!], originMm, direction };
}
