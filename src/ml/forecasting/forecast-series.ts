import { DomainError } from '../../errors.ts';
import type { LearnedPopulation } from './learned-population.ts';
import { correctionShifts, shifted } from './learned/direct-correction.ts';
import { judgedValue, type JudgedValue } from './personal-values.ts';
import { checkSeries, checkTreatments, type PatientSeries } from './personal/patient-series.ts';
import { compileModel } from './personal/personal-posterior.ts';
import { rollOut } from './personal/roll-out.ts';
import { posteriorOf } from './personal/update-posterior.ts';

/** What is asked of one patient. */
export interface SeriesQuestion {
  /** After the patient's last visit; above 0. */
  readonly horizonDays: number;
  /** Planned from the last visit on, by treatment, per day; an absent one is not given. */
  readonly amountPerDay: Readonly<Record<string, number>>;
}

/** One variable of the answer. */
export interface SeriesForecast extends JudgedValue {
  readonly variable: string;
  /** The last measurement: "no change". */
  readonly last: number;
}

/**
 * Forecasts a patient's values from a learned population, without a server: one answer per variable that was measured.
 * @throws {DomainError} INSUFFICIENT_HISTORY without any value; INVALID_INPUT for a horizon that is not above 0, an unknown treatment or a negative
 *   amount, and as `posteriorOf`.
 */
export function forecastSeries(
  learned: LearnedPopulation,
  series: PatientSeries,
  { horizonDays, amountPerDay }: SeriesQuestion,
): { readonly values: readonly SeriesForecast[]; readonly caveats: readonly string[] } {
  const { model } = learned;
  const { spec } = model;
  if (!(horizonDays > 0 && horizonDays < Infinity)) throw refusal('horizonDays', 'The horizon must be above 0 days.');
  for (const [key, amount] of Object.entries(amountPerDay)) {
    const known = spec.treatments.map((treatment) => treatment.key);
    if (!known.includes(key))
      throw refusal(key, `The model knows no treatment "${key}"; it knows ${known.join(', ')}.`);
    if (!(amount >= 0 && amount < Infinity)) throw refusal(key, `The amount of ${key} must be 0 or more.`);
  }
  const { posterior, caveats } = posteriorOf(model, series);
  if (posterior.visits === 0) throw new DomainError('INSUFFICIENT_HISTORY', 'No value of this patient was measured.');
  const { day } = posterior.open;
  const treatments = checkTreatments(
    spec,
    Object.fromEntries(
      spec.treatments.map(({ key }) => [
        key,
        [
          ...(series.treatments[key] ?? []).filter(({ fromDay }) => fromDay < day),
          { fromDay: day, toDay: day + horizonDays, amount: (amountPerDay[key] ?? 0) * horizonDays },
        ],
      ]),
    ),
  );
  const compiled = compileModel(model);
  const { predictive } = rollOut(compiled, posterior, { horizonsDays: [horizonDays], treatments });
  const shifts =
    learned.correction === null
      ? null
      : correctionShifts(compiled, learned.correction, posterior, checkSeries(spec, series), [horizonDays])[0]!;
  const unseen = Object.keys(amountPerDay).find((key) => amountPerDay[key]! > 0 && !(key in learned.meanPerDay));
  return {
    caveats,
    values: spec.variables.flatMap((variable, v): SeriesForecast[] => {
      const measured = series.visits.filter(({ values }) => Number.isFinite(values[variable.key]));
      const latest = measured.reduce((a, b) => (b.day >= a.day ? b : a), measured[0]!);
      if (measured.length === 0) return [];
      const last = latest.values[variable.key]!;
      const distribution = predictive[0]![v]!;
      const forecast =
        distribution === null || shifts === null
          ? distribution
          : shifted(variable, distribution, shifts[v]!, learned.correction?.[v]?.spread);
      const answer = judgedValue(
        variable,
        { value: last, intervalDays: horizonDays },
        forecast,
        learned,
        unseen ?? null,
      );
      return [{ variable: variable.key, last, ...answer }];
    }),
  };
}

const refusal = (field: string, message: string): DomainError => new DomainError('INVALID_INPUT', message, { field });
