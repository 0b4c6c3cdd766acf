import { z } from 'zod';
import { normalQuantile } from '../normal-distribution.ts';
import { mixtureCentre, normalScore, type PredictiveMixture } from './personal/predictive-mixture.ts';
import type { HeldOutForecast } from './held-out-forecasts.ts';
import {
  assessSkill,
  HORIZON_BINS,
  horizonBinOf,
  MINIMUM_PATIENTS,
  shrinkagesOfOthers,
  type SkillVerdict,
} from './skill.ts';

/** Coverages in 0..1 that intervals are told for. */
export const COVERAGES = [0.5, 0.8, 0.9, 0.95] as const;

const counts = z.array(z.number().nonnegative()).length(COVERAGES.length);

/** What forecasts of one variable showed on patients that they were not fitted on, by horizon bin. */
export const variableValidation = z.strictObject({
  /** Longest interval that was tried, in days. */
  longestDays: z.number().nonnegative(),
  bins: z.array(
    z.strictObject({
      fromDays: z.number().nonnegative(),
      skill: z.number().nullable(),
      patients: z.number().int().nonnegative(),
      intervals: z.number().int().nonnegative(),
      shrinkage: z.number().min(0).max(1),
      declineReason: z.string().nullable(),
      /**
       * For every coverage the standard normal deviate within which that part of the measurements lay about the forecast; null where too
       * few patients are there to tell.
       */
      deviates: counts.nullable(),
      /** The same for "no change": by how much measurements differ from the last one, on the scale of the change. */
      noChangeWidths: counts.nullable(),
      /** Part of the measurements within the forecast's own intervals, before they were corrected. */
      coveredBefore: counts.nullable(),
    }),
  ),
});
export type VariableValidation = z.infer<typeof variableValidation>;
type Bin = VariableValidation['bins'][number];

/**
 * A value is trusted at a horizon where its skill on patients left out is above 0 there at 95 % confidence, or above 0 there at all and at
 * 95 % confidence over all horizons together, as what is learned of one interval holds for the next longer one. What is
 * trusted is shrunk as far as it errs least. A stricter test declines what would have come closer than the last value: with some
 * eighty patients a skill of 0.2 seldom passes at 99.5 %.
 */
const TRUST = { level: 0.95, isOverAllHorizons: true } as const;

/** What a change is measured on: differences of logarithms or of values. */
export type ChangeScale = 'logarithm' | 'difference';

/**
 * Sums up held-out forecasts of one variable.
 * @param stepDays of the model. @param scale of the variable's change.
 */
export function validationOf(
  forecasts: readonly HeldOutForecast[],
  stepDays: number,
  scale: ChangeScale,
): VariableValidation {
  const intervals = forecasts.map(({ patient, intervalDays, last, distribution, truth }) => {
    const part = settledPart(intervalDays, stepDays);
    const centre = mixtureCentre(distribution);
    // What is forecast as a logarithm is judged as one: in its own unit a few patients with large values would speak for all.
    const isLogarithm = distribution.isLogarithm && last > 0 && truth > 0;
    const [y, f] = isLogarithm
      ? [Math.log(truth / last), part * Math.log(centre / last)]
      : [truth - last, part * (centre - last)];
    const plain = { patient, intervalDays, yy: y * y, yf: y * f, ff: f * f };
    const isRelative = !isLogarithm && scale === 'logarithm' && last > 0 && truth > 0 && last + f > 0;
    return isRelative
      ? { ...plain, relative: { change: Math.log(truth / last), forecast: Math.log1p(f / last) } }
      : plain;
  });
  return {
    longestDays: forecasts.reduce((most, { intervalDays }) => Math.max(most, intervalDays), 0),
    bins: HORIZON_BINS.flatMap((fromDays): Bin[] => {
      const inBin = forecasts.filter(({ intervalDays }) => horizonBinOf(intervalDays).from === fromDays);
      if (inBin.length === 0) return [];
      const longest = inBin.reduce((most, { intervalDays }) => Math.max(most, intervalDays), 0);
      const { skill, patients, intervals: count, shrinkage, declineReason } = assessSkill(intervals, longest, TRUST);
      const isEnough = patients >= MINIMUM_PATIENTS;
      // Errors under a shrinkage that the patient had no part in are as large as those of patients to come.
      const ofOthers = shrinkagesOfOthers(intervals, longest);
      const scores = inBin.map(({ patient, distribution, last, intervalDays, truth }) => {
        const part = (shrinkage === 0 ? 0 : ofOthers.get(patient)!) * settledPart(intervalDays, stepDays);
        return { patient, score: Math.abs(normalScore(shrunkTo(distribution, last, part), truth)) };
      });
      const changes = inBin.map((one) => ({
        patient: one.patient,
        score: Math.abs(differenceOn(scale, one.last, one.truth)),
      }));
      return [
        {
          fromDays,
          skill,
          patients,
          intervals: count,
          shrinkage,
          declineReason,
          deviates: isEnough ? COVERAGES.map((c) => conformalQuantile(scores, c, normalQuantile((1 + c) / 2))) : null,
          noChangeWidths: isEnough ? COVERAGES.map((c) => conformalQuantile(changes, c, 0)) : null,
          coveredBefore: isEnough ? COVERAGES.map((c) => partWithin(scores, normalQuantile((1 + c) / 2))) : null,
        },
      ];
    }),
  };
}

/** What was shown at a horizon, with the reason in words where nothing was. */
export function verdictAt(
  validation: VariableValidation | undefined,
  days: number,
): SkillVerdict & Pick<Bin, 'deviates' | 'noChangeWidths'> {
  const bin = validation?.bins.find(({ fromDays }) => fromDays === horizonBinOf(days).from);
  if (validation !== undefined && bin !== undefined && days <= validation.longestDays) return bin;
  // Answers in the same words as everywhere: nobody was followed for so long, or too few were.
  const longest = validation?.longestDays ?? 0;
  const tried = longest > 0 ? [{ patient: 0, intervalDays: longest, yy: 0, yf: 0, ff: 0 }] : [];
  return { ...assessSkill(tried, days), deviates: null, noChangeWidths: null };
}

/** A step of the model holds so many times in which what was wrong with the last measurement is forgotten. */
const SETTLINGS_PER_STEP = 8;

/**
 * The part 0..1 of a forecast change that is answered after an interval. The last measurement had an error, so that the best estimate
 * of a next one differs from it at once; for an answer that tends to the last value as the interval tends to 0 the difference
 * comes within a fraction of a step.
 */
export const settledPart = (days: number, stepDays: number): number =>
  -Math.expm1((-SETTLINGS_PER_STEP * days) / stepDays);

/** A distribution drawn towards the last value, so that its mean change on its own scale is this part of what it was. */
export function shrunkTo(distribution: PredictiveMixture, last: number, shrinkage: number): PredictiveMixture {
  if (shrinkage === 1) return distribution;
  const { isLogarithm, weights, means } = distribution;
  const origin = isLogarithm ? Math.log(last) : last;
  const centre = means.reduce((sum, mean, k) => sum + weights[k]! * mean, 0);
  const shift = (shrinkage - 1) * (centre - origin);
  return { ...distribution, means: means.map((mean) => mean + shift) };
}

const differenceOn = (scale: ChangeScale, from: number, to: number): number =>
  scale === 'logarithm' && from > 0 && to > 0 ? Math.log(to / from) : to - from;

interface Score {
  readonly patient: number;
  readonly score: number;
}

/**
 * The score that a new forecast's stays below with this probability: split-conformal (Vovk, Gammerman and Shafer 2005). Every forecast
 * counts alike, as it is forecasts that are asked for; how many patients they are from says how far the largest ones can
 * be relied on. Where too few are there for a coverage, the largest score seen, and not less than what the model says.
 */
function conformalQuantile(scores: readonly Score[], coverage: number, least: number): number {
  const patients = new Set(scores.map(({ patient }) => patient)).size;
  const sorted = scores.toSorted((a, b) => a.score - b.score);
  const place = Math.ceil(coverage * (1 + 1 / patients) * scores.length - 1e-9);
  return place <= scores.length ? sorted[place - 1]!.score : Math.max(least, sorted.at(-1)!.score);
}

function partWithin(scores: readonly Score[], deviate: number): number {
  const patients = [...Map.groupBy(scores, ({ patient }) => patient).values()];
  const parts = patients.map((own) => own.filter(({ score }) => score <= deviate).length / own.length);
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}
