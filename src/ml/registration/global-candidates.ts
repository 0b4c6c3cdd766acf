import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { SimilarityMeasures } from '../../twins/registration.ts';
import { align, refine, type GlobalMethod } from './align.ts';
import { candidateOf, type Candidate } from './candidate.ts';
import { displacementOn } from './displacement.ts';
import { isPlausible } from './gate.ts';
import { worldOfLocal } from './local-frame.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { compose, determinantOf, type Matrix4 } from './transform.ts';

/** Below this difference from a simpler transform, in voxels, no freer one gains as much as would count. */
const LEAST_DIFFERENCE = 0.1;
/**
 * A mirror image that leaves more than this share of what the image itself leaves unexplained (1 - correlation) on the
 * coarsest level fits distinctly worse on a finer one, too. Measured for pairs of two people: up to 1.8; of one patient: 1.29
 * to 6.4, where the finer level tells; swapped sides: 0.01 to 0.8.
 */
const MIRROR_ALLOWANCE = 2;

/** The stages of the plan whose transforms (of the local frame) are plausible, from the least to the most free. */
export function globalCandidates(
  pair: PreparedPair,
  { stages }: RegistrationPlan,
  found: readonly { readonly method: GlobalMethod; readonly transform: Matrix4 }[],
): Candidate[] {
  const { frame, fixed } = pair;
  const distance = displacementOn(fixed.levels[0]!, frame);
  const kept: (typeof found)[number][] = [];
  for (const { method, transform } of found.filter((stage) => stages.includes(stage.method))) {
    const isNew = kept.every((simpler) => distance(simpler.transform, transform) >= LEAST_DIFFERENCE);
    if (isNew && (method === 'rigid' || isPlausible(transform, determinantOf(transform)))) {
      kept.push({ method, transform });
    }
  }
  return kept.map(({ method, transform }) => candidateOf(pair, method, method, worldOfLocal(frame, transform)));
}

/** Whether the global alignment of a plan is but the start of a deformation, by which alone it is judged. */
export const isStartOnly = ({ deformable, acceptance }: RegistrationPlan): boolean =>
  deformable !== null && acceptance.judged === 'final';

/** The start of a deformation made as exact as an alignment that is the result. */
export function polishedOf(pair: PreparedPair, { cost }: RegistrationPlan, candidate: Candidate): Candidate {
  const { frame, fixedLevels, movingLevels } = pair;
  const { method, kind, transform } = candidate;
  if (kind === 'identity') {
    return candidate;
  }
  const local = compose(frame.fromWorld, compose(transform, frame.toWorld));
  const refined = refine(fixedLevels, movingLevels, frame, cost, kind, local);
  return refined === null ? candidate : candidateOf(pair, method, kind, worldOfLocal(frame, refined));
}

/** A transform of the shared plane (LPS mm) that elastix found, and what own refinement makes of it. */
export function elastixCandidates(
  pair: PreparedPair,
  { stages, cost }: RegistrationPlan,
  transform: Matrix4,
): Candidate[] {
  const { frame, fixedLevels, movingLevels } = pair;
  const kind = stages.at(-1)!;
  const local = compose(frame.fromWorld, compose(transform, frame.toWorld));
  const refined = refine(fixedLevels, movingLevels, frame, cost, kind, local);
  return [local, ...(refined === null ? [] : [refined])]
    .filter((candidate) => isPlausible(candidate, determinantOf(candidate)))
    .map((candidate) => candidateOf(pair, 'elastix', kind, worldOfLocal(frame, candidate)));
}

/** What the mirror image of the moving one reaches by the stages of the plan; null where it is sure to fit distinctly worse. */
export function mirrorSimilarity(
  { fixed, fixedLevels, movingLevels, frame }: PreparedPair,
  { cost, stages }: RegistrationPlan,
  coarseCorrelation: number | null,
): SimilarityMeasures | null {
  const found = align(fixedLevels, movingLevels, frame, {
    cost,
    stages,
    mirrored: true,
    leastCoarseCorrelation: coarseCorrelation === null ? -Infinity : 1 - MIRROR_ALLOWANCE * (1 - coarseCorrelation),
  });
  return found === null
    ? null
    : fixed.assess.under(movingLevels, worldOfLocal(frame, found.found.at(-1)!.transform)).measures;
}
