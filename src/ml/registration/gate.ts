import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { RegistrationQuality, RegistrationVerdict, SimilarityMeasures } from '../../twins/registration.ts';

/** Below this share of the reference's foreground inside the other image there is nothing to forecast on. */
const LEAST_COVERAGE = 0.3;
/** Below this share it is used, with a reservation. */
const GOOD_COVERAGE = 0.6;
/** At or above this SSIM nothing mirrored is looked for: no anatomy is that symmetric. */
const UNMISTAKABLE = 0.95;
/** How much better a mirror image must fit to prove that sides are swapped. */
const MIRROR_MARGIN = { 'masked-ssim': 0.02, 'nmi-gain': 0.005 };
/**
 * How many times what an image leaves unexplained (1 - similarity) its mirror image must leave. People's anatomy is not quite
 * symmetric, each in a way of their own: one's own mirror image fits distinctly worse, while another person's image fits about
 * as well mirrored. Measured at the affine stage of brain MRI: pairs of one person 1.47 and more, of two people 0.87 to 1.11.
 */
const LEAST_MIRROR_EXCESS = 1.25;
/** Stretching of one patient's anatomy between two scans beyond this is an artefact of a wrong match. */
const LARGEST_STRETCH = 4 / 3;

export interface Judgement {
  readonly verdict: RegistrationVerdict;
  readonly reason: string | null;
  /** Whether another method could do better: not where the images themselves are at fault. */
  readonly isWorthRetrying: boolean;
}

/** What an alignment achieved, as the gate sees it. */
export interface Achievement {
  readonly measures: SimilarityMeasures | null;
  readonly coverage: number;
  /** NMI over that of the headers' position, or of displaced copies where that position is kept; null where unknown. */
  readonly nmiGain: number | null;
}

/**
 * Judges an alignment by the plan's measure, and by how much of the reference's foreground it covers (0..1). A mirrored brain
 * can pass the threshold (an SSIM of 0.80 was measured), so what the mirror image would reach is asked for, which takes
 * another alignment: it must not fit better, and where it fits nearly as well, somebody has to look. Similarity cannot verify
 * who the patient is: it answers only whether the images may be compared.
 */
export function judge(
  { measures, coverage, nmiGain }: Achievement,
  { measure, accepted, review }: RegistrationPlan['acceptance'],
  mirrored: () => SimilarityMeasures | null,
): Judgement {
  const refused = (reason: string, isWorthRetrying = true): Judgement => ({
    verdict: 'refused',
    reason,
    isWorthRetrying,
  });
  if (coverage < LEAST_COVERAGE) {
    return refused(
      `The images share too little anatomy: ${percent(coverage)} of the reference is covered, at least ${percent(LEAST_COVERAGE)} is needed.`,
    );
  }
  if (measures === null || (measure === 'nmi-gain' && nmiGain === null)) {
    return refused('The images show no structure that could be compared where they overlap.');
  }
  const isSsim = measure === 'masked-ssim';
  const value = isSsim ? measures.maskedSsim : nmiGain!;
  const named = `${isSsim ? 'similarity' : 'gain in mutual information'} ${value.toFixed(isSsim ? 2 : 3)}`;
  if (value < review) {
    return refused(
      `The images are too different after alignment: ${named}, at least ${review} is needed. A different ${isSsim ? 'contrast, ' : ''}body part, side or patient can cause this.`,
    );
  }
  const fit = ({ maskedSsim, nmi }: SimilarityMeasures) => (isSsim ? maskedSsim : nmi);
  const mirror = !isSsim || value < UNMISTAKABLE ? mirrored() : null;
  if (mirror !== null && fit(mirror) > fit(measures) + MIRROR_MARGIN[measure]) {
    return refused(
      'The mirror image fits the reference better than the image itself: left and right may be swapped.',
      false,
    );
  }
  const flagged = (reason: string): Judgement => ({ verdict: 'flagged', reason, isWorthRetrying: false });
  if (isSsim && mirror !== null && 1 - mirror.maskedSsim < LEAST_MIRROR_EXCESS * (1 - value)) {
    return flagged(
      `The image fits the reference hardly better than its mirror image does (similarity ${value.toFixed(2)} and ${mirror.maskedSsim.toFixed(2)}), as another patient's would: the patient should be checked.`,
    );
  }
  if (value < accepted) {
    return flagged(`The alignment should be reviewed: ${named} is below ${accepted}.`);
  }
  return coverage < GOOD_COVERAGE
    ? flagged(`Only ${percent(coverage)} of the reference's anatomy is covered by this image.`)
    : { verdict: 'accepted', reason: null, isWorthRetrying: false };
}

/** Why a deformation may not be used, for a clinician; null when it may. */
export function deformationProblemOf(
  quality: RegistrationQuality,
  gain: number,
  limits: NonNullable<RegistrationPlan['deformable']>['limits'],
): string | null {
  const { foldedPercent, minimumJacobian, inverseConsistencyMm } = quality;
  if (foldedPercent > 0) {
    return `it folds over itself in ${foldedPercent.toPrecision(2)} % of the anatomy`;
  }
  if (minimumJacobian < limits.minimumJacobian) {
    return `it shrinks tissue to ${minimumJacobian.toFixed(2)} of its size; ${limits.minimumJacobian} is the least that is allowed`;
  }
  if (inverseConsistencyMm === null || inverseConsistencyMm > limits.inverseConsistencyMm) {
    return `the way there and back misses by ${inverseConsistencyMm?.toFixed(1) ?? 'an unknown number of'} mm; ${Number(limits.inverseConsistencyMm.toPrecision(2))} mm are allowed`;
  }
  return gain > 0 ? null : 'it makes the images no more alike';
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
