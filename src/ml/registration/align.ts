import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { CostFunction, Evaluation, Guess, Level } from './cost.ts';
import { crossCorrelation } from './cross-correlation-cost.ts';
import { displacementOn } from './displacement.ts';
import { initialAlignments } from './initial-alignments.ts';
import { levenbergMarquardt, type Optimum, type SearchLimits } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import { MOTION_MODELS, type MotionModel } from './motion-model.ts';
import { mutualInformationCost } from './mutual-information-cost.ts';
import { levelLike } from './pyramid.ts';
import { squaredDifference } from './squared-difference.ts';
import type { Matrix4 } from './transform.ts';

const START = { iterations: 8, tolerance: 1e-3 };
const SEARCH = {
  rigid: { iterations: 20, tolerance: 1e-4 },
  similarity: { iterations: 20, tolerance: 1e-4 },
  affine: { iterations: 40, tolerance: 1e-4 },
} as const;
const ROUGH = { iterations: 10, tolerance: 1e-4 };
/** What follows rigid, in order. */
const FREER = ['similarity', 'affine'] as const;
/** A step below this share of a voxel of its level changes nothing that could be measured. */
const NEGLIGIBLE_STEP = 0.01;
/** Two starts that end this close together, in voxels of the coarsest level, and at this correlation have found the place. */
const AGREEMENT = 0.25;
const CONVINCING = 0.95;
/** Below this correlation the affine search may have followed a wrong start, and others get their chance. */
const DOUBTFUL = 0.9;
const SECOND_CHANCES = 3;

/** The costs that a plan may name. */
const COSTS = {
  'squared-difference': squaredDifference,
  'cross-correlation': crossCorrelation,
  'mutual-information': mutualInformationCost,
} as const satisfies Record<RegistrationPlan['cost'], CostFunction>;

export type GlobalMethod = RegistrationPlan['stages'][number];

/** Transforms of the local frame. */
interface Alignments {
  /** The best of each stage, `rigid` always among them, from the least to the most free. */
  readonly found: readonly { readonly method: GlobalMethod; readonly transform: Matrix4 }[];
  /** Agreement of the rigidly aligned images on the coarsest level, -1..1. */
  readonly coarseCorrelation: number;
}

export interface AlignOptions {
  readonly cost: RegistrationPlan['cost'];
  readonly stages: RegistrationPlan['stages'];
  /** Left and right are exchanged on the way. */
  readonly mirrored?: boolean;
  /** Null is given where the correlation on the coarsest level is less. */
  readonly leastCoarseCorrelation?: number;
  /** Whether a deformation follows, which needs no more than a place to start from: finer levels tell it nothing. */
  readonly isStart?: boolean;
  readonly onStage?: (stage: GlobalMethod) => void;
}

/** With fewer voxels a level is too thin for the joint histogram of mutual information, and for tenths of its voxels. */
const ENOUGH_VOXELS = 2 ** 14;

/** The cost on one level, and the step that is too small for it. */
interface CostOfLevel {
  readonly cost: (guess: Guess) => Evaluation;
  readonly isNegligible: (from: Matrix4, to: Matrix4) => boolean;
}

/**
 * Aligns from coarse to fine: initial alignments are tried at the coarsest level, until two of them agree on a convincing
 * place; the one with the highest correlation is followed through the levels, and freed to similarity and affine, as far
 * as these are asked for, at the last. The last is the second finest level, where there are two: at half the resolution,
 * noise is averaged out and nothing measurable is lost; mutual information goes on to the finest where the second is small,
 * and a start stays on a coarser one. Where this ends in a poor correlation, as it does when the images
 * differ in scale, the best starts are freed at the coarsest level already. Null when no start overlaps.
 */
export function align(
  fixedLevels: readonly Level[],
  movingLevels: readonly Level[],
  frame: LocalFrame,
  { cost, stages, mirrored = false, leastCoarseCorrelation = -Infinity, isStart = false, onStage }: AlignOptions,
): Alignments | null {
  const used = isStart ? fixedLevels.slice(roughLevel(fixedLevels)) : searchedLevels(fixedLevels, cost);
  const levels = costsOfLevels(used, movingLevels, frame, cost);
  const coarsest = fixedLevels.at(-1)!;
  const rigid = MOTION_MODELS.rigid(frame.flat);
  onStage?.('rigid');
  const starts = triedStarts(
    initialAlignments(coarsest, levelLike(movingLevels, coarsest), frame, mirrored),
    (transform) => levenbergMarquardt(levels[0]!.cost, rigid, { transform, gain: 1, offset: 0 }, START),
    displacementOn(coarsest, frame),
  );
  if (starts.length === 0 || starts[0]!.correlation < leastCoarseCorrelation) {
    return null;
  }
  let best = throughLevels(levels, rigid, starts[0]!, SEARCH.rigid);
  const found: { method: GlobalMethod; transform: Matrix4 }[] = [{ method: 'rigid', transform: best.transform }];
  for (const method of FREER.filter((stage) => stages.includes(stage))) {
    onStage?.(method);
    const model = MOTION_MODELS[method](frame.flat);
    best = throughLevels(levels.slice(-1), model, best, SEARCH[method]);
    if (best.correlation < DOUBTFUL) {
      for (const start of starts.slice(0, SECOND_CHANCES)) {
        const other = throughLevels(levels, model, start, SEARCH[method]);
        best = other.correlation > best.correlation ? other : best;
      }
    }
    found.push({ method, transform: best.transform });
  }
  return { found, coarseCorrelation: starts[0]!.correlation };
}

/**
 * Improves a transform of the local frame on the last level that {@link align} uses, or `isRough`, on the coarsest one that
 * still tells tenths of a voxel, in few steps. Null without overlap.
 */
export function refine(
  fixedLevels: readonly Level[],
  movingLevels: readonly Level[],
  frame: LocalFrame,
  cost: RegistrationPlan['cost'],
  method: GlobalMethod,
  transform: Matrix4,
  isRough = false,
): Matrix4 | null {
  const searched = isRough ? fixedLevels.slice(roughLevel(fixedLevels)) : searchedLevels(fixedLevels, cost);
  const level = costsOfLevels(searched.slice(0, 1), movingLevels, frame, cost)[0]!;
  const model = MOTION_MODELS[method](frame.flat);
  const best = levenbergMarquardt(
    level.cost,
    model,
    { transform, gain: 1, offset: 0 },
    { ...(isRough ? ROUGH : SEARCH[method]), isNegligible: level.isNegligible },
  );
  return Number.isFinite(best.cost) ? best.transform : null;
}

/** The coarsest level that still tells tenths of a voxel of the finest one. */
const roughLevel = (levels: readonly Level[]): number =>
  Math.max(
    0,
    levels.findLastIndex(({ voxels }) => voxels.length >= ENOUGH_VOXELS),
  );

/** The levels that a transform is searched on where it is the result, finest first. */
function searchedLevels(levels: readonly Level[], cost: RegistrationPlan['cost']): readonly Level[] {
  const [, second] = levels;
  const isThin = cost === 'mutual-information' && second !== undefined && second.voxels.length < ENOUGH_VOXELS;
  return second === undefined || isThin ? levels : levels.slice(1);
}

/** The cost on each of some levels of the fixed image, finest last. */
function costsOfLevels(
  levels: readonly Level[],
  movingLevels: readonly Level[],
  frame: LocalFrame,
  cost: RegistrationPlan['cost'],
): readonly CostOfLevel[] {
  return levels.toReversed().map((level) => {
    const displacement = displacementOn(level, frame);
    return {
      cost: COSTS[cost](level, levelLike(movingLevels, level), frame),
      isNegligible: (from, to) => displacement(from, to) < NEGLIGIBLE_STEP,
    };
  });
}

/** Where the initial alignments lead, best first: all of them, or those up to the second that ends at the same place. */
function triedStarts(
  initial: readonly Matrix4[],
  search: (transform: Matrix4) => Optimum,
  displacement: (a: Matrix4, b: Matrix4) => number,
): readonly Optimum[] {
  const found: Optimum[] = [];
  for (const transform of initial) {
    const optimum = search(transform);
    if (optimum.correlation === -Infinity) {
      continue;
    }
    const isAgreed =
      optimum.correlation >= CONVINCING &&
      found.some((other) => displacement(other.transform, optimum.transform) < AGREEMENT);
    found.push(optimum);
    if (isAgreed) {
      break;
    }
  }
  return found.sort((a, b) => b.correlation - a.correlation);
}

function throughLevels(
  levels: readonly CostOfLevel[],
  model: MotionModel,
  start: Optimum,
  limits: SearchLimits,
): Optimum {
  return levels.reduce(
    (best, { cost, isNegligible }) => levenbergMarquardt(cost, model, best, { ...limits, isNegligible }),
    start,
  );
}
