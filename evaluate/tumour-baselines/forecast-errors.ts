import type { ForecastingMethod } from '../../src/ml/forecasting/forecasting-method.ts';
import { outsideOwnPart } from '../../src/twins/population.ts';
import { forecastingMethods } from '../../src/ml/forecasting/forecasting-methods.ts';
import { type CohortPatient, questionOf, simulateCohort, VARIABLES } from './cohort-patient.ts';
import { doseEffectErrors } from './dose-effect.ts';
import { imageScorer } from './image-error.ts';
import { meanChangeForecast } from './mean-change.ts';
import type { SquaredErrors } from './score.ts';

const HORIZONS_DAYS = [7, 14, 28] as const;
/** Whose values are judged by targets; its images are those of {@link IMAGE_MODEL}, and it is asked for values alone. */
export const VALUE_MODEL = 'personal';
export const IMAGE_MODEL = 'population-mean-change';

/** How one forecast of one patient did. */
export interface Scored extends SquaredErrors {
  readonly seed: number;
  readonly subject: string;
  /** A variable's key, or `image`. */
  readonly target: string;
  readonly horizonDays: number;
  /** What the forecast said of itself; null for a subject that says nothing, and where it could not tell. */
  readonly statedSkill: number | null;
  readonly isDeclined: boolean;
  /** Whether the truth lay within the interval of each of `COVERAGES`; null where the forecast gave none. */
  readonly isInside: readonly boolean[] | null;
}

/**
 * One forecast per patient and horizon from the last known visit, fitted as in the server on all patients outside of their own eighth, the doses being known.
 * @param withImages false: values alone, in a fraction of the time.
 */
export function* forecastErrors(seed: number, patients: number, withImages: boolean): Generator<Scored | EffectError> {
  const cohort = simulateCohort({ seed, patients, withImages });
  const records = new Map(
    [...forecastingMethods.values()].map((method) => [
      method,
      cohort.map((patient) => method.summarise(asSeenBy(method, patient).history)),
    ]),
  );
  for (const [position, patient] of cohort.entries()) {
    const others = outsideOwnPart(cohort, position);
    const last = patient.history.visits.at(-1)!;
    const scorer = last.voxels === null ? null : imageScorer(last.voxels);
    for (const horizonDays of HORIZONS_DAYS) {
      const truth = patient.truthAfter(horizonDays);
      const score = (
        subject: string,
        target: string,
        model: number,
        said: Pick<Scored, 'statedSkill' | 'isDeclined' | 'isInside'>,
      ): Scored => {
        const baseline =
          target === 'image'
            ? scorer!.squaredError(last.voxels!, truth.voxels!)
            : (last.values[target]! - truth.values[target]!) ** 2;
        return { seed, subject, target, horizonDays, model, baseline, ...said };
      };
      for (const [method, summaries] of records) {
        const population = outsideOwnPart(summaries, position).filter((summary) => summary !== null);
        const doses = patient.dosesAfter(horizonDays);
        const { image, values } = method.forecast(
          questionOf(asSeenBy(method, patient), horizonDays, doses, population),
        );
        for (const { key } of VARIABLES) {
          const { value, intervals, skill, declineReason } = values[key]!;
          const isInside = intervals?.map(({ low, high }) => truth.values[key]! >= low && truth.values[key]! <= high);
          const said = {
            statedSkill: skill.skill,
            isDeclined: declineReason !== null,
            isInside: isInside === undefined || isInside.length === 0 ? null : isInside,
          };
          yield score(method.modelId, key, (value - truth.values[key]!) ** 2, said);
        }
        if (image !== null && scorer !== null) {
          const said = { statedSkill: image.skill.skill, isDeclined: image.declineReason !== null, isInside: null };
          yield score(method.modelId, 'image', scorer.squaredError(image.voxels, truth.voxels!), said);
        }
      }
      const mean = meanChangeForecast(patient, others, horizonDays);
      for (const { key } of VARIABLES) {
        const said = { statedSkill: null, isDeclined: false, isInside: null };
        yield score('mean-change', key, (mean[key]! - truth.values[key]!) ** 2, said);
      }
    }
    for (const modelId of [VALUE_MODEL, IMAGE_MODEL]) {
      const method = forecastingMethods.get(modelId)!;
      const population = outsideOwnPart(records.get(method)!, position).filter((record) => record !== null);
      const effects = doseEffectErrors(method, asSeenBy(method, patient), population);
      for (const [target, errors] of Object.entries(effects)) yield { subject: modelId, effectOn: target, ...errors };
    }
  }
}

/** How the forecast effect of a treatment did on one patient. */
export interface EffectError extends SquaredErrors {
  readonly subject: string;
  readonly effectOn: string;
}

/** Without images for the model that is asked for values alone. */
function asSeenBy({ modelId }: ForecastingMethod, patient: CohortPatient): CohortPatient {
  if (modelId !== VALUE_MODEL) return patient;
  const visits = patient.history.visits.map(({ day, values, exposures }) => ({ day, voxels: null, values, exposures }));
  return { ...patient, history: { ...patient.history, visits, shape: null } };
}
