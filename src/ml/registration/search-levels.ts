import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { VolumeGeometry } from '../../twins/volume.ts';
import type { CostFunction, Evaluation, Guess, Level } from './cost.ts';
import { crossCorrelation } from './cross-correlation-cost.ts';
import { displacementOn } from './displacement.ts';
import { levenbergMarquardt, type Optimum, type SearchLimits } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import type { MotionModel } from './motion-model.ts';
import { mutualInformationCost } from './mutual-information-cost.ts';
import { levelLike, levelNoCoarser } from './pyramid.ts';
import { squaredDifference } from './squared-difference.ts';
import type { Matrix4 } from './transform.ts';

/** A step below this share of a voxel of its level changes nothing that could be measured. */
const NEGLIGIBLE_STEP = 0.01;
/** With fewer voxels a level is too thin for the joint histogram of mutual information, and for tenths of its voxels. */
const ENOUGH_VOXELS = 2 ** 14;

/**
 * With fewer voxels of a volume mutual information takes how two contrasts blur at their edges for a change of size: on levels
 * of 2^15 and 2^16 voxels FLAIR and T1 of one session were stretched by 2 to 4 % against each other.
 */
const ENOUGH_OF_TWO_CONTRASTS = 2 ** 17;

/** The cost on one level, and the step that is too small for it. */
export interface CostOfLevel {
  readonly grid: VolumeGeometry;
  readonly cost: (guess: Guess) => Evaluation;
  readonly isNegligible: (from: Matrix4, to: Matrix4) => boolean;
}

/** The costs that a plan may name. */
const COSTS = {
  'squared-difference': squaredDifference,
  'cross-correlation': crossCorrelation,
  'mutual-information': mutualInformationCost,
} as const satisfies Record<RegistrationPlan['cost'], CostFunction>;

/** The coarsest level that still tells tenths of a voxel of the finest one. */
export const roughLevel = (levels: readonly Level[]): number =>
  Math.max(
    0,
    levels.findLastIndex(({ voxels }) => voxels.length >= ENOUGH_VOXELS),
  );

/** The levels that a transform is searched on where it is the result, finest first. */
export function searchedLevels(levels: readonly Level[], cost: RegistrationPlan['cost']): readonly Level[] {
  const [, second] = levels;
  const enough = levels[0]!.shape[0] === 1 ? ENOUGH_VOXELS : ENOUGH_OF_TWO_CONTRASTS;
  const isThin = cost === 'mutual-information' && second !== undefined && second.voxels.length < enough;
  return second === undefined || isThin ? levels : levels.slice(1);
}

/** The cost on each of some levels of the fixed image, finest last. */
export function costsOfLevels(
  levels: readonly Level[],
  movingLevels: readonly Level[],
  frame: LocalFrame,
  cost: RegistrationPlan['cost'],
): readonly CostOfLevel[] {
  return levels.toReversed().map((level) => {
    const displacement = displacementOn(level, frame);
    // What is coarser than its counterpart blurs edges, which between two contrasts looks like another size in the end.
    const counterpart = cost === 'mutual-information' && level === levels[0] ? levelNoCoarser : levelLike;
    return {
      grid: level,
      cost: COSTS[cost](level, counterpart(movingLevels, level), frame),
      isNegligible: (from, to) => displacement(from, to) < NEGLIGIBLE_STEP,
    };
  });
}

/** Follows a start from level to level, with a model. */
export function throughLevels(
  levels: readonly CostOfLevel[],
  model: MotionModel,
  start: Guess | Optimum,
  limits: SearchLimits,
): Optimum {
  const [first, ...finer] = levels;
  const search = (from: Guess | Optimum, { cost, isNegligible }: CostOfLevel): Optimum =>
    levenbergMarquardt(cost, model, from, { ...limits, isNegligible });
  return finer.reduce(search, search(start, first!));
}
