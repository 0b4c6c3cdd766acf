import type { DisplacementField } from '../../../twins/registration.ts';
import { voxelCount } from '../../../twins/volume.ts';
import { exponentiate, noDisplacements } from './axis-displacements.ts';

/** Voxels; the error of the first step is its square. */
const FIRST_STEP = 1 / 16;

/**
 * The flow of a stationary velocity field (LPS mm per unit of time) after unit time, by scaling and squaring (Arsigny et al.,
 * MICCAI 2006); the flow of the negative velocity is its inverse. In a single slice the flow stays in its plane.
 */
export function exponentialOf({ geometry, vectorsMm }: DisplacementField): DisplacementField {
  const { shape, spacingMm, direction } = geometry;
  const count = voxelCount(shape);
  const velocity = noDisplacements(shape);
  velocity.forEach((component, axis) => {
    for (let row = 0; row < 3; row++) {
      const part = direction[3 * row + axis]! / spacingMm[2 - axis]!;
      for (let i = 0; i < count; i++) {
        component[i]! += part * vectorsMm[row * count + i]!;
      }
    }
  });
  const flow = exponentiate(velocity, shape, noDisplacements(shape), FIRST_STEP);
  const out = new Float32Array(3 * count);
  flow.forEach((component, axis) => {
    for (let row = 0; row < 3; row++) {
      const part = direction[3 * row + axis]! * spacingMm[2 - axis]!;
      for (let i = 0; i < count; i++) {
        out[row * count + i]! += part * component[i]!;
      }
    }
  });
  return { geometry, vectorsMm: out };
}
