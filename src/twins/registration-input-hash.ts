import { createHash } from 'node:crypto';
import type { RegistrationPlan } from './disease-definition.ts';
import type { ImageBody } from './timeline.ts';

/**
 * SHA-256 over all that a registration depends on: both images with their geometry, the plan, and the version of the
 * method. Equal hashes mean that the result on record still holds.
 */
export function registrationInputHash(
  fixed: ImageBody,
  moving: ImageBody,
  plan: RegistrationPlan,
  registrarVersion: string,
): string {
  const { stages, preprocessing, acceptance } = plan;
  return createHash('sha256')
    .update(
      JSON.stringify([
        registrarVersion,
        [fixed.voxelsSha256, canonicalGeometry(fixed)],
        [moving.voxelsSha256, canonicalGeometry(moving)],
        [stages, preprocessing.percentiles, acceptance.maskedSsim, acceptance.maskedSsimReview],
      ]),
    )
    .digest('hex');
}

/** In a fixed order: the store may give an object's members back in another one. */
const canonicalGeometry = ({ geometry: { shape, spacingMm, originMm, direction } }: ImageBody): unknown[] => [
  shape,
  spacingMm,
  originMm,
  direction,
];
