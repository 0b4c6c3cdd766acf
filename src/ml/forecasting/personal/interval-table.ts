import { EXPOSURES_PER_TREATMENT, type FeatureColumn, type IntervalInputs } from './feature-columns.ts';
import { firstOpen, poolAfter } from './exposure.ts';
import { changeBetween, noIntervals, openNext, passTime, startsInterval, timeWalk } from './open-intervals.ts';
import type { CheckedSeries } from './patient-series.ts';
import type { PersonalSpec } from './personal-spec.ts';

/** All intervals of one variable over a population, patient by patient in order of time. */
export interface IntervalTable {
  readonly rows: number;
  /** Rows of patient i: from[i] to from[i + 1] - 1. */
  readonly from: Int32Array;
  readonly changes: Float64Array;
  /** Lengths in days. */
  readonly days: Float64Array;
  /** [rows, features] */
  readonly features: Float64Array;
  /** Raw inputs of the features, see `IntervalInputs`: [rows, variables], [rows], [rows, exposures]. */
  readonly values: Float64Array;
  readonly startDays: Float64Array;
  readonly exposures: Float64Array;
}

/**
 * Cuts every patient's time into the intervals between measurements of each variable. A variable that is missing at a visit
 * has one longer interval across it.
 * @returns one table per declared variable, its features not yet filled.
 */
export function cutIntervals(
  spec: PersonalSpec,
  columns: readonly (readonly FeatureColumn[])[],
  population: readonly CheckedSeries[],
  halfLivesDays: Float64Array,
): readonly IntervalTable[] {
  const visits = population.reduce((sum, series) => sum + series.visits.length, 0);
  const exposures = EXPOSURES_PER_TREATMENT * spec.treatments.length;
  const variables = spec.variables.length;
  const tables = columns.map((own) => ({
    rows: 0,
    from: new Int32Array(population.length + 1),
    changes: new Float64Array(visits),
    days: new Float64Array(visits),
    features: new Float64Array(visits * own.length),
    values: new Float64Array(visits * variables),
    startDays: new Float64Array(visits),
    exposures: new Float64Array(visits * exposures),
  }));
  walkIntervals(spec, population, halfLivesDays, {
    startPatient: (patient) => tables.forEach((table) => (table.from[patient] = table.rows)),
    addRow(variable, inputs, change, days) {
      const table = tables[variable]!;
      const row = table.rows;
      table.rows += 1;
      table.changes[row] = change;
      table.days[row] = days;
      table.startDays[row] = inputs.day;
      table.values.set(inputs.values, row * variables);
      table.exposures.set(inputs.exposures, row * exposures);
    },
  });
  for (const table of tables) table.from[population.length] = table.rows;
  return tables;
}

/** Counts anew what of one treatment acts in the intervals of these tables, under another half-life. */
export function countActing(
  spec: PersonalSpec,
  tables: readonly IntervalTable[],
  population: readonly CheckedSeries[],
  treatment: number,
  halfLifeDays: number,
): void {
  const { unit } = spec.treatments[treatment]!;
  const width = EXPOSURES_PER_TREATMENT * spec.treatments.length;
  for (const { from, startDays, days, exposures } of tables) {
    for (let patient = 0; patient < population.length; patient += 1) {
      const given = population[patient]!.treatments[treatment]!;
      let [now, pool, first] = [-Infinity, 0, 0];
      for (let row = from[patient]!; row < from[patient + 1]!; row += 1) {
        const start = startDays[row]!;
        const end = start + days[row]!;
        if (start !== now) {
          first = firstOpen(given, now, first);
          pool = poolAfter(given, pool, now, start, halfLifeDays, unit, first);
        }
        first = firstOpen(given, start, first);
        const left = poolAfter(given, pool, start, end, halfLifeDays, unit, first);
        const at = row * width + EXPOSURES_PER_TREATMENT * treatment;
        exposures[at + 2] = pool + exposures[at]! - left;
        [now, pool] = [end, left];
      }
    }
  }
}

/** Fills the features of the tables from their inputs. @param onlyCarryOver leaves those alone that no half-life changes. */
export function fillFeatures(
  spec: PersonalSpec,
  columns: readonly (readonly FeatureColumn[])[],
  tables: readonly IntervalTable[],
  population: readonly CheckedSeries[],
  onlyCarryOver: boolean,
): void {
  const variables = spec.variables.length;
  const exposures = EXPOSURES_PER_TREATMENT * spec.treatments.length;
  tables.forEach((table, variable) => {
    const own = columns[variable]!;
    const wanted = [...own.keys()].filter((column) => !onlyCarryOver || own[column]!.dependsOnCarryOver);
    const inputs: IntervalInputs & { statics: Float64Array } = {
      values: new Float64Array(variables),
      statics: new Float64Array(spec.statics.length),
      day: 0,
      duration: 0,
      exposures: new Float64Array(exposures),
    };
    for (let patient = 0; patient < population.length; patient += 1) {
      inputs.statics = population[patient]!.statics;
      for (let row = table.from[patient]!; row < table.from[patient + 1]!; row += 1) {
        for (let v = 0; v < variables; v += 1) inputs.values[v] = table.values[row * variables + v]!;
        for (let e = 0; e < exposures; e += 1) inputs.exposures[e] = table.exposures[row * exposures + e]!;
        inputs.day = table.startDays[row]!;
        inputs.duration = table.days[row]! / spec.timeUnitDays;
        for (let k = 0; k < wanted.length; k += 1) {
          const column = wanted[k]!;
          table.features[row * own.length + column] = own[column]!.value(inputs);
        }
      }
    }
  });
}

/** Whether some variable of a patient was measured twice, so that a change can be counted. */
export const hasInterval = (spec: PersonalSpec, { visits }: CheckedSeries): boolean =>
  spec.variables.some((variable, v) => {
    let start = NaN;
    return visits.some(({ values }) => {
      const value = values[v]!;
      if (Number.isNaN(value)) return false;
      const isChange = !Number.isNaN(start) && !Number.isNaN(changeBetween(variable, start, value));
      start = startsInterval(variable, value) ? value : NaN;
      return isChange;
    });
  });

interface RowSink {
  startPatient(patient: number): void;
  addRow(variable: number, inputs: IntervalInputs, change: number, days: number): void;
}

function walkIntervals(
  spec: PersonalSpec,
  population: readonly CheckedSeries[],
  halfLivesDays: Float64Array,
  sink: RowSink,
): void {
  population.forEach(({ visits, treatments, statics }, patient) => {
    sink.startPatient(patient);
    const open = noIntervals(spec);
    const walk = timeWalk(spec, halfLivesDays, treatments);
    for (const visit of visits) {
      passTime(open, walk, visit.day);
      for (let v = 0; v < spec.variables.length; v += 1) {
        const inputs = open.since[v]?.inputs;
        if (inputs === undefined || Number.isNaN(visit.values[v]!)) continue;
        const change = changeBetween(spec.variables[v]!, inputs.values[v]!, visit.values[v]!);
        if (!Number.isNaN(change)) sink.addRow(v, inputs, change, visit.day - inputs.day);
      }
      openNext(open, spec, visit, visit.values, statics);
    }
  });
}
