import {
  compileModel,
  copyPosterior,
  levelOf,
  type PersonalPosterior,
  startPosterior,
} from './personal/personal-posterior.ts';
import { checkSeries, type CheckedSeries, type PatientSeries } from './personal/patient-series.ts';
import type { PopulationModel } from './personal/population-model.ts';
import type { PredictiveMixture } from './personal/predictive-mixture.ts';
import { timeWalk } from './personal/open-intervals.ts';
import { rollOut } from './personal/roll-out.ts';
import { observeVisit } from './personal/update-posterior.ts';
import { horizonBinOf } from './skill.ts';

/** A forecast of one variable of a patient that the model was not fitted on, beside what was measured. */
export interface HeldOutForecast {
  readonly patient: number;
  readonly intervalDays: number;
  /** The last measurement before: "no change". */
  readonly last: number;
  readonly distribution: PredictiveMixture;
  readonly truth: number;
}

/**
 * From how many last visits of a patient forecasts are tried, per variable and horizon bin: those that a forecast starts from
 * resemble the last ones, whereas early in a disease or a treatment change is larger and easier to foresee.
 */
const LATE_ORIGINS = 3;
/** Older visits than these many are no origins, which bounds the cost. */
const MOST_ORIGINS = 48;
/** Later visits that are forecast from one origin. */
const MOST_TARGETS = 12;

/**
 * Forecasts of a patient's visits from earlier ones, each from what was known then and the doses that were really given.
 * @param patient number, for the answers. @returns by variable, in the order of the model's declaration.
 */
export function heldOutForecasts(model: PopulationModel, series: PatientSeries, patient: number): HeldOutForecast[][] {
  const checked = checkSeries(model.spec, series);
  const { visits } = checked;
  const posteriors = posteriorsAt(model, series, checked);
  const found: HeldOutForecast[][] = model.spec.variables.map(() => []);
  const origins = model.spec.variables.map(() => new Map<number, number>());
  for (let from = visits.length - 2; from >= 0 && from >= visits.length - 1 - MOST_ORIGINS; from -= 1) {
    const posterior = posteriors.get(from)!;
    const later = visits.slice(from + 1, from + 1 + MOST_TARGETS);
    const wanted = later.map(({ day, values }) => {
      const bin = horizonBinOf(day - visits[from]!.day).from;
      return model.spec.variables.flatMap((_, v) => {
        const isKnown = !Number.isNaN(values[v]!) && !Number.isNaN(levelOf(posterior, v));
        return isKnown && (origins[v]!.get(bin) ?? 0) < LATE_ORIGINS ? [v] : [];
      });
    });
    if (wanted.every(({ length }) => length === 0)) continue;
    const { predictive } = rollOut(compileModel(model), posterior, {
      horizonsDays: later.map(({ day }) => day - visits[from]!.day),
      treatments: checked.treatments,
    });
    const usedBins = model.spec.variables.map(() => new Set<number>());
    later.forEach(({ day, values }, index) => {
      const intervalDays = day - visits[from]!.day;
      for (const v of wanted[index]!) {
        const distribution = predictive[index]![v]!;
        const last = visits.findLast((visit, at) => at <= from && !Number.isNaN(visit.values[v]!))!.values[v]!;
        found[v]!.push({ patient, intervalDays, last, distribution, truth: values[v]! });
        usedBins[v]!.add(horizonBinOf(intervalDays).from);
      }
    });
    usedBins.forEach((bins, v) => bins.forEach((bin) => origins[v]!.set(bin, (origins[v]!.get(bin) ?? 0) + 1)));
  }
  return found;
}

/** What was believed at each of the last visits. */
function posteriorsAt(
  model: PopulationModel,
  series: PatientSeries,
  { visits, treatments }: CheckedSeries,
): ReadonlyMap<number, PersonalPosterior> {
  const compiled = compileModel(model);
  const posterior = startPosterior(model, series.statics);
  const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
  const kept = new Map<number, PersonalPosterior>();
  visits.forEach((visit, index) => {
    observeVisit(compiled, posterior, visit, walk);
    if (index >= visits.length - 1 - MOST_ORIGINS) kept.set(index, copyPosterior(posterior));
  });
  return kept;
}
