import type { ForecastingMethod } from '../../src/ml/forecasting/forecasting-method.ts';
import { type CohortPatient, questionOf, VARIABLES } from './cohort-patient.ts';
import { imageScorer } from './image-error.ts';
import type { SquaredErrors } from './score.ts';

const HORIZON_DAYS = 14;
const NOTHING = { chemoUnits: 0, radioGy: 0 };
/** The whole weekly calendar of the cohort: drug on the first, radiation on the first and fourth day of the week. */
const EVERYTHING = Array.from({ length: HORIZON_DAYS }, (_, day) => ({
  chemoUnits: day % 7 === 1 ? 5 : 0,
  radioGy: day % 7 === 1 || day % 7 === 4 ? 2 : 0,
}));

/**
 * The effect of two weeks of the whole treatment against none, forecast against true: the simulator repeats each patient
 * under both with the same noise. The baseline is "no effect".
 * @returns squared errors of the effect by variable key and for `image`.
 */
export function doseEffectErrors(
  method: ForecastingMethod,
  patient: CohortPatient,
  population: readonly Uint8Array[],
): Record<string, SquaredErrors> {
  const none = Array.from({ length: HORIZON_DAYS }, () => NOTHING);
  const [treated, untreated] = [EVERYTHING, none].map((doses) => ({
    truth: patient.truthUnder(doses)(HORIZON_DAYS),
    forecast: method.forecast(questionOf(patient, HORIZON_DAYS, doses, population)),
  })) as [Arm, Arm];
  const errors: Record<string, SquaredErrors> = {};
  for (const { key } of VARIABLES) {
    const effect = treated.truth.values[key]! - untreated.truth.values[key]!;
    const forecast = treated.forecast.values[key]!.value - untreated.forecast.values[key]!.value;
    errors[key] = { model: (forecast - effect) ** 2, baseline: effect ** 2 };
  }
  const last = patient.history.visits.at(-1)!.voxels;
  const scorer = last === null ? null : imageScorer(last);
  const images = [
    treated.truth.voxels,
    untreated.truth.voxels,
    treated.forecast.image,
    untreated.forecast.image,
  ] as const;
  const [trueWith, trueWithout, forecastWith, forecastWithout] = images;
  if (
    scorer !== null &&
    trueWith !== null &&
    trueWithout !== null &&
    forecastWith !== null &&
    forecastWithout !== null
  ) {
    const effect = (voxel: number): number => trueWith[voxel]! - trueWithout[voxel]!;
    const forecast = (voxel: number): number => forecastWith.voxels[voxel]! - forecastWithout.voxels[voxel]!;
    errors['image'] = {
      model: scorer.squaredDifference(forecast, effect),
      baseline: scorer.squaredDifference(() => 0, effect),
    };
  }
  return errors;
}

interface Arm {
  readonly truth: ReturnType<CohortPatient['truthAfter']>;
  readonly forecast: ReturnType<ForecastingMethod['forecast']>;
}
