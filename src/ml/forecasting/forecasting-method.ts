import type { ForecastInput, ForecastOutput, SkillStatement } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import type { ShippedModel } from './shipped-model.ts';

/** Whom a forecast learns from, and for which question. */
export type OthersQuestion = Pick<ForecastInput, 'population' | 'populationAsOfMs' | 'treatmentKeys' | 'dynamics'>;

/** A forecasting model as plain functions: the same input gives the same bytes, on any thread. */
export interface ForecastingMethod {
  readonly modelId: string;
  /** As `Forecaster.summarise`. @throws {DomainError} INVALID_INPUT */
  summarise(history: ChangeHistory): Uint8Array | null;
  /**
   * What is costly to learn from others and the same for all forecasts that look at them, for `forecast`. Absent where nothing is.
   * @throws {DomainError} INVALID_INPUT
   */
  learnOthers?(others: OthersQuestion, shipped: ShippedModel | null): Uint8Array;
  /**
   * As `Forecaster.forecast`.
   * @param shipped a model of the same dynamics that stands in where too few others are known.
   * @param learned what `learnOthers` made of the same others and the same shipped model; the answer is the same without it.
   * @throws {DomainError} INSUFFICIENT_HISTORY, INVALID_INPUT
   */
  forecast(input: ForecastInput, shipped?: ShippedModel | null, learned?: Uint8Array | null): ForecastOutput;
}

export type ImageAnswer = NonNullable<ForecastOutput['image']>;
export type ValueAnswer = ForecastOutput['values'][string];

/** At no distance in time, and for "no change" itself, nothing has to be shown: the skill is 0 by definition. */
export const NO_CHANGE_SKILL: SkillStatement = { skill: 0, patients: 0, intervals: 0, shrinkage: 0 };

/** The last image, exactly; null where no visit has one. */
export function lastImage(
  input: ForecastInput,
  skill: SkillStatement = NO_CHANGE_SKILL,
  declineReason: string | null = null,
): ImageAnswer | null {
  const voxels = input.visits.at(-1)!.voxels;
  return voxels === null ? null : { voxels: voxels.slice(), skill, declineReason };
}

/** One answer per variable that has a value to start from. */
export function forEachValue(
  input: ForecastInput,
  answer: (variable: ForecastInput['variables'][number], origin: ForecastInput['valueOrigins'][string]) => ValueAnswer,
): Record<string, ValueAnswer> {
  return Object.fromEntries(
    input.variables.flatMap((variable) => {
      const origin = input.valueOrigins[variable.key];
      return origin === undefined ? [] : [[variable.key, answer(variable, origin)]];
    }),
  );
}
