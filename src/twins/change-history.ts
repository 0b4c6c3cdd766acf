import { assembleClinicalCourse } from './clinical-course.ts';
import { dynamicVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import { FaultError } from '../errors.ts';
import { entryIdsOf, forecastVisits } from './forecast-visits.ts';
import type { ChangeHistory, UnitConverter } from './ports.ts';
import { knownAt } from './timeline-view.ts';
import type { AsOf, TimelineEntry } from './timeline.ts';
import type { Visit } from './visit.ts';

/**
 * A patient's visits as a model learns from them (`Forecaster.summarise`). Days are relative to the last visit. A visit
 * may be used from the moment at which the last of the entries that it is made of became known, on the given clock.
 * Visits without an aligned image stay in, with their values alone.
 *
 * @param sources.voxelsByVisit voxels [D,H,W] of each aligned visit by `Visit.index`, in the reference's grid.
 * @throws {FaultError} where a visit names an entry that is not in `entries`, or voxels are not given or do not fit.
 */
export function assembleChangeHistory(sources: {
  readonly definition: DiseaseDefinition;
  readonly visits: readonly Visit[];
  /** The entries that the visits were assembled from. */
  readonly entries: readonly TimelineEntry[];
  readonly clock: AsOf['clock'];
  readonly voxelsByVisit: ReadonlyMap<number, Float32Array>;
  readonly convert: UnitConverter;
}): ChangeHistory {
  const { definition, visits, entries, clock, convert } = sources;
  const last = visits.at(-1);
  const dayZero = last?.occurredAt ?? new Date(0);
  const recordEnd = entries.reduce((latest, entry) => Math.max(latest, knownAt(entry, clock).getTime()), -8.64e15);
  const until = new Date(recordEnd);
  const { course } = assembleClinicalCourse({
    definition,
    entries,
    statics: last?.statics ?? {},
    dayZero,
    measuredUntil: until,
    dosesUntil: until,
    clock,
    convert,
  });
  const entryById = new Map(sources.entries.map((entry) => [entry.id, entry]));
  const seen = forecastVisits(visits, sources.voxelsByVisit);
  return {
    visits: seen.visits,
    occurredAtMs: visits.map((visit) => visit.occurredAt.getTime()),
    knownAtMs: visits.map((visit) =>
      entryIdsOf(visit).reduce((latest, id) => {
        const entry = entryById.get(id);
        if (entry === undefined) throw new FaultError('a visit names an entry that is not in its timeline');
        return Math.max(latest, knownAt(entry, sources.clock).getTime());
      }, -Infinity),
    ),
    shape: seen.shape,
    variables: dynamicVariables(definition).map(({ key, plausible }) => ({ key, plausible })),
    treatmentKeys: treatmentVariables(definition).map(({ key }) => key),
    course,
  };
}
