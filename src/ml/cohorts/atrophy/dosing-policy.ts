import type { DoseInterval } from './progression.ts';

/** What a policy may look at on one day of a visit: the past of one person and that visit's own random numbers. */
interface DosingDecision {
  readonly visit: number;
  readonly day: number;
  /** The cognitive score as it was measured at this visit, missing or not. */
  readonly measuredScore: number;
  /** The daily dose up to this visit. */
  readonly mgPerDayBefore: number;
  /** Drawn at every visit whether or not they are used. In (0, 1). */
  readonly startDraw: number;
  readonly doseDraw: number;
}

/** Decides the daily dose in mg from a visit to the next one. */
export type DosingPolicy = (decision: DosingDecision) => number;

/** Highest daily dose in mg. */
const LARGEST_DOSE_MG_PER_DAY = 10;

/**
 * A clinic: at each visit one treats with probability sigmoid(gamma (score - 18) / 12 - 0.4), at a dose that rises with the
 * score when gamma is above 0, and once begun the treatment goes on, except that one in ten stops at a visit.
 * @param gamma confounding of treatment by what was measured; 0: none.
 */
export const clinicPolicy =
  (gamma: number): DosingPolicy =>
  ({ measuredScore, mgPerDayBefore, startDraw, doseDraw }) => {
    if (mgPerDayBefore > 0) return startDraw < 0.1 ? 0 : mgPerDayBefore;
    const need = 1 / (1 + Math.exp(0.4 - (gamma * (measuredScore - 18)) / 12));
    if (startDraw >= need) return 0;
    return LARGEST_DOSE_MG_PER_DAY * Math.min(1, 0.2 + 0.8 * doseDraw ** (1.5 - need));
  };

/** Gives exactly these doses, and nothing outside of them: the what-if of a known person. Days between visits count, too. */
export const prescribedDose =
  (doses: readonly DoseInterval[]) =>
  (day: number): number =>
    doses.find(({ fromDay, toDay }) => day >= fromDay && day < toDay)?.mgPerDay ?? 0;
