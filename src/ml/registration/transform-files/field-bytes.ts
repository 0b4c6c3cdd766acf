import { DomainError, FaultError } from '../../../errors.ts';
import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount, type VolumeGeometry } from '../../../twins/volume.ts';

/** The byte order of numbers in files, and of the machines that this runs on. */
export function assertLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw new FaultError('this machine is big-endian; fields are written little-endian');
  }
}

/** Float32 numbers from bytes that need not be aligned; a copy, which `slice` of a Node buffer is not. */
export const floatsAt = (bytes: Uint8Array, offset: number, count: number): Float32Array =>
  new Float32Array(new Uint8Array(bytes.subarray(offset, offset + 4 * count)).buffer);

/**
 * A field of what a file states.
 * @throws {DomainError} INVALID_INPUT when its numbers are not those of a grid of at most 2^28 voxels, or vectors are missing.
 */
export function checkedField(geometry: VolumeGeometry, vectorsMm: Float32Array | null): DisplacementField {
  const { shape, spacingMm, originMm, direction } = geometry;
  const invalid = (what: string) =>
    new DomainError('INVALID_INPUT', `The displacement field ${what}.`, { field: 'displacementField' });
  assertFieldShape(shape);
  if (!spacingMm.every((spacing) => Number.isFinite(spacing) && spacing > 0)) {
    throw invalid('needs positive spacings');
  }
  if (![...originMm, ...direction].every(Number.isFinite) || originMm.length !== 3 || direction.length !== 9) {
    throw invalid('has an origin or a direction that is not one');
  }
  if (vectorsMm === null || vectorsMm.length !== 3 * voxelCount(shape)) {
    throw invalid('ends before its last vector');
  }
  return { geometry, vectorsMm };
}

/** @throws {DomainError} INVALID_INPUT when it is not the shape of a grid of at most 2^28 voxels. */
export function assertFieldShape(shape: readonly number[]): void {
  const isShape = shape.length === 3 && shape.every((length) => Number.isInteger(length) && length > 0);
  if (!isShape || shape.reduce((product, length) => product * length, 1) > 2 ** 28) {
    throw new DomainError('INVALID_INPUT', `The displacement field cannot have the shape ${shape.join('x')}.`, {
      field: 'displacementField',
    });
  }
}
