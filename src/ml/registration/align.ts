import type { Volume } from '../../twins/volume.ts';
import { initialAlignments } from './initial-alignments.ts';
import { levenbergMarquardt, type Optimum } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import { affineMotion, rigidMotion } from './motion-model.ts';
import { levelLike } from './pyramid.ts';
import { squaredDifference } from './squared-difference.ts';
import type { Matrix4 } from './transform.ts';

const START = { iterations: 10, tolerance: 1e-3 };
const RIGID = { iterations: 20, tolerance: 1e-5 };
const AFFINE = { iterations: 40, tolerance: 1e-5 };

/** Transforms of the local frame: the best rigid one, and the affine one that grew from it where asked for. */
export interface Alignments {
  readonly rigid: Matrix4;
  readonly affine: Matrix4 | null;
}

/**
 * Aligns from coarse to fine: every initial alignment is tried at the coarsest level, the one with the highest correlation
 * is followed through the levels, and freed to affine at the last. The last is the second finest level, where there are two:
 * at half the resolution, noise is averaged out and nothing measurable is lost. Null when no start overlaps.
 */
export function align(
  fixedLevels: readonly Volume[],
  movingLevels: readonly Volume[],
  frame: LocalFrame,
  withAffine: boolean,
): Alignments | null {
  const rigid = rigidMotion(frame.flat);
  const levels = fixedLevels.length > 1 ? fixedLevels.slice(1) : fixedLevels;
  const coarsest = levels.at(-1)!;
  const movingCoarsest = levelLike(movingLevels, coarsest);
  const coarseCost = squaredDifference(coarsest, movingCoarsest, frame);
  let best: Optimum | null = null;
  for (const transform of initialAlignments(coarsest, movingCoarsest, frame)) {
    const found = levenbergMarquardt(coarseCost, rigid, { transform, gain: 1, offset: 0 }, START);
    if (found.correlation > (best?.correlation ?? -Infinity)) {
      best = found;
    }
  }
  if (best === null) {
    return null;
  }
  for (const level of levels.toReversed()) {
    best = levenbergMarquardt(squaredDifference(level, levelLike(movingLevels, level), frame), rigid, best, RIGID);
  }
  if (!withAffine) {
    return { rigid: best.transform, affine: null };
  }
  const last = levels[0]!;
  const cost = squaredDifference(last, levelLike(movingLevels, last), frame);
  return {
    rigid: best.transform,
    affine: levenbergMarquardt(cost, affineMotion(frame.flat), best, AFFINE).transform,
  };
}
