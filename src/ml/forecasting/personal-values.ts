import type { ForecastInput, PredictiveInterval } from '../../twins/forecast.ts';
import { NO_CHANGE_SKILL, type ValueAnswer } from './forecasting-method.ts';
import type { LearnedPopulation } from './learned-population.ts';
import { normalCdf } from '../normal-distribution.ts';
import { mixtureCentre, mixtureQuantile, type PredictiveMixture } from './personal/predictive-mixture.ts';
import type { VariableSpec } from './personal/personal-spec.ts';
import { treatmentTitle } from './treatment-title.ts';
import { COVERAGES, settledPart, shrunkTo, verdictAt } from './validation-table.ts';
import { withinPlausible } from './value-change.ts';

/** An answer that always tells its intervals; none where too few others are there to tell. */
export type JudgedValue = ValueAnswer & { readonly intervals: readonly PredictiveInterval[] };

/**
 * Answers one variable: the forecast as far as it was trusted on others at this interval, with intervals that held as often there as they
 * say; else the last value, with intervals of how much others changed.
 * @param forecast null where the model has nothing to start from.
 * @param unseen a planned treatment that nobody received, or null.
 */
export function judgedValue(
  variable: VariableSpec,
  origin: Pick<ForecastInput['valueOrigins'][string], 'value' | 'intervalDays'>,
  forecast: PredictiveMixture | null,
  learned: LearnedPopulation | null,
  unseen: string | null,
): JudgedValue {
  const { value: last, intervalDays } = origin;
  if (intervalDays === 0) return { value: last, intervals: [], skill: NO_CHANGE_SKILL, declineReason: null };
  const verdict = verdictAt(learned?.validation[variable.key], intervalDays);
  const { skill, patients, intervals } = verdict;
  const declineReason =
    verdict.declineReason ??
    (unseen === null ? null : `No other patient received ${unseen}; what it does cannot be told.`) ??
    (forecast === null ? 'The last value is too small for a change to be counted from it.' : null);
  if (declineReason !== null || forecast === null || learned === null) {
    return {
      value: last,
      intervals: noChangeIntervals(variable, last, verdict.noChangeWidths),
      skill: { skill, patients, intervals, shrinkage: 0 },
      declineReason,
    };
  }
  const part = verdict.shrinkage * settledPart(intervalDays, learned.model.stepDays);
  const distribution = shrunkTo(forecast, last, part);
  const value = withinPlausible(mixtureCentre(distribution), last, variable.plausible);
  return {
    value,
    intervals: COVERAGES.map((coverage, index): PredictiveInterval => {
      const probability = normalCdf(verdict.deviates![index]!);
      const at = (p: number): number => withinPlausible(mixtureQuantile(distribution, p), last, variable.plausible);
      return { coverage, low: at(1 - probability), high: at(probability) };
    }),
    skill: { skill, patients, intervals, shrinkage: verdict.shrinkage },
    declineReason: null,
  };
}

function noChangeIntervals(
  { change, plausible }: VariableSpec,
  last: number,
  widths: readonly number[] | null,
): readonly PredictiveInterval[] {
  if (widths === null) return [];
  return COVERAGES.map((coverage, index) => {
    const width = widths[index]!;
    const isLogarithm = change !== 'absolute' && last > 0;
    const [low, high] = isLogarithm ? [last * Math.exp(-width), last * Math.exp(width)] : [last - width, last + width];
    return { coverage, low: withinPlausible(low, last, plausible), high: withinPlausible(high, last, plausible) };
  });
}

/** Title of a treatment that is planned after the origin and that nobody received, or null. */
export function unseenTreatment(
  { treatmentKeys, plannedExposures, dynamics }: Pick<ForecastInput, 'treatmentKeys' | 'plannedExposures' | 'dynamics'>,
  learned: LearnedPopulation | null,
): string | null {
  if (learned === null) return null;
  const unseen = treatmentKeys.find((key) => plannedExposures[key]! > 0 && !(key in learned.meanPerDay));
  return unseen === undefined ? null : treatmentTitle(dynamics, unseen);
}
