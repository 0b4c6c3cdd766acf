import type { Volume } from '../../twins/volume.ts';
import { displacementOn } from './displacement.ts';
import { initialAlignments } from './initial-alignments.ts';
import { levenbergMarquardt, type Optimum, type SearchLimits } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import { affineMotion, rigidMotion, type MotionModel } from './motion-model.ts';
import { levelLike } from './pyramid.ts';
import { squaredDifference, type Evaluation, type Guess } from './squared-difference.ts';
import type { Matrix4 } from './transform.ts';

const START = { iterations: 8, tolerance: 1e-3 };
const RIGID = { iterations: 20, tolerance: 1e-4 };
const AFFINE = { iterations: 40, tolerance: 1e-4 };
/** A step below this share of a voxel of its level changes nothing that could be measured. */
const NEGLIGIBLE_STEP = 0.01;
/** Two starts that end this close together, in voxels of the coarsest level, and at this correlation have found the place. */
const AGREEMENT = 0.25;
const CONVINCING = 0.95;
/** Below this correlation the affine search may have followed a wrong start, and others get their chance. */
const DOUBTFUL = 0.9;
const SECOND_CHANCES = 3;

/** Transforms of the local frame: the best rigid one, and the affine one where asked for. */
interface Alignments {
  readonly rigid: Matrix4;
  readonly affine: Matrix4 | null;
  /** Correlation of the rigidly aligned images on the coarsest level, -1..1. */
  readonly coarseCorrelation: number;
}

interface AlignOptions {
  readonly withAffine: boolean;
  /** Left and right are exchanged on the way. */
  readonly mirrored?: boolean;
  /** Null is given where the correlation on the coarsest level is less. */
  readonly leastCoarseCorrelation?: number;
}

/** The cost on one level, and the step that is too small for it. */
interface Stage {
  readonly cost: (guess: Guess) => Evaluation;
  readonly isNegligible: (from: Matrix4, to: Matrix4) => boolean;
}

/**
 * Aligns from coarse to fine: initial alignments are tried at the coarsest level, until two of them agree on a convincing
 * place; the one with the highest correlation is followed through the levels, and freed to affine at the last. The last is
 * the second finest level, where there are two: at half the resolution, noise is averaged out and nothing measurable is
 * lost. Where this ends in a poor correlation, as it does when the images differ in scale, the best starts are freed to
 * affine at the coarsest level already. Null when no start overlaps.
 */
export function align(
  fixedLevels: readonly Volume[],
  movingLevels: readonly Volume[],
  frame: LocalFrame,
  { withAffine, mirrored = false, leastCoarseCorrelation = -Infinity }: AlignOptions,
): Alignments | null {
  const levels = (fixedLevels.length > 1 ? fixedLevels.slice(1) : fixedLevels).toReversed();
  const stages = levels.map((level): Stage => {
    const displacement = displacementOn(level, frame);
    return {
      cost: squaredDifference(level, levelLike(movingLevels, level), frame),
      isNegligible: (from, to) => displacement(from, to) < NEGLIGIBLE_STEP,
    };
  });
  const rigid = rigidMotion(frame.flat);
  const starts = triedStarts(
    initialAlignments(levels[0]!, levelLike(movingLevels, levels[0]!), frame, mirrored),
    (transform) => levenbergMarquardt(stages[0]!.cost, rigid, { transform, gain: 1, offset: 0 }, START),
    displacementOn(levels[0]!, frame),
  );
  if (starts.length === 0 || starts[0]!.correlation < leastCoarseCorrelation) {
    return null;
  }
  const coarseCorrelation = starts[0]!.correlation;
  const bestRigid = throughLevels(stages, rigid, starts[0]!, RIGID);
  if (!withAffine) {
    return { rigid: bestRigid.transform, affine: null, coarseCorrelation };
  }
  const affine = affineMotion(frame.flat);
  let bestAffine = throughLevels(stages.slice(-1), affine, bestRigid, AFFINE);
  if (bestAffine.correlation < DOUBTFUL) {
    for (const start of starts.slice(0, SECOND_CHANCES)) {
      const other = throughLevels(stages, affine, start, AFFINE);
      bestAffine = other.correlation > bestAffine.correlation ? other : bestAffine;
    }
  }
  return { rigid: bestRigid.transform, affine: bestAffine.transform, coarseCorrelation };
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

function throughLevels(stages: readonly Stage[], model: MotionModel, start: Optimum, limits: SearchLimits): Optimum {
  return stages.reduce(
    (best, { cost, isNegligible }) => levenbergMarquardt(cost, model, best, { ...limits, isNegligible }),
    start,
  );
}
