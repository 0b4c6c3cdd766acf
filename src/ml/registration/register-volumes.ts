import type { RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import { align } from './align.ts';
import { candidateOf, simplestUnlessSurpassed, type Candidate } from './candidate.ts';
import { elastixCandidates, globalCandidates, isStartOnly, mirrorSimilarity } from './global-candidates.ts';
import { assertAlignable } from './input-check.ts';
import type { InferenceLine } from './learned/inference-thread.ts';
import { prealigned, refusal, type Outcome } from './outcome.ts';
import { prepareFixed, type PrepareFixed } from './prepare-fixed.ts';
import { preparePair, type PreparedPair } from './prepare-pair.ts';
import { settle } from './settle.ts';
import { identityMatrix, type Matrix4 } from './transform.ts';

/** Name of the method and its revision; to be raised whenever the same input may give another result. */
export const REGISTRATION_VERSION = 'gauss-newton-affine/4';

/** A registration, and where it failed in a way that another engine might not, what to do with that one's answer. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly retry: {
    readonly pair: PreparedPair;
    /** Judges a global transform of the shared plane, LPS mm, beside the own one; null where the other engine has none. */
    readonly withTransform: (transform: Matrix4 | null) => Outcome;
  } | null;
}

/**
 * Aligns the moving image to the fixed one and judges the result; the same input gives the same bytes. `now` gives
 * milliseconds, for `elapsedMs` only.
 *
 * The method is Gauss-Newton on the plan's cost between percentile-normalised images (Lucas and Kanade 1981; Baker and
 * Matthews 2004), rigid and then as free as the plan allows, coarse to fine. Its result is the simplest transform that is
 * not clearly surpassed: the headers' own position (`identity`), `rigid`, `similarity` or `affine`. The plan's deformation
 * starts from there. Where the moving image does not reach, `moved` holds the moving image's background; it has the polarity
 * of the fixed image.
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

/** {@link registerVolumes}, which can be gone on with where it failed. `onProgress`: share of the work done, 0..1; `line`: to the thread of the networks, for a plan with a learned deformation. */
export function attemptRegistration(
  request: RegistrationRequest,
  prepare: PrepareFixed,
  onProgress: (fraction: number) => void = () => undefined,
  line: InferenceLine | null = null,
): Attempt {
  assertAlignable(request);
  const { plan } = request;
  const pair = preparePair(request, prepare);
  if (typeof pair === 'string') {
    return { outcome: refusal(pair), retry: null };
  }
  const globalShare = plan.deformable === null ? 0.8 : 0.3;
  onProgress(0.1);
  const headers = candidateOf(pair, 'identity', 'identity', identityMatrix());
  if (plan.stages.length === 0) {
    return { outcome: prealigned(request, pair, headers), retry: null };
  }
  const ran: string[] = [];
  const found = align(pair.fixedLevels, pair.movingLevels, pair.frame, {
    cost: plan.cost,
    stages: plan.stages,
    isStart: isStartOnly(plan),
    onStage: (stage) => {
      onProgress(0.1 + (globalShare * ran.length) / (plan.stages.length + 1));
      ran.push(stage);
    },
  });
  onProgress(0.1 + globalShare);
  const better = simplestUnlessSurpassed(plan.acceptance.measure);
  const best = globalCandidates(pair, plan, found?.found ?? []).reduce(better, headers);
  const settled = (candidate: Candidate, stages: readonly string[]) =>
    settle(pair, request, candidate, {
      line,
      before: headers.measures,
      stages,
      mirror: () => mirrorSimilarity(pair, plan, found?.coarseCorrelation ?? null),
      onProgress: (fraction) => onProgress(0.1 + globalShare + (0.9 - globalShare) * fraction),
    });
  const { outcome, judgement } = settled(best, ran);
  onProgress(1);
  if (!judgement.isWorthRetrying) {
    return { outcome, retry: null };
  }
  return {
    outcome,
    retry: {
      pair,
      withTransform: (transform) => {
        const candidates = transform === null ? [] : elastixCandidates(pair, plan, transform);
        const other = candidates.reduce(better, best);
        const stages = [...outcome.stages, 'elastix'];
        return other === best ? { ...outcome, stages } : settled(other, stages).outcome;
      },
    },
  };
}
