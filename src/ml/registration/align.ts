import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { Guess, Level } from './cost.ts';
import { displacementOn } from './displacement.ts';
import { initialAlignments, scannedAlignments } from './initial-alignments.ts';
import { levenbergMarquardt, type Optimum } from './levenberg-marquardt.ts';
import type { LocalFrame } from './local-frame.ts';
import { MOTION_MODELS } from './motion-model.ts';
import { levelLike } from './pyramid.ts';
import { costsOfLevels, roughLevel, searchedLevels, throughLevels, type CostOfLevel } from './search-levels.ts';
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
/** Two starts that end this close together, in voxels of the coarsest level, and at this correlation have found the place. */
const AGREEMENT = 0.25;
const CONVINCING = 0.95;
/** Below this correlation the affine search may have followed a wrong start, and others get their chance. */
const DOUBTFUL = 0.9;
const SECOND_CHANCES = 3;
/** Below this correlation of a slice none of the starts led anywhere, and a close grid of them is scanned. */
const LOST = 0.5;
const SCANNED_CHANCES = 4;

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

/**
 * Aligns from coarse to fine: initial alignments are tried at the coarsest level, until two of them agree on a convincing
 * place; the one with the highest correlation is followed through the levels, and freed to similarity and affine, as far
 * as these are asked for, at the last. The last is the second finest level, where there are two: at half the resolution,
 * noise is averaged out and nothing measurable is lost; mutual information goes on to the finest where the second is small,
 * and a start stays on a coarser one. Where this ends in a poor correlation, as it does when the images
 * differ in scale, the best starts are freed at the coarsest level already; where a slice ends in hardly any correlation at
 * all, a close grid of starts is scanned. Null when no start overlaps.
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
  const [, scanned, ...finer] = levels;
  if (frame.flat && best.correlation < LOST && scanned !== undefined) {
    for (const start of scannedStarts(scanned, scannedAlignments(scanned.grid, frame, mirrored))) {
      const other = throughLevels([scanned, ...finer], rigid, start, SEARCH.rigid);
      best = other.correlation > best.correlation ? other : best;
    }
  }
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

/** The best of many transforms as they are. */
function scannedStarts({ cost }: CostOfLevel, transforms: readonly Matrix4[]): readonly Guess[] {
  return transforms
    .map((transform) => {
      const guess = { transform, gain: 1, offset: 0 };
      return { guess, correlation: cost(guess).correlation };
    })
    .sort((a, b) => b.correlation - a.correlation)
    .slice(0, SCANNED_CHANCES)
    .map(({ guess }) => guess);
}
