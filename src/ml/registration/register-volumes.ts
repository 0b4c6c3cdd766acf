import type {
  AffineTransform,
  RegistrationRequest,
  RegistrationResult,
  SimilarityMeasures,
} from '../../twins/registration.ts';
import type { Volume } from '../../twins/volume.ts';
import { maskedSimilarityTo } from '../metrics/masked-similarity.ts';
import { align } from './align.ts';
import { foregroundOf } from './foreground.ts';
import { isPlausible, judge } from './gate.ts';
import { assertAlignable, haveEqualGrids, problemOf } from './input-check.ts';
import { windowOf } from './intensity-window.ts';
import { localFrameOf, worldOfLocal } from './local-frame.ts';
import { levelLike, pyramidOf } from './pyramid.ts';
import { resample } from './sampling.ts';
import { sharedPlaneOf } from './shared-plane.ts';
import { compose, determinantOf, identityMatrix, type Matrix4 } from './transform.ts';

/** Name of the method and its revision; to be raised whenever the same input may give another result. */
export const REGISTRATION_VERSION = 'gauss-newton-affine/1';

/** What affine must gain in masked SSIM over rigid, and either over the headers, to be more than noise. */
const LEAST_GAIN = 1e-3;
/** How much less of the reference the headers' position may cover and still be kept. */
const COVERAGE_TOLERANCE = 0.05;

/** One way to lay the moving image on the fixed one, with what it achieves. */
interface Candidate {
  readonly method: 'identity' | 'rigid' | 'affine';
  /** From LPS mm of the fixed image to LPS mm of the moving one. */
  readonly transform: Matrix4;
  readonly measures: SimilarityMeasures | null;
  readonly coverage: number;
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
export function registerVolumes(request: RegistrationRequest, now: () => number): RegistrationResult {
  const startedAt = now();
  const result = alignAndJudge(request);
  return { ...result, elapsedMs: now() - startedAt };
}

function alignAndJudge(request: RegistrationRequest): Omit<RegistrationResult, 'elapsedMs'> {
  assertAlignable(request);
  const { fixed, moving, plan } = request;
  const problem = problemOf(fixed, moving);
  if (problem !== null) {
    return refusal(problem);
  }
  const fixedWindow = windowOf(fixed.voxels, plan.preprocessing.percentiles);
  const movingWindow = windowOf(moving.voxels, plan.preprocessing.percentiles);
  const plane = fixed.shape[0] === 1 ? sharedPlaneOf(fixed, moving) : { moving, toMoving: identityMatrix() };
  if (plane === null) {
    return refusal('The images are single slices of different planes; they cannot be aligned.');
  }
  if (fixedWindow === null || movingWindow === null) {
    return refusal('One of the images is blank.');
  }
  const fixedLevels = pyramidOf(fixed, fixedWindow);
  const movingLevels = pyramidOf(plane.moving, movingWindow);
  const assess = assessorOf(fixedLevels[0]!, movingLevels);
  const candidateOf = (method: Candidate['method'], transform: Matrix4): Candidate => ({
    method,
    transform: compose(plane.toMoving, transform),
    ...assess(transform),
  });

  const headers = candidateOf('identity', identityMatrix());
  if (plan.stages.length === 0) {
    return prealigned(fixed, moving, headers);
  }
  const frame = localFrameOf(fixed);
  const found = align(fixedLevels, movingLevels, frame, { withAffine: plan.stages.includes('affine') });
  const candidates = [headers];
  if (found !== null && plan.stages.includes('rigid')) {
    candidates.push(candidateOf('rigid', worldOfLocal(frame, found.rigid)));
  }
  if (found?.affine && isPlausible(found.affine, determinantOf(found.affine))) {
    candidates.push(candidateOf('affine', worldOfLocal(frame, found.affine)));
  }
  const best = candidates.reduce(simplestUnlessSurpassed);
  const mirroredSimilarity = (): number => {
    const mirrored = align(fixedLevels, movingLevels, frame, { withAffine: false, mirrored: true });
    const { measures } = mirrored === null ? { measures: null } : assess(worldOfLocal(frame, mirrored.rigid));
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

/** Measures a transform on the finest level: similarity and share of the fixed foreground that is covered. */
function assessorOf(fixed: Volume, movingLevels: readonly Volume[]) {
  const foreground = foregroundOf(fixed);
  const foregroundSize = foreground.reduce((sum, inside) => sum + inside, 0);
  const similarity = maskedSimilarityTo(fixed.voxels, fixed.shape, fixed.spacingMm);
  const moving = levelLike(movingLevels, fixed);
  return (transform: Matrix4): Pick<Candidate, 'measures' | 'coverage'> => {
    const { voxels, covered } = resample(moving, fixed, transform, 'edge');
    let both = 0;
    for (let i = 0; i < covered.length; i++) {
      covered[i]! &= foreground[i]!;
      both += covered[i]!;
    }
    return { measures: similarity(voxels, covered), coverage: foregroundSize > 0 ? both / foregroundSize : 0 };
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
    background = Math.min(background, moving.voxels[i]!);
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
