import { addExposure } from './exposure.ts';
import { EXPOSURES_PER_TREATMENT, type IntervalInputs } from './feature-columns.ts';
import { type InputCoordinate, inputCoordinates } from './input-coordinates.ts';
import { checkTreatments } from './patient-series.ts';
import type { Plan } from './personal-forecast.ts';
import { compileModel, levelOf, type PersonalPosterior } from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';
import { rollOut } from './roll-out.ts';
import { distanceQuantile, standardisedCoordinate, supportDistance, type TrainingSupport } from './training-support.ts';

/** How far a scenario leads from what was learned from. */
export interface ScenarioOverlap {
  /** Part 0..1 of the intervals learned from that lie closer to the others than the farthest step of the scenario; 1: none lies farther. */
  readonly quantile: number;
  /** The farthest of so many steps lies where fewer than 1 % of equally long courses would have led. */
  readonly isOutside: boolean;
  /** What is unusual, in words; null where the scenario is not outside. */
  readonly reason: string | null;
}

const INSIDE: ScenarioOverlap = { quantile: 0, isOutside: false, reason: null };
const OUTSIDE_LEVEL = 0.99;
const MOST_STEPS = 120;
/**
 * Nearer than this many standard deviations is no distance: where all were given the same few doses at the same distances, an hour's
 * difference would lie farther than any of them.
 */
const NEGLIGIBLE = 0.25;

/**
 * Compares each step of a scenario, along the expected course, with the intervals that the effects were learned from: the
 * distance to the fifth nearest of them, in standardised coordinates of everything that the features look at.
 * @param nameOf words for a variable, static or treatment; its key by default.
 * @throws {DomainError} as `checkTreatments`.
 */
export function scenarioOverlap(
  model: PopulationModel,
  posterior: PersonalPosterior,
  { horizonDays, treatments }: { readonly horizonDays: number; readonly treatments: Plan['treatments'] },
  nameOf: (key: string) => string = (key) => key,
): ScenarioOverlap {
  const steps = stepsAlong(model, posterior, horizonDays, treatments);
  let farthest = INSIDE;
  model.supports.forEach((support, variable) => {
    if (support === null || Number.isNaN(levelOf(posterior, variable))) return;
    const coordinates = inputCoordinates(model.spec, variable);
    for (const inputs of steps) {
      const values = coordinates.map(({ value }) => value(inputs));
      const quantile = quantileOf(support, values);
      if (quantile < farthest.quantile || (quantile === farthest.quantile && farthest.reason !== null)) continue;
      const isOutside = quantile ** steps.length > OUTSIDE_LEVEL;
      const reason = isOutside ? reasonOf(support, coordinates, values, nameOf) : null;
      farthest = { quantile, isOutside, reason };
    }
  });
  return farthest;
}

function quantileOf(support: TrainingSupport, values: readonly number[]): number {
  const { means, sds } = support;
  const isNew = values.some(
    (value, c) => sds[c] === 0 && Math.abs(value - means[c]!) > 1e-6 * (1 + Math.abs(means[c]!)),
  );
  if (isNew) return 1;
  const point = Float64Array.from(values, (value, c) => standardisedCoordinate(value, means[c]!, sds[c]!));
  const distance = supportDistance(support, point);
  const quantile = distanceQuantile(support, distance);
  return distance < NEGLIGIBLE ? Math.min(quantile, 0.5) : quantile;
}

/** Inputs of each step of the expected course. */
function stepsAlong(
  model: PopulationModel,
  posterior: PersonalPosterior,
  horizonDays: number,
  treatments: Plan['treatments'],
): readonly IntervalInputs[] {
  const { spec } = model;
  const planned = checkTreatments(spec, treatments);
  const count = Math.min(Math.max(1, Math.round(horizonDays / model.stepDays)), MOST_STEPS);
  const horizonsDays = Array.from({ length: count }, (_, s) => ((s + 1) * horizonDays) / count);
  const { points, pointWeights } = rollOut(compileModel(model), posterior, {
    horizonsDays,
    treatments: planned,
    isPointsOnly: true,
  });
  const variables = spec.variables.length;
  const pools = posterior.open.pools.slice();
  return horizonsDays.map((until, s) => {
    const fromDay = posterior.open.day + (s === 0 ? 0 : horizonsDays[s - 1]!);
    const toDay = posterior.open.day + until;
    const exposures = new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length);
    for (let t = 0; t < pools.length; t += 1) {
      const window = {
        pool: pools[t]!,
        fromDay,
        toDay,
        halfLifeDays: model.halfLivesDays[t]!,
        unit: spec.treatments[t]!.unit,
      };
      pools[t] = addExposure(exposures, t, planned[t]!, window);
    }
    const values = Float64Array.from(spec.variables, (_, v) => {
      if (s === 0) return levelOf(posterior, v);
      const at = (s - 1) * pointWeights.length;
      return pointWeights.reduce((sum, weight, point) => sum + weight * points[(at + point) * variables + v]!, 0);
    });
    return {
      values,
      statics: posterior.statics,
      day: fromDay,
      duration: (toDay - fromDay) / spec.timeUnitDays,
      exposures,
    };
  });
}

/** Names the coordinate that lies farthest outside of where 99 % of the intervals lay. */
function reasonOf(
  { means, sds, lows, highs }: TrainingSupport,
  coordinates: readonly InputCoordinate[],
  values: readonly number[],
  nameOf: (key: string) => string,
): string {
  let [worst, most] = [-1, 0];
  values.forEach((value, c) => {
    const beyond =
      Math.max(lows[c]! - value, value - highs[c]!) / (sds[c]! > 0 ? sds[c]! : 1e-6 * (1 + Math.abs(means[c]!)));
    if (beyond > most) [worst, most] = [c, beyond];
  });
  if (worst < 0) {
    const told = coordinates.map((one, c) => wordsOf(one, values[c]!, nameOf)).join(', ');
    return `No patient that was learned from was in this combination: ${told}.`;
  }
  const one = coordinates[worst]!;
  const range = `${numberOf(one, lows[worst]!)} to ${numberOf(one, highs[worst]!)}`;
  return sds[worst]! > 0
    ? `${wordsOf(one, values[worst]!, nameOf)} lies outside of ${range}, where 99 % of what was learned from lies.`
    : `${wordsOf(one, values[worst]!, nameOf)} was never seen; it always was ${numberOf(one, means[worst]!)}.`;
}

const WORDS = {
  level: '',
  'log-level': '',
  static: '',
  time: '',
  given: ' per day',
  acting: ' at work per day',
} as const;

const wordsOf = (one: InputCoordinate, value: number, nameOf: (key: string) => string): string =>
  `${nameOf(one.key)} of ${numberOf(one, value)}${WORDS[one.kind]}`;

const numberOf = ({ kind }: InputCoordinate, value: number): string =>
  String(Number((kind === 'log-level' ? Math.exp(value) : value).toPrecision(3)));
