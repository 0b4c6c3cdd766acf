import type { AffineTransform, RegistrationRequest, RegistrationResult } from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { align } from './align.ts';
import type { Assessment } from './assessor.ts';
import { isPlausible, judge } from './gate.ts';
import { displacementOn } from './displacement.ts';
import { assertAlignable, haveEqualGrids, problemOf } from './input-check.ts';
import { windowOf } from './intensity-window.ts';
import { localFrameOf, worldOfLocal } from './local-frame.ts';
import { prepareFixed, type PrepareFixed } from './prepare-fixed.ts';
import { pyramidOf } from './pyramid.ts';
import { resample } from './sampling.ts';
import { sharedPlaneOf } from './shared-plane.ts';
import { compose, determinantOf, identityMatrix, type Matrix4 } from './transform.ts';

/** Name of the method and its revision; to be raised whenever the same input may give another result. */
export const REGISTRATION_VERSION = 'gauss-newton-affine/2';

/** What affine must gain in masked SSIM over rigid, and either over the headers, to be more than noise. */
const LEAST_GAIN = 1e-3;
/** Below this difference from the rigid transform, in voxels, no affine one gains as much. */
const LEAST_DIFFERENCE = 0.1;
/**
 * A mirror image that leaves more than this share of what the image itself leaves unexplained (1 - correlation) on the
 * coarsest level does not fit better on a finer one. Measured for pairs of one patient: 1.3 to 3.7; swapped sides: 0.3 to 0.8.
 */
const MIRROR_ALLOWANCE = 1.1;
/** How much less of the reference the headers' position may cover and still be kept. */
const COVERAGE_TOLERANCE = 0.05;

/** One way to lay the moving image on the fixed one, with what it achieves. */
interface Candidate extends Assessment {
  readonly method: 'identity' | 'rigid' | 'affine';
  /** From LPS mm of the fixed image to LPS mm of the moving one. */
  readonly transform: Matrix4;
}

/**
 * Aligns the moving image to the fixed one and judges the result; the same input gives the same bytes. `now` gives
 * milliseconds, for `elapsedMs` only.
 *
 * The method is Gauss-Newton on squared differences with free gain and offset of percentile-normalised images (Lucas and
 * Kanade 1981; Baker and Matthews 2004), rigid and then affine, coarse to fine. The result is the simplest transform that is
 * not clearly surpassed: the headers' own position (`identity`), `rigid`, or `affine`. Where the moving image does not
 * reach, `moved` holds the moving image's smallest value, its background.
 * @throws {DomainError} TOO_LARGE when an image has more than 512 x 512 x 400 voxels.
 */
export function registerVolumes(
  request: RegistrationRequest,
  now: () => number,
  prepare: PrepareFixed = prepareFixed,
): RegistrationResult {
  const startedAt = now();
  const result = alignAndJudge(request, prepare);
  return { ...result, elapsedMs: now() - startedAt };
}

function alignAndJudge(request: RegistrationRequest, prepare: PrepareFixed): Omit<RegistrationResult, 'elapsedMs'> {
  assertAlignable(request);
  const { fixed, moving, plan } = request;
  const prepared = prepare(fixed, plan.preprocessing.percentiles);
  if (typeof prepared === 'string') {
    return refusal(prepared);
  }
  const problem = problemOf('The image', moving);
  if (problem !== null) {
    return refusal(problem);
  }
  if ((fixed.shape[0] === 1) !== (moving.shape[0] === 1)) {
    return refusal('One of the images is a single slice and the other a volume; they cannot be aligned.');
  }
  const plane = fixed.shape[0] === 1 ? sharedPlaneOf(fixed, moving) : { moving, toMoving: identityMatrix() };
  if (plane === null) {
    return refusal('The images are single slices of different planes; they cannot be aligned.');
  }
  const movingWindow = windowOf(moving.voxels, plan.preprocessing.percentiles);
  if (movingWindow === null) {
    return refusal('The image is blank.');
  }
  const { levels } = prepared;
  const movingLevels = pyramidOf(plane.moving, movingWindow);
  const candidateOf = (method: Candidate['method'], transform: Matrix4): Candidate => ({
    method,
    transform: compose(plane.toMoving, transform),
    ...prepared.assess(movingLevels, transform),
  });

  const headers = candidateOf('identity', identityMatrix());
  if (plan.stages.length === 0) {
    return prealigned(fixed, moving, headers);
  }
  const frame = localFrameOf(fixed);
  const found = align(levels, movingLevels, frame, { withAffine: plan.stages.includes('affine') });
  const candidates = [headers];
  const withRigid = found !== null && plan.stages.includes('rigid');
  if (withRigid) {
    candidates.push(candidateOf('rigid', worldOfLocal(frame, found.rigid)));
  }
  if (
    found?.affine &&
    isPlausible(found.affine, determinantOf(found.affine)) &&
    !(withRigid && displacementOn(levels[0]!, frame)(found.rigid, found.affine) < LEAST_DIFFERENCE)
  ) {
    candidates.push(candidateOf('affine', worldOfLocal(frame, found.affine)));
  }
  const best = candidates.reduce(simplestUnlessSurpassed);
  const mirroredSimilarity = (): number => {
    const mirrored = align(levels, movingLevels, frame, {
      withAffine: false,
      mirrored: true,
      leastCoarseCorrelation: found === null ? -Infinity : 1 - MIRROR_ALLOWANCE * (1 - found.coarseCorrelation),
    });
    const { measures } =
      mirrored === null ? { measures: null } : prepared.assess(movingLevels, worldOfLocal(frame, mirrored.rigid));
    return measures?.maskedSsim ?? -1;
  };
  const { verdict, reason } = judge(best.measures, best.coverage, plan.acceptance, mirroredSimilarity);
  return {
    verdict,
    reason,
    method: best.method,
    transform: asAffineTransform(best),
    moved: verdict === 'refused' ? null : movedInto(fixed, moving, best.transform),
    before: headers.measures,
    after: best.measures,
  };
}

function simplestUnlessSurpassed(simpler: Candidate, richer: Candidate): Candidate {
  if (richer.measures === null) {
    return simpler;
  }
  if (simpler.measures === null || simpler.coverage < richer.coverage - COVERAGE_TOLERANCE) {
    return richer;
  }
  return richer.measures.maskedSsim > simpler.measures.maskedSsim + LEAST_GAIN ? richer : simpler;
}

function prealigned(fixed: Volume, moving: Volume, headers: Candidate): Omit<RegistrationResult, 'elapsedMs'> {
  const isSame = haveEqualGrids(fixed, moving);
  return {
    verdict: isSame ? 'accepted' : 'refused',
    reason: isSame ? null : 'The images should share one grid of voxels already, but their sizes or positions differ.',
    method: 'prealigned',
    transform: asAffineTransform(headers),
    moved: isSame ? { ...fixed, voxels: moving.voxels.slice() } : null,
    before: headers.measures,
    after: headers.measures,
  };
}

function movedInto(fixed: Volume, moving: Volume, transform: Matrix4): Volume {
  let background = Infinity;
  for (let i = 0; i < moving.voxels.length; i++) {
    const value = moving.voxels[i]!;
    if (value < background) {
      background = value;
    }
  }
  return { ...fixed, voxels: resample(moving, fixed, transform, background).voxels };
}

function asAffineTransform({ method, transform }: Candidate): AffineTransform {
  const isIdentity = identityMatrix().every((value, index) => value === transform[index]);
  return {
    // Slices of two planes need a rigid step even where the headers' position is kept.
    kind: isIdentity ? 'identity' : method === 'identity' ? 'rigid' : method,
    matrix: Array.from(transform),
  };
}

const refusal = (reason: string): Omit<RegistrationResult, 'elapsedMs'> => ({
  verdict: 'refused',
  reason,
  method: 'none',
  transform: { kind: 'identity', matrix: Array.from(identityMatrix()) },
  moved: null,
  before: null,
  after: null,
});
