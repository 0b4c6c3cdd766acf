import { DomainError } from '../../../errors.ts';
import { checkTreatments, type PatientSeries } from './patient-series.ts';
import { compileModel, levelOf, type PersonalPosterior } from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';
import { certainty, mixtureMean, mixtureQuantile, type PredictiveMixture } from './predictive-mixture.ts';
import { rollOut } from './roll-out.ts';

/** What is to happen after the last visit that a posterior knows. */
export interface Plan {
  /** Days after the posterior's last day, ascending, each 0 or more and at most 300 years. */
  readonly horizonsDays: readonly number[];
  /** By treatment, on the clock of the series, in any order; what lies before the last visit has been counted already. */
  readonly treatments: PatientSeries['treatments'];
}

/** One variable on one day. */
export interface ValueForecast {
  /** Expected value; within the plausible range, as all numbers here. */
  readonly mean: number;
  readonly median: number;
  /** Best estimate of the level at the last measurement: what "no change" forecasts. */
  readonly last: number;
  /** Of what would be measured; not cut to the plausible range. */
  readonly distribution: PredictiveMixture;
  readonly plausible: readonly [number, number];
}

export interface PersonalForecast {
  readonly horizonDays: number;
  /** By variable; null for one that was never measured. */
  readonly values: Readonly<Record<string, ValueForecast | null>>;
}

/**
 * Forecasts every variable of one patient under a plan. At horizon 0 the answer is the last level, exactly; the same plan gives
 * the same bytes.
 * @throws {DomainError} INSUFFICIENT_HISTORY for a posterior without any visit; INVALID_INPUT for horizons out of order or out
 *   of range and for administrations at fault.
 */
export function forecastValues(
  model: PopulationModel,
  posterior: PersonalPosterior,
  plan: Plan,
): readonly PersonalForecast[] {
  const { spec } = model;
  checkHorizons(plan.horizonsDays);
  if (posterior.visits === 0) {
    throw new DomainError('INSUFFICIENT_HISTORY', 'Nothing has been measured of this patient yet.', {
      field: 'visits',
    });
  }
  const treatments = checkTreatments(spec, plan.treatments);
  const ahead = plan.horizonsDays.filter((days) => days > 0);
  const { predictive } = rollOut(compileModel(model), posterior, { horizonsDays: ahead, treatments });
  const atOnce = plan.horizonsDays.length - ahead.length;
  return plan.horizonsDays.map((horizonDays, d) => ({
    horizonDays,
    values: Object.fromEntries(
      spec.variables.map(({ key, plausible }, v) => {
        const last = levelOf(posterior, v);
        if (Number.isNaN(last)) return [key, null];
        const distribution = horizonDays === 0 ? certainty(last) : predictive[d - atOnce]![v]!;
        return [key, valueForecast(distribution, last, plausible)];
      }),
    ),
  }));
}

/** Central interval that a new measurement lies in with this probability, cut to the plausible range. @param level in (0, 1). */
export function predictionInterval(
  { distribution, plausible }: Pick<ValueForecast, 'distribution' | 'plausible'>,
  level: number,
): readonly [low: number, high: number] {
  if (!(level > 0 && level < 1)) {
    throw new DomainError('INVALID_INPUT', 'The level of an interval must lie between 0 and 1.', { field: 'level' });
  }
  return [
    within(mixtureQuantile(distribution, (1 - level) / 2), plausible),
    within(mixtureQuantile(distribution, (1 + level) / 2), plausible),
  ];
}

const valueForecast = (
  distribution: PredictiveMixture,
  last: number,
  plausible: readonly [number, number],
): ValueForecast => ({
  mean: within(mixtureMean(distribution), plausible),
  median: within(mixtureQuantile(distribution, 0.5), plausible),
  last,
  distribution,
  plausible,
});

const within = (value: number, [low, high]: readonly [number, number]): number => Math.min(Math.max(value, low), high);

const LONGEST_DAYS = 110_000;

function checkHorizons(horizonsDays: readonly number[]): void {
  horizonsDays.forEach((days, index) => {
    const isLater = index === 0 ? days >= 0 : days > horizonsDays[index - 1]!;
    if (!(isLater && days <= LONGEST_DAYS)) {
      throw new DomainError('INVALID_INPUT', 'Horizons must be days from 0 to 300 years in ascending order.', {
        field: `horizonsDays[${index}]`,
      });
    }
  });
}
