import type { Volume } from '../../twins/volume.ts';
import { initialAlignments } from './initial-alignments.ts';
import { levenbergMarquardt, type Optimum } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import { affineMotion, rigidMotion, type MotionModel } from './motion-model.ts';
import { levelLike } from './pyramid.ts';
import { squaredDifference, type Evaluation, type Guess } from './squared-difference.ts';
import type { Matrix4 } from './transform.ts';

const START = { iterations: 8, tolerance: 1e-3 };
const RIGID = { iterations: 20, tolerance: 1e-4 };
const AFFINE = { iterations: 40, tolerance: 1e-4 };
/** Below this correlation the affine search may have followed a wrong start, and others get their chance. */
const DOUBTFUL = 0.9;
const SECOND_CHANCES = 3;

/** Transforms of the local frame: the best rigid one, and the affine one where asked for. */
export interface Alignments {
  readonly rigid: Matrix4;
  readonly affine: Matrix4 | null;
}

/**
 * Aligns from coarse to fine: every initial alignment is tried at the coarsest level, the one with the highest correlation
 * is followed through the levels, and freed to affine at the last. The last is the second finest level, where there are two:
 * at half the resolution, noise is averaged out and nothing measurable is lost. Where this ends in a poor correlation, as it
 * does when the images differ in scale, the best starts are freed to affine at the coarsest level already. With
 * `mirrored`, left and right are exchanged on the way. Null when no start overlaps.
 */
export function align(
  fixedLevels: readonly Volume[],
  movingLevels: readonly Volume[],
  frame: LocalFrame,
  { withAffine, mirrored = false }: { readonly withAffine: boolean; readonly mirrored?: boolean },
): Alignments | null {
  const levels = (fixedLevels.length > 1 ? fixedLevels.slice(1) : fixedLevels).toReversed();
  const costs = levels.map((level) => squaredDifference(level, levelLike(movingLevels, level), frame));
  const rigid = rigidMotion(frame.flat);
  const starts = initialAlignments(levels[0]!, levelLike(movingLevels, levels[0]!), frame, mirrored)
    .map((transform) => levenbergMarquardt(costs[0]!, rigid, { transform, gain: 1, offset: 0 }, START))
    .filter(({ correlation }) => correlation > -Infinity)
    .sort((a, b) => b.correlation - a.correlation);
  if (starts.length === 0) {
    return null;
  }
  const bestRigid = throughLevels(costs, rigid, starts[0]!, RIGID);
  if (!withAffine) {
    return { rigid: bestRigid.transform, affine: null };
  }
  const affine = affineMotion(frame.flat);
  let bestAffine = levenbergMarquardt(costs.at(-1)!, affine, bestRigid, AFFINE);
  if (bestAffine.correlation < DOUBTFUL) {
    for (const start of starts.slice(0, SECOND_CHANCES)) {
      const other = throughLevels(costs, affine, start, AFFINE);
      bestAffine = other.correlation > bestAffine.correlation ? other : bestAffine;
    }
  }
  return { rigid: bestRigid.transform, affine: bestAffine.transform };
}

function throughLevels(
  costs: readonly ((guess: Guess) => Evaluation)[],
  model: MotionModel,
  start: Optimum,
  limits: typeof RIGID,
): Optimum {
  return costs.reduce((best, cost) => levenbergMarquardt(cost, model, best, limits), start);
}
