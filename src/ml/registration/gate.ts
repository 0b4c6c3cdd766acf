import type { RegistrationPlan } from '../../twins/disease-definition.ts';
import type { RegistrationVerdict, SimilarityMeasures } from '../../twins/registration.ts';

/** Below this share of the reference's foreground inside the other image there is nothing to forecast on. */
const LEAST_COVERAGE = 0.3;
/** Below this share it is used, with a reservation. */
const GOOD_COVERAGE = 0.6;
/** At or above this similarity nothing mirrored is looked for: no anatomy is that symmetric. */
const UNMISTAKABLE = 0.95;
/** How much better a mirror image must fit to prove that sides are swapped. */
const MIRROR_MARGIN = 0.02;
/** Stretching of one patient's anatomy between two scans beyond this is an artefact of a wrong match. */
const LARGEST_STRETCH = 4 / 3;

export interface Judgement {
  readonly verdict: RegistrationVerdict;
  readonly reason: string | null;
}

/**
 * Judges an alignment by its masked similarity against the plan's thresholds, and by how much of the reference's foreground
 * it covers (0..1). A mirrored brain can pass the threshold (0.80 was measured), so the masked SSIM that the mirror image
 * would reach is asked for, which takes another alignment: it must not fit better. Similarity cannot verify who the patient
 * is: it answers only whether the images may be compared.
 */
export function judge(
  after: SimilarityMeasures | null,
  coverage: number,
  acceptance: RegistrationPlan['acceptance'],
  mirroredSimilarity: () => number,
): Judgement {
  if (coverage < LEAST_COVERAGE) {
    return {
      verdict: 'refused',
      reason: `The images share too little anatomy: ${percent(coverage)} of the reference is covered, at least ${percent(LEAST_COVERAGE)} is needed.`,
    };
  }
  if (after === null) {
    return { verdict: 'refused', reason: 'The images show no structure that could be compared where they overlap.' };
  }
  const similarity = after.maskedSsim.toFixed(2);
  if (after.maskedSsim < acceptance.maskedSsimReview) {
    return {
      verdict: 'refused',
      reason: `The images are too different after alignment: similarity ${similarity}, at least ${acceptance.maskedSsimReview} is needed. A different contrast, body part, side or patient can cause this.`,
    };
  }
  if (after.maskedSsim < UNMISTAKABLE && mirroredSimilarity() > after.maskedSsim + MIRROR_MARGIN) {
    return {
      verdict: 'refused',
      reason: 'The mirror image fits the reference better than the image itself: left and right may be swapped.',
    };
  }
  if (after.maskedSsim < acceptance.maskedSsim) {
    return {
      verdict: 'flagged',
      reason: `The alignment should be reviewed: similarity ${similarity} is below ${acceptance.maskedSsim}.`,
    };
  }
  return coverage < GOOD_COVERAGE
    ? { verdict: 'flagged', reason: `Only ${percent(coverage)} of the reference's anatomy is covered by this image.` }
    : { verdict: 'accepted', reason: null };
}

/** False when an axis of the image is stretched or shrunk by more than a third, or the image is mirrored. */
export function isPlausible(transform: Float64Array, determinant: number): boolean {
  if (!(determinant > 0)) {
    return false;
  }
  return [0, 1, 2].every((column) => {
    const stretch = Math.hypot(transform[column]!, transform[4 + column]!, transform[8 + column]!);
    return stretch <= LARGEST_STRETCH && stretch >= 1 / LARGEST_STRETCH;
  });
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
