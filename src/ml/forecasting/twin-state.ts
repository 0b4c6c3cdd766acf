import type { ForecastInput } from '../../twins/forecast.ts';
import { seriesOf } from './personal-dynamics.ts';
import { correctionShifts, shifted } from './learned/direct-correction.ts';
import type { LearnedPopulation } from './learned-population.ts';
import { checkSeries, checkTreatments, type PatientSeries } from './personal/patient-series.ts';
import { compileModel, type PersonalPosterior } from './personal/personal-posterior.ts';
import type { PopulationModel } from './personal/population-model.ts';
import type { PredictiveMixture } from './personal/predictive-mixture.ts';
import { rollOut } from './personal/roll-out.ts';
import { posteriorOf } from './personal/update-posterior.ts';
import { replaceLevel } from './replace-level.ts';

/** Where a patient stands under a model, and where the plan leads. */
export interface TwinState {
  readonly model: PopulationModel;
  readonly series: PatientSeries;
  /** Of the patient as recorded. */
  readonly posterior: PersonalPosterior;
  /** The same with the last values that a what-if assumes. */
  readonly assumed: PersonalPosterior;
  /** From the posterior's last day to the target; above 0. */
  readonly horizonDays: number;
  /** At the target, by variable; none for one without anything to start from. */
  readonly forecasts: Readonly<Record<string, PredictiveMixture>>;
  /** By how much its values were corrected, on the scale of changes, by variable of the model. */
  readonly shifts: readonly number[];
  readonly caveats: readonly string[];
}

/** Values may be measured up to the target itself; what is left of the time is never nothing. */
const SHORTEST_DAYS = 1e-6;

/**
 * Infers one patient's dynamics from all that was measured, rolls them out under the plan and corrects where that leads by what was
 * recorded: the same for every plan and whatever a what-if assumes.
 * @returns null where nothing was measured that the model knows.
 */
export function twinState(
  { model, correction }: Pick<LearnedPopulation, 'model' | 'correction'>,
  input: ForecastInput,
): TwinState | null {
  const series = seriesOf(input.course, input.dynamics);
  const { posterior, caveats } = posteriorOf(model, series);
  const assumed = assumedPosterior(model, input, posterior);
  if (assumed.open.day === -Infinity) return null;
  const horizonDays = Math.max(SHORTEST_DAYS, input.horizonDays - assumed.open.day);
  const treatments = checkTreatments(model.spec, series.treatments);
  const compiled = compileModel(model);
  const { predictive } = rollOut(compiled, assumed, { horizonsDays: [horizonDays], treatments });
  const recordedDays = Math.max(SHORTEST_DAYS, input.horizonDays - posterior.open.day);
  const shifts =
    correction === null || posterior.open.day === -Infinity
      ? model.spec.variables.map(() => 0)
      : correctionShifts(compiled, correction, posterior, checkSeries(model.spec, series), [recordedDays])[0]!;
  return {
    model,
    series,
    posterior,
    assumed,
    horizonDays,
    forecasts: Object.fromEntries(
      model.spec.variables.flatMap((variable, v): [string, PredictiveMixture][] => {
        const distribution = predictive[0]![v]!;
        return distribution === null
          ? []
          : [[variable.key, shifted(variable, distribution, shifts[v]!, correction?.[v]?.spread)]];
      }),
    ),
    shifts,
    caveats,
  };
}

/** A start value that is not the last one measured is a what-if's. */
function assumedPosterior(
  model: PopulationModel,
  { course, valueOrigins }: ForecastInput,
  posterior: PersonalPosterior,
): PersonalPosterior {
  return model.spec.variables.reduce((assumed, { key }, v) => {
    const origin = valueOrigins[key];
    const measured = course.measurements.findLast(({ variable }) => variable === key)?.value;
    return origin === undefined || origin.value === measured ? assumed : replaceLevel(model, assumed, v, origin.value);
  }, posterior);
}
