import { DomainError } from '../../../errors.ts';
import type { RegistrationPlan } from '../../../twins/registration-plan.ts';

type Acceptance = RegistrationPlan['acceptance'];

/** What alignments that people have judged reached in the plan's measure. */
export interface JudgedValues {
  /** Of pairs that are aligned. */
  readonly accepted: readonly number[];
  /** Of pairs that must not pass: another patient, organ or side, or a failed alignment. May be empty. */
  readonly refused: readonly number[];
}

/** Thresholds with what they would have done to the pairs that they come from. */
export interface ThresholdProposal {
  readonly accepted: number;
  readonly review: number;
  readonly evidence: string;
  /** Refused pairs at or above `review`, and accepted pairs below it. */
  readonly falseAccepts: number;
  readonly falseRejects: number;
}

/** Fewer say nothing about a tail. */
const FEWEST_ACCEPTED = 5;
/** Share of aligned pairs that should pass, and how sure that must be. */
const COVERAGE_Z = 1.6449; // 95 %
const CONFIDENCE_Z = 1.6449; // 95 %
const PERCENT_WRONG = 0.2;

/**
 * Proposes where the gate accepts and where it asks for review.
 *
 * From aligned pairs alone, review starts at the lower tolerance bound that 95 % of such pairs exceed with 95 % confidence
 * (Natrella, Experimental Statistics, NBS Handbook 91, 1963, section 2-5.3; one-sided, on the z scale of Fisher for
 * similarities), but never above the worst aligned pair less the margin that rounding takes. Where there are pairs that must
 * not pass, review also starts above the best of them, half way to the worst aligned pair where the two are apart. An
 * alignment is accepted from the 5th percentile of the aligned pairs on, never below review.
 * @throws {DomainError} INSUFFICIENT_HISTORY with fewer than 5 aligned pairs; UNSUPPORTED where more than a fifth of the aligned pairs
 *   would have to be refused for all others to be: the measure does not tell them apart.
 */
export function proposeThresholds(
  measure: Acceptance['measure'],
  { accepted, refused }: JudgedValues,
): ThresholdProposal {
  if (accepted.length < FEWEST_ACCEPTED) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `Thresholds need at least ${FEWEST_ACCEPTED} aligned pairs; ${accepted.length} are there.`,
    );
  }
  const aligned = accepted.toSorted((a, b) => a - b);
  const worst = aligned[0]!;
  const best = refused.length === 0 ? null : Math.max(...refused);
  const usual = Math.min(worst, toleranceBound(aligned, measure));
  const step = measure === 'masked-ssim' ? 0.01 : 0.001;
  const review =
    best === null
      ? floorTo(usual, step)
      : best < worst
        ? roundTo((best + worst) / 2, step, best, worst)
        : ceilTo(best + step / 2, step);
  const falseRejects = aligned.filter((value) => value < review).length;
  if (falseRejects > PERCENT_WRONG * aligned.length) {
    throw new DomainError(
      'UNSUPPORTED',
      `${measure} does not tell these pairs apart: to refuse every pair that must not pass, ${falseRejects} of ${aligned.length} aligned pairs would be refused.`,
      { field: 'acceptance.measure' },
    );
  }
  const accept = Math.max(review, floorTo(aligned[Math.floor(0.05 * aligned.length)]!, step));
  return {
    accepted: tidy(accept),
    review: tidy(review),
    falseAccepts: refused.filter((value) => value >= review).length,
    falseRejects,
    evidence: evidenceOf(measure, aligned, refused, falseRejects),
  };
}

function evidenceOf(
  measure: string,
  aligned: readonly number[],
  refused: readonly number[],
  falseRejects: number,
): string {
  const range = (values: readonly number[]): string =>
    `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
  const others =
    refused.length === 0
      ? 'no pair that must not pass was given'
      : `${refused.length} that must not pass scored ${range(refused)}, none of which passes`;
  return `Calibrated by npm run register -- --calibrate on ${aligned.length} aligned pairs: ${measure} ${range(aligned)}, of which ${falseRejects} would be refused; ${others}.`;
}

/** Lower one-sided tolerance bound of a normal sample. */
function toleranceBound(values: readonly number[], measure: Acceptance['measure']): number {
  // Similarities pile up below 1; on this scale they are nearly normal.
  const [to, from] = measure === 'masked-ssim' ? [Math.atanh, Math.tanh] : [Number, Number];
  const scaled = values.map((value) => to(Math.min(value, 1 - 1e-6)));
  const n = scaled.length;
  const mean = scaled.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return from(mean - toleranceFactor(n) * deviation);
}

/** How many deviations below the mean the bound of a sample of n lies (Natrella); within 1.3 % of the exact factor from n = 5 on. */
export function toleranceFactor(n: number): number {
  const a = 1 - CONFIDENCE_Z ** 2 / (2 * (n - 1));
  const b = COVERAGE_Z ** 2 - CONFIDENCE_Z ** 2 / n;
  return (COVERAGE_Z + Math.sqrt(COVERAGE_Z ** 2 - a * b)) / a;
}

const floorTo = (value: number, step: number): number => Math.floor(value / step + 1e-9) * step;
const ceilTo = (value: number, step: number): number => Math.ceil(value / step - 1e-9) * step;
/** To the grid of thresholds, unless that would leave the open interval. */
const roundTo = (value: number, step: number, above: number, upTo: number): number => {
  const rounded = Math.round(value / step) * step;
  return rounded > above && rounded <= upTo ? rounded : value;
};
const tidy = (value: number): number => Number(value.toFixed(4));
