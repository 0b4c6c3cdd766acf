import { correctionInputs, forecastChange, laggedValuesAt, levelOn } from './learned/direct-correction.ts';
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

/** With what a correction can learn from it. */
export interface CorrectableForecast extends HeldOutForecast {
  /** As `CorrectionRow`. */
  readonly inputs: Float64Array;
  readonly change: number;
}

/** Which forecasts are tried. */
export interface HeldOutQuestions {
  /** Longest interval; any where nothing is said. */
  readonly longestDays?: number;
  /** Visits up to the origin, at least; 1 where nothing is said. */
  readonly fewestVisits?: number;
  /** Whether forecasts start from earlier visits than the patient's last ones, too. */
  readonly isEveryOrigin?: boolean;
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
export function heldOutForecasts(
  model: PopulationModel,
  series: PatientSeries,
  patient: number,
  { longestDays = Infinity, fewestVisits = 1, isEveryOrigin = false }: HeldOutQuestions = {},
): CorrectableForecast[][] {
  const checked = checkSeries(model.spec, series);
  const { visits } = checked;
  const { variables } = model.spec;
  const posteriors = posteriorsAt(model, series, checked);
  const found: CorrectableForecast[][] = variables.map(() => []);
  const origins = variables.map(() => new Map<number, number>());
  const [latest, earliest] = [visits.length - 2, Math.max(fewestVisits - 1, visits.length - 1 - MOST_ORIGINS, 0)];
  for (let from = latest; from >= earliest; from -= 1) {
    const posterior = posteriors.get(from)!;
    const { day: originDay } = visits[from]!;
    const later = visits.slice(from + 1, from + 1 + MOST_TARGETS).filter(({ day }) => day - originDay <= longestDays);
    const wanted = later.map(({ day, values }) => {
      const bin = horizonBinOf(day - originDay).from;
      return variables.flatMap((_, v) => {
        const isKnown = !Number.isNaN(values[v]!) && !Number.isNaN(levelOf(posterior, v));
        return isKnown && (isEveryOrigin || (origins[v]!.get(bin) ?? 0) < LATE_ORIGINS) ? [v] : [];
      });
    });
    if (wanted.every(({ length }) => length === 0)) continue;
    const foreseen = foreseenAt(model, checked, from, posterior, later);
    const usedBins = variables.map(() => new Set<number>());
    later.forEach(({ day, values }, index) => {
      const intervalDays = day - originDay;
      for (const v of wanted[index]!) {
        const [variable, truth] = [variables[v]!, values[v]!];
        const { distribution, inputs, effect, last } = foreseen[index]![v]!;
        const change = levelOn(variable, truth) - levelOn(variable, last) - effect;
        found[v]!.push({ patient, intervalDays, last, distribution, truth, inputs, change });
        usedBins[v]!.add(horizonBinOf(intervalDays).from);
      }
    });
    usedBins.forEach((bins, v) => bins.forEach((bin) => origins[v]!.set(bin, (origins[v]!.get(bin) ?? 0) + 1)));
  }
  return found;
}

interface Foreseen {
  readonly distribution: PredictiveMixture;
  readonly last: number;
  readonly inputs: Float64Array;
  /** What the model says that treatment after the origin does to the change. */
  readonly effect: number;
}

/** Forecasts of later visits from one of a patient's visits, by visit, then variable; null for one that was never measured. */
function foreseenAt(
  model: PopulationModel,
  checked: CheckedSeries,
  from: number,
  posterior: PersonalPosterior,
  later: readonly { readonly day: number }[],
): (Foreseen | null)[][] {
  const { variables, treatments } = model.spec;
  const compiled = compileModel(model);
  const originDay = checked.visits[from]!.day;
  const horizonsDays = later.map(({ day }) => day - originDay);
  const rolled = (given: CheckedSeries['treatments']) =>
    rollOut(compiled, posterior, { horizonsDays, treatments: given }).predictive;
  const predictive = rolled(checked.treatments);
  const untreated = treatments.length === 0 ? predictive : rolled(treatments.map(() => []));
  const lagged = laggedValuesAt(variables, checked, from);
  return horizonsDays.map((days, index) =>
    variables.map((variable, v): Foreseen | null => {
      const [distribution, reference] = [predictive[index]![v]!, untreated[index]![v]!];
      const known = checked.visits.findLast((visit, at) => at <= from && !Number.isNaN(visit.values[v]!));
      if (distribution === null || reference === null || known === undefined) return null;
      const last = known.values[v]!;
      const own = forecastChange(variable, reference, last);
      const effect = treatments.length === 0 ? 0 : forecastChange(variable, distribution, last) - own;
      return { distribution, last, inputs: correctionInputs(days, lagged, own), effect };
    }),
  );
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
