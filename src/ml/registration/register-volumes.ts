import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { align, refine, type GlobalMethod } from './align.ts';
import { asAffineTransform, candidateOf, simplestUnlessSurpassed, type Candidate } from './candidate.ts';
import { displacementOn } from './displacement.ts';
import { isPlausible, judge, type Judgement } from './gate.ts';
import { assertAlignable, haveEqualGrids } from './input-check.ts';
import { worldOfLocal } from './local-frame.ts';
import { prepareFixed, type PrepareFixed } from './prepare-fixed.ts';
import { preparePair, type PreparedPair } from './prepare-pair.ts';
import { gainOverDisplaced, globalQuality } from './quality.ts';
import { resample } from './sampling.ts';
import { compose, determinantOf, identityMatrix, type Matrix4 } from './transform.ts';
import { valueRangeOf } from './value-range.ts';

/** Name of the method and its revision; to be raised whenever the same input may give another result. */
export const REGISTRATION_VERSION = 'gauss-newton-affine/3';

/** Below this difference from the rigid transform, in voxels, no affine one gains as much as would count. */
const LEAST_DIFFERENCE = 0.1;
/**
 * A mirror image that leaves more than this share of what the image itself leaves unexplained (1 - correlation) on the
 * coarsest level does not fit better on a finer one. Measured for pairs of one patient: 1.3 to 3.7; swapped sides: 0.3 to 0.8.
 */
const MIRROR_ALLOWANCE = 1.1;

export type Outcome = Omit<RegistrationResult, 'elapsedMs'>;

/** A registration, and where it failed in a way that another engine might not, what to do with that one's answer. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly retry: {
    readonly pair: PreparedPair;
    /** Judges a global transform of the shared plane, LPS mm, in place of the own one. */
    readonly withTransform: (transform: Matrix4 | null) => Outcome;
  } | null;
}

/**
 * Aligns the moving image to the fixed one and judges the result; the same input gives the same bytes. `now` gives
 * milliseconds, for `elapsedMs` only.
 *
 * The method is Gauss-Newton on the plan's cost between percentile-normalised images (Lucas and Kanade 1981; Baker and
 * Matthews 2004), rigid and then as free as the plan allows, coarse to fine. The result is the simplest transform that is
 * not clearly surpassed: the headers' own position (`identity`), `rigid`, `similarity` or `affine`. Where the moving image
 * does not reach, `moved` holds the moving image's background.
 * @throws {DomainError} TOO_LARGE when an image has more than 512 x 512 x 400 voxels.
 */
export function registerVolumes(
  request: RegistrationRequest,
  now: () => number,
  prepare: PrepareFixed = prepareFixed,
): RegistrationResult {
  const startedAt = now();
  const { outcome } = attemptRegistration(request, prepare);
  return { ...outcome, elapsedMs: now() - startedAt };
}

/** {@link registerVolumes}, which can be gone on with where it failed. `onProgress`: share of the work done, 0..1. */
export function attemptRegistration(
  request: RegistrationRequest,
  prepare: PrepareFixed,
  onProgress: (fraction: number) => void = () => undefined,
): Attempt {
  assertAlignable(request);
  const { plan } = request;
  const pair = preparePair(request, prepare);
  if (typeof pair === 'string') {
    return { outcome: refusal(pair), retry: null };
  }
  onProgress(0.1);
  const headers = candidateOf(pair, 'identity', 'identity', identityMatrix());
  if (plan.stages.length === 0) {
    return { outcome: prealigned(request, pair, headers), retry: null };
  }
  const ran: string[] = [];
  const found = align(pair.fixedLevels, pair.movingLevels, pair.frame, {
    cost: plan.cost,
    stages: plan.stages,
    onStage: (stage) => {
      ran.push(stage);
      onProgress(0.1 + 0.1 * ran.length);
    },
  });
  const better = simplestUnlessSurpassed(plan.acceptance.measure);
  const best = globalCandidates(pair, request, found?.found ?? []).reduce(better, headers);
  const settle = (candidate: Candidate, stages: readonly string[]): { outcome: Outcome; judgement: Judgement } => {
    const nmiGain =
      plan.acceptance.measure === 'nmi-gain' ? gainOverDisplaced(pair, candidate, headers.measures) : null;
    const judgement = judge({ ...candidate, nmiGain }, plan.acceptance, () =>
      mirrored(pair, request, found?.coarseCorrelation ?? null),
    );
    const { verdict, reason } = judgement;
    const transform = asAffineTransform(pair, candidate);
    return {
      judgement,
      outcome: {
        verdict,
        reason,
        method: candidate.method,
        stages,
        transform,
        field: null,
        moved: verdict === 'refused' ? null : movedInto(request, Float64Array.from(transform.matrix)),
        before: headers.measures,
        after: candidate.measures,
        quality: candidate.measures === null ? null : globalQuality(pair, plan.cost, candidate, headers.measures),
        rejectedDeformation: null,
      },
    };
  };
  const { outcome, judgement } = settle(best, ran);
  onProgress(0.9);
  if (!judgement.isWorthRetrying) {
    return { outcome, retry: null };
  }
  return {
    outcome,
    retry: {
      pair,
      withTransform: (transform) => {
        const stages = [...ran, 'elastix'];
        if (transform === null) {
          return { ...outcome, stages };
        }
        const others = elastixCandidates(pair, request, transform);
        const other = others.reduce(better, best);
        return other === best ? { ...outcome, stages } : settle(other, stages).outcome;
      },
    },
  };
}

/** The stages of the plan that are plausible, from the least to the most free. */
function globalCandidates(
  pair: PreparedPair,
  { plan }: RegistrationRequest,
  found: readonly { readonly method: GlobalMethod; readonly transform: Matrix4 }[],
): Candidate[] {
  const { frame, fixed } = pair;
  const distance = displacementOn(fixed.levels[0]!, frame);
  const kept: (typeof found)[number][] = [];
  for (const { method, transform } of found.filter((stage) => plan.stages.includes(stage.method))) {
    const isNew = kept.every((simpler) => distance(simpler.transform, transform) >= LEAST_DIFFERENCE);
    if (isNew && (method === 'rigid' || isPlausible(transform, determinantOf(transform)))) {
      kept.push({ method, transform });
    }
  }
  return kept.map(({ method, transform }) => candidateOf(pair, method, method, worldOfLocal(frame, transform)));
}

/** What elastix found, and what own refinement makes of it. */
function elastixCandidates(pair: PreparedPair, { plan }: RegistrationRequest, transform: Matrix4): Candidate[] {
  const { frame, fixedLevels, movingLevels } = pair;
  const kind = plan.stages.at(-1)!;
  const local = compose(frame.fromWorld, compose(transform, frame.toWorld));
  const refined = refine(fixedLevels, movingLevels, frame, plan.cost, kind, local);
  return [local, ...(refined === null ? [] : [refined])]
    .filter((candidate) => isPlausible(candidate, determinantOf(candidate)))
    .map((candidate) => candidateOf(pair, 'elastix', kind, worldOfLocal(frame, candidate)));
}

/** What the mirror image of the moving one reaches; null where it is sure to fit no better. */
function mirrored(
  { fixed, fixedLevels, movingLevels, frame }: PreparedPair,
  { plan }: RegistrationRequest,
  coarseCorrelation: number | null,
) {
  const found = align(fixedLevels, movingLevels, frame, {
    cost: plan.cost,
    stages: ['rigid'],
    mirrored: true,
    leastCoarseCorrelation: coarseCorrelation === null ? -Infinity : 1 - MIRROR_ALLOWANCE * (1 - coarseCorrelation),
  });
  return found === null
    ? null
    : fixed.assess.under(movingLevels, worldOfLocal(frame, found.found[0]!.transform)).measures;
}

function prealigned({ fixed, moving }: RegistrationRequest, pair: PreparedPair, headers: Candidate): Outcome {
  const isSame = haveEqualGrids(fixed, moving);
  return {
    verdict: isSame ? 'accepted' : 'refused',
    reason: isSame ? null : 'The images should share one grid of voxels already, but their sizes or positions differ.',
    method: 'prealigned',
    stages: [],
    transform: asAffineTransform(pair, headers),
    field: null,
    moved: isSame ? { ...fixed, voxels: moving.voxels.slice() } : null,
    before: headers.measures,
    after: headers.measures,
    quality:
      headers.measures === null
        ? null
        : { coverage: headers.coverage, nmiGain: 0, inverseConsistencyMm: 0, foldedPercent: 0, minimumJacobian: 1 },
    rejectedDeformation: null,
  };
}

/** The moving image on the grid of the fixed one; of an inverted image the background is its highest value. */
function movedInto({ fixed, moving, presentations }: RegistrationRequest, transform: Matrix4): Volume {
  const { low, high } = valueRangeOf(moving.voxels)!;
  const background = presentations?.moving.isInverted === true ? high : low;
  return { ...fixed, voxels: resample(moving, fixed, transform, background).voxels };
}

const refusal = (reason: string): Outcome => ({
  verdict: 'refused',
  reason,
  method: 'none',
  stages: [],
  transform: { kind: 'identity', matrix: Array.from(identityMatrix()) },
  field: null,
  moved: null,
  before: null,
  after: null,
  quality: null,
  rejectedDeformation: null,
});
