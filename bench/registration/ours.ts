import { align } from '../../src/ml/registration/align.ts';
import { freeFormDeformation } from '../../src/ml/registration/deformable/free-form-deformation.ts';
import { worldOfLocal } from '../../src/ml/registration/local-frame.ts';
import { prepareFixed } from '../../src/ml/registration/prepare-fixed.ts';
import { preparePair } from '../../src/ml/registration/prepare-pair.ts';
import type { Matrix4 } from '../../src/ml/registration/transform.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { Volume } from '../../src/twins/volume.ts';
import { displacementsOfMatrix } from './map-error.ts';
import type { PeerMap } from './elastix.ts';

type Deformable = NonNullable<RegistrationPlan['deformable']>;
/** How far deformations may go is for the gate, which is not part of these runs. */
const NO_LIMITS = { minimumJacobian: 0, inverseConsistencyMm: 1000, evidence: 'not judged' };

/** A plan that aligns images of one contrast and then deforms them, or does not. */
export function planWith(deformable: Deformable | null): RegistrationPlan {
  return {
    stages: ['rigid', 'affine'],
    cost: 'squared-difference',
    deformable,
    preprocessing: { percentiles: [0.5, 99.5], compare: 'everything', matchHistogram: false, side: 'any' },
    acceptance: { measure: 'masked-ssim', judged: 'global', accepted: 0.75, review: 0.7, evidence: 'not judged' },
  };
}

/** B-splines with mutual information or local cross-correlation, by the distance of control points. */
export const freeForm = (
  cost: 'mutual-information' | 'local-cross-correlation',
  gridSpacingMm: number,
): Deformable => ({
  method: 'ffd',
  cost,
  gridSpacingMm,
  bendingWeight: 0.02,
  limits: NO_LIMITS,
});

/** Finds the map as a registration does, without measuring what it achieved and without the gate, on this thread. */
export function registerHere(fixed: Volume, moving: Volume, plan: RegistrationPlan): PeerMap {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const pair = preparePair({ fixed, moving, plan }, prepareFixed);
  if (typeof pair === 'string') throw new Error(pair);
  const { fixedLevels, movingLevels, frame } = pair;
  const found = align(fixedLevels, movingLevels, frame, { cost: plan.cost, stages: plan.stages });
  if (found === null) throw new Error('the images do not overlap');
  const global: Matrix4 = worldOfLocal(frame, found.found.at(-1)!.transform);
  const displacements =
    plan.deformable?.method === 'ffd'
      ? freeFormDeformation(fixedLevels, movingLevels, global, plan.deformable).field.vectorsMm
      : displacementsOfMatrix(global, fixed);
  const used = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, processorMs: (used.user + used.system) / 1000, displacements };
}
