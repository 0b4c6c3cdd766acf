import { align } from '../../src/ml/registration/align.ts';
import type { Level } from '../../src/ml/registration/cost.ts';
import { demons } from '../../src/ml/registration/deformable/demons.ts';
import { freeFormDeformation } from '../../src/ml/registration/deformable/free-form-deformation.ts';
import { worldOfLocal } from '../../src/ml/registration/local-frame.ts';
import { fieldOfSplines } from '../../src/ml/registration/deformable/spline-deformation.ts';
import { prepareFixed } from '../../src/ml/registration/prepare-fixed.ts';
import { preparePair } from '../../src/ml/registration/prepare-pair.ts';
import { levelLike } from '../../src/ml/registration/pyramid.ts';
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
): Extract<Deformable, { method: 'ffd' }> => ({
  method: 'ffd',
  cost,
  gridSpacingMm,
  bendingWeight: 0.5,
  limits: NO_LIMITS,
});

/** Diffeomorphic demons on local cross-correlation. */
export const DEMONS: Deformable = {
  method: 'demons',
  force: 'local-cross-correlation',
  diffusionSigma: 1.5,
  limits: NO_LIMITS,
};

/** A pair of pyramids with its global alignment, LPS mm. */
export interface AlignedPair {
  readonly fixedLevels: readonly Level[];
  /** The level most like each of the fixed image's. */
  readonly movingLevels: readonly Level[];
  readonly transform: Matrix4;
}

/** Prepares a pair and aligns it globally. */
export function globalAlignment(fixed: Volume, moving: Volume, plan: RegistrationPlan): AlignedPair {
  const pair = preparePair({ fixed, moving, plan }, prepareFixed);
  if (typeof pair === 'string') throw new Error(pair);
  const { fixedLevels, frame } = pair;
  const found = align(fixedLevels, pair.movingLevels, frame, {
    cost: plan.cost,
    stages: plan.stages,
    isStart: plan.deformable !== null,
  });
  if (found === null) throw new Error('the images do not overlap');
  return {
    fixedLevels,
    movingLevels: fixedLevels.map((level) => levelLike(pair.movingLevels, level)),
    transform: worldOfLocal(frame, found.found.at(-1)!.transform),
  };
}

interface SearchOptions {
  /** Whether free-form deformation ends on the second finest level: less exact, and several times as fast. */
  readonly isHalfResolution?: boolean;
}

/** Finds the map as a registration does, without measuring what it achieved and without the gate, on this thread. */
export function registerHere(
  fixed: Volume,
  moving: Volume,
  plan: RegistrationPlan,
  { isHalfResolution = false }: SearchOptions = {},
): PeerMap {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const { fixedLevels, movingLevels, transform } = globalAlignment(fixed, moving, plan);
  const { deformable } = plan;
  const from = isHalfResolution ? 1 : 0;
  const [fixedOnes, movingOnes] = [fixedLevels.slice(from), movingLevels.slice(from)];
  let displacements: Float32Array;
  if (deformable?.method === 'ffd') {
    const { field, splines } = freeFormDeformation(fixedOnes, movingOnes, transform, deformable);
    // The finest level of a large image is coarser than the image.
    const isOnItsGrid = field.geometry.shape.join() === fixed.shape.join();
    displacements = (isOnItsGrid ? field : fieldOfSplines(splines!, fixed)).vectorsMm;
  } else if (deformable?.method === 'demons') {
    displacements = demons(fixedOnes, movingOnes, transform, deformable).field.vectorsMm;
  } else {
    displacements = displacementsOfMatrix(transform, fixed);
  }
  const used = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, processorMs: (used.user + used.system) / 1000, displacements };
}
