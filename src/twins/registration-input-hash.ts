import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { RegistrationPlan } from './registration-plan.ts';
import { presentationOf } from './image-presentation.ts';
import type { ImageBody } from './timeline.ts';

/**
 * SHA-256 over all that a registration depends on: both images with their geometry and presentation, the plan, and the
 * version of the method. Equal hashes mean that the result on record still holds.
 */
export function registrationInputHash(
  fixed: ImageBody,
  moving: ImageBody,
  plan: RegistrationPlan,
  registrarVersion: string,
): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        registrarVersion,
        [fixed.voxelsSha256, canonicalGeometry(fixed), canonicalJson(presentationOf(fixed))],
        [moving.voxelsSha256, canonicalGeometry(moving), canonicalJson(presentationOf(moving))],
        canonicalJson(plan),
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
