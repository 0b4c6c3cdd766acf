import { type Estimate, overSeeds, ratioOverPatients } from './bootstrap.ts';
import { COVERAGE_LEVELS, totalErrors } from './error-sums.ts';
import type { PatientErrors } from './judge-values.ts';

/** Which errors are looked at; all of them where nothing is said. */
export interface Selection {
  readonly subject: string;
  readonly variable?: string;
  readonly bin?: number;
  readonly subgroup?: string;
  readonly seed?: number;
}

/** Errors of all forecasters in a form that can be asked. */
export interface Judgement {
  readonly errors: readonly PatientErrors[];
  /** Unit of a scaled error, by variable: standard deviation of its values. */
  readonly scales: Readonly<Record<string, number>>;
}

const selected = (
  { errors }: Judgement,
  { subject, variable, bin, subgroup, seed }: Selection,
): readonly PatientErrors[] =>
  errors.filter(
    (one) =>
      one.subject === subject &&
      (variable === undefined || one.variable === variable) &&
      (bin === undefined || one.bin === bin) &&
      (subgroup === undefined || one.subgroups.includes(subgroup)) &&
      (seed === undefined || one.seed === seed),
  );

/** What is summed over a patient's errors: of each variable in its unit, or scaled where several are taken together. */
export type Measure = 'absolute' | 'squared' | 'crps' | 'width' | 'scaled';

const sumOf = ({ scales }: Judgement, { sums, variable }: PatientErrors, measure: Measure): number =>
  measure === 'scaled' ? sums.absolute / scales[variable]! : sums[measure];

const countOf = ({ sums }: PatientErrors, measure: Measure): number =>
  measure === 'crps' || measure === 'width' ? sums.distributions : sums.forecasts;

/** Mean of a measure over forecasts with its interval over patients; the root of it for squares. */
export function meanError(judgement: Judgement, selection: Selection, measure: Measure): Estimate {
  const patients = perPatient(selected(judgement, selection));
  const total = (count: (one: PatientErrors) => number) =>
    patients.map((own) => own.reduce((sum, one) => sum + count(one), 0));
  const estimate = ratioOverPatients(
    total((one) => sumOf(judgement, one, measure)),
    total((one) => countOf(one, measure)),
  );
  return measure === 'squared' ? rooted(estimate) : estimate;
}

/** Error of one subject over that of another on the same forecasts, paired by patient. */
export function errorRatio(judgement: Judgement, selection: Selection, rival: string, measure: Measure): Estimate {
  const [own, other] = [selection.subject, rival].map((subject) => {
    const sums = new Map<string, number>();
    for (const one of selected(judgement, { ...selection, subject })) {
      sums.set(one.patient, (sums.get(one.patient) ?? 0) + sumOf(judgement, one, measure));
    }
    return sums;
  }) as [Map<string, number>, Map<string, number>];
  const names = [...own.keys()];
  const estimate = ratioOverPatients(
    names.map((name) => own.get(name)!),
    names.map((name) => other.get(name) ?? 0),
  );
  return measure === 'squared' ? rooted(estimate) : estimate;
}

/** Mean and deviation over seeds of a mean error. */
export function errorOverSeeds(judgement: Judgement, selection: Selection, measure: Measure, seeds: readonly number[]) {
  return overSeeds(
    seeds.map((seed) => {
      const own = selected(judgement, { ...selection, seed });
      const [sum, count] = own.reduce(
        ([sums, counts], one) => [sums + sumOf(judgement, one, measure), counts + countOf(one, measure)],
        [0, 0],
      );
      return measure === 'squared' ? Math.sqrt(sum / count) : sum / count;
    }),
  );
}

/** Part of the truths within the central interval of each level, 0..1, over patients; null where no intervals were told. */
export function coverageOf(judgement: Judgement, selection: Selection): readonly Estimate[] | null {
  const patients = perPatient(selected(judgement, selection)).map((own) => totalErrors(own.map(({ sums }) => sums)));
  const told = patients.map(({ distributions }) => distributions);
  if (told.every((count) => count === 0)) return null;
  return COVERAGE_LEVELS.map((_, level) =>
    ratioOverPatients(
      patients.map(({ covered }) => covered[level]!),
      told,
    ),
  );
}

/** Largest distance of a coverage from its level, in percentage points. */
export const coverageError = (coverage: readonly Pick<Estimate, 'value'>[]): number =>
  100 * Math.max(...coverage.map(({ value }, k) => Math.abs(value - COVERAGE_LEVELS[k]!)));

/** Part of the forecasts that were declined. */
export function declinedPart(judgement: Judgement, selection: Selection): number {
  const { declined, forecasts } = totalErrors(selected(judgement, selection).map(({ sums }) => sums));
  return forecasts === 0 ? 0 : declined / forecasts;
}

const perPatient = (errors: readonly PatientErrors[]): PatientErrors[][] => [
  ...Map.groupBy(errors, ({ patient }) => patient).values(),
];

const rooted = ({ value, low, high }: Estimate): Estimate => ({
  value: Math.sqrt(value),
  low: Math.sqrt(low),
  high: Math.sqrt(high),
});
