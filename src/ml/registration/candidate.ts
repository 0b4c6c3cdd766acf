import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { AffineTransform, SimilarityMeasures } from '../../twins/registration.ts';
import type { GlobalMethod } from './align.ts';
import type { Assessment } from './assessor.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { compose, identityMatrix, type Matrix4 } from './transform.ts';

/** What a richer transform must gain over a simpler one to be more than noise, by what it is judged. */
const LEAST_GAIN = { 'masked-ssim': 1e-3, 'nmi-gain': 2e-4 };
/** How much less of the reference the simpler transform may cover and still be kept. */
const COVERAGE_TOLERANCE = 0.05;

type Measure = RegistrationPlan['acceptance']['measure'];

/** One way to lay the moving image on the fixed one, with what it achieves. */
export interface Candidate extends Assessment {
  readonly method: 'identity' | GlobalMethod | 'elastix';
  readonly kind: AffineTransform['kind'];
  /** LPS mm, within the shared plane of single slices. */
  readonly transform: Matrix4;
}

/** Measures what a transform of the shared plane (LPS mm) achieves. */
export const candidateOf = (
  { fixed, movingLevels }: PreparedPair,
  method: Candidate['method'],
  kind: Candidate['kind'],
  transform: Matrix4,
): Candidate => ({ method, kind, transform, ...fixed.assess.under(movingLevels, transform) });

/** The similarity that a plan's measure goes by. */
export const fitOf = (measure: Measure, { maskedSsim, nmi }: SimilarityMeasures): number =>
  measure === 'masked-ssim' ? maskedSsim : nmi;

/** Keeps the simpler of two transforms where the richer one is not clearly better. */
export function simplestUnlessSurpassed(measure: Measure): (simpler: Candidate, richer: Candidate) => Candidate {
  return (simpler, richer) => {
    if (richer.measures === null) {
      return simpler;
    }
    if (simpler.measures === null || simpler.coverage < richer.coverage - COVERAGE_TOLERANCE) {
      return richer;
    }
    return fitOf(measure, richer.measures) > fitOf(measure, simpler.measures) + LEAST_GAIN[measure] ? richer : simpler;
  };
}

/** As the record keeps it: from the fixed to the moving image where it really lies. */
export function asAffineTransform({ toMoving }: PreparedPair, { kind, transform }: Candidate): AffineTransform {
  const whole = compose(toMoving, transform);
  const isIdentity = identityMatrix().every((value, index) => value === whole[index]);
  return {
    // Slices of two planes need a rigid step even where the headers' position is kept.
    kind: isIdentity ? 'identity' : kind === 'identity' ? 'rigid' : kind,
    matrix: Array.from(whole),
  };
}
