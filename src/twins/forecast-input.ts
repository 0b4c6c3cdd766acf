import { assembleClinicalCourse } from './clinical-course.ts';
import { checkInterventions } from './check-interventions.ts';
import { daysBetween, endOfUtcDay } from './day.ts';
import { dynamicsOf, dynamicVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import { forecastOrigin, horizonDaysTo } from './forecast-origin.ts';
import type { ForecastInput, Intervention, ValueOrigin } from './forecast.ts';
import { entryIdsOf, forecastVisits } from './forecast-visits.ts';
import { lastKnownValue } from './last-known-value.ts';
import type { UnitConverter } from './ports.ts';
import type { AsOf, TimelineEntry } from './timeline.ts';
import { planTreatments } from './treatment-plan.ts';
import type { TreatmentPlan } from './treatment-plan.ts';
import type { Visit } from './visit.ts';

export interface ForecastInputSources {
  readonly definition: DiseaseDefinition;
  /** `assembleVisits` over `entries`. */
  readonly visits: readonly Visit[];
  /** The entries in force at `asOf`. */
  readonly entries: readonly TimelineEntry[];
  /** Start from this visit, for judging how an older forecast would have fared; default: the last usable one. */
  readonly originVisitIndex?: number | undefined;
  readonly asOf: AsOf;
  readonly targetAt: Date;
  readonly interventions: readonly Intervention[];
  /** Voxels [D,H,W] in the reference's grid of each aligned visit, by `Visit.index`. */
  readonly voxelsByVisit: ReadonlyMap<number, Float32Array>;
  /** Serialised records of other patients, ordered by hash, and the moment at which they are looked at. */
  readonly population: { readonly records: readonly Uint8Array[]; readonly asOf: Date };
  readonly seed: number;
  readonly convert: UnitConverter;
}

export interface AssembledForecastInput {
  readonly input: ForecastInput;
  /** Every timeline entry that the input was made from, sorted. */
  readonly inputEntryIds: readonly string[];
  /** What had to be assumed, each in one sentence. */
  readonly assumptions: readonly string[];
  /** Why a variable has no value to start from, by key. */
  readonly missingValues: Readonly<Record<string, string>>;
  readonly originAt: Date;
  readonly originVisitIndex: number;
  readonly horizonDays: number;
}

/**
 * Everything that a forecaster may know, as plain numbers.
 *
 * The origin is the last visit with an aligned image; day 0 is its image. Visits up to it are given, those without an
 * aligned image with their values alone. A variable starts from its last known value as of the earlier of `asOf` and
 * the target (later on the origin's UTC day included, as for the visit itself), no older at the origin than its
 * `windowDays`; its interval runs from max(measurement, origin) to the target, so that at horizon 0 every interval is 0.
 * A value intervention replaces that value and keeps its interval; where none is on record it starts at the origin.
 *
 * @throws {DomainError} INSUFFICIENT_HISTORY with fewer usable visits than the definition's `minimumVisits`;
 *   INVALID_INPUT with the field for a target before the origin or beyond `maximumHorizonDays`, an origin that is not
 *   usable, and everything that `checkInterventions` refuses.
 * @throws {FaultError} where the voxels of an aligned visit are not given or do not fit.
 */
export function assembleForecastInput(sources: ForecastInputSources): AssembledForecastInput {
  const { definition, entries, asOf, targetAt, interventions, convert } = sources;
  const origin = forecastOrigin(definition, sources.visits, sources.originVisitIndex);
  const originAt = origin.occurredAt;
  const horizonDays = horizonDaysTo(definition, originAt, targetAt);
  checkInterventions(definition, interventions, originAt, targetAt);

  const history = sources.visits.filter((visit) => visit.index <= origin.index);
  const seen = forecastVisits(history, sources.voxelsByVisit);
  const plan = planTreatments({
    definition,
    entries,
    visits: history,
    originAt,
    targetAt,
    asOfAt: asOf.at,
    interventions,
    convert,
  });
  const planned = plan.exposures(originAt, targetAt);
  const starts = startValues(sources, originAt, plan);
  const { course, entryIds: courseEntryIds } = assembleClinicalCourse({
    definition,
    entries,
    statics: origin.statics,
    dayZero: originAt,
    measuredUntil: valuesUntil(sources, originAt),
    dosesUntil: originAt,
    plannedDoses: plan.doses(originAt, targetAt),
    clock: asOf.clock,
    convert,
  });
  const variables = dynamicVariables(definition);
  return {
    input: {
      horizonDays,
      populationAsOfMs: sources.population.asOf.getTime(),
      visits: seen.visits,
      shape: seen.shape,
      ...(seen.spacingMm === null ? {} : { spacingMm: seen.spacingMm }),
      valueOrigins: starts.origins,
      variables: variables.map(({ key, plausible }) => ({ key, plausible })),
      treatmentKeys: treatmentVariables(definition).map(({ key }) => key),
      dynamics: dynamicsOf(definition),
      course,
      plannedExposures: amountsOf(planned),
      population: sources.population.records,
      seed: sources.seed,
    },
    inputEntryIds: [
      ...new Set([
        ...history.flatMap(entryIdsOf),
        ...starts.entryIds,
        ...courseEntryIds,
        ...staticEntryIds(origin),
        ...Object.values(planned).flatMap((exposure) => exposure.entryIds),
      ]),
    ].toSorted(),
    assumptions: [...plan.assumptions, ...unusableTreatments(definition, history, planned)],
    missingValues: starts.missing,
    originAt,
    originVisitIndex: origin.index,
    horizonDays,
  };
}

function startValues(
  sources: ForecastInputSources,
  originAt: Date,
  plan: TreatmentPlan,
): {
  readonly origins: Record<string, ValueOrigin>;
  readonly entryIds: readonly string[];
  readonly missing: Record<string, string>;
} {
  const { definition, entries, targetAt, convert } = sources;
  const until = valuesUntil(sources, originAt);
  const origins: Record<string, ValueOrigin> = {};
  const missing: Record<string, string> = {};
  const entryIds: string[] = [];
  for (const variable of dynamicVariables(definition)) {
    const known = lastKnownValue(variable, entries, { at: originAt, until }, convert);
    const changed = sources.interventions.find(
      (intervention) => intervention.kind === 'value' && intervention.variable === variable.key,
    );
    const value = changed?.kind === 'value' ? changed.value : known.status === 'known' ? known.value : null;
    if (value === null) {
      missing[variable.key] = known.status === 'missing' ? known.reason : 'the last value is only a bound';
      continue;
    }
    const observedMs = known.status === 'known' ? known.observedAt.getTime() : originAt.getTime();
    const startsAt = new Date(Math.min(Math.max(observedMs, originAt.getTime()), targetAt.getTime()));
    origins[variable.key] = {
      value,
      intervalDays: daysBetween(startsAt, targetAt),
      exposures: amountsOf(plan.exposures(startsAt, targetAt)),
    };
    if (known.status === 'known') entryIds.push(known.entryId);
  }
  return { origins, entryIds, missing };
}

/** Nothing measured later than the target, or after the moment of knowledge, is an input. */
function valuesUntil({ asOf, targetAt }: ForecastInputSources, originAt: Date): Date {
  const horizonEnd = Math.max(targetAt.getTime(), endOfUtcDay(originAt).getTime());
  return new Date(Math.min(asOf.at.getTime(), horizonEnd));
}

const staticEntryIds = ({ statics }: Visit): string[] =>
  Object.values(statics).flatMap((value) => (value.status === 'known' ? value.entryIds : []));

function unusableTreatments(
  definition: DiseaseDefinition,
  history: readonly Visit[],
  planned: ReturnType<TreatmentPlan['exposures']>,
): string[] {
  return treatmentVariables(definition).flatMap(({ key, title, unit }) => {
    const exposures = [...history.map((visit) => visit.exposures[key]), planned[key]];
    const count = new Set(exposures.flatMap((each) => each?.unusable.map(({ entryId }) => entryId) ?? [])).size;
    if (count === 0) return [];
    return [`${title}: ${count} record(s) could not be read as ${unit} and count as nothing.`];
  });
}

function amountsOf(exposures: ReturnType<TreatmentPlan['exposures']>): Record<string, number> {
  return Object.fromEntries(Object.entries(exposures).map(([key, exposure]) => [key, exposure.amount]));
}
