import { EXPOSURES_PER_TREATMENT, type FeatureColumn, type IntervalInputs } from './feature-columns.ts';
import { changeBetween, noIntervals, openNext, passTime, timeWalk } from './open-intervals.ts';
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

/** Counts the exposures of the same tables anew, under other half-lives. */
export function countExposures(
  spec: PersonalSpec,
  tables: readonly IntervalTable[],
  population: readonly CheckedSeries[],
  halfLivesDays: Float64Array,
): void {
  const rows = new Int32Array(tables.length);
  walkIntervals(spec, population, halfLivesDays, {
    startPatient: () => undefined,
    addRow(variable, inputs) {
      tables[variable]!.exposures.set(inputs.exposures, rows[variable]! * inputs.exposures.length);
      rows[variable]! += 1;
    },
  });
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
    for (let patient = 0; patient < population.length; patient += 1) {
      const { statics } = population[patient]!;
      for (let row = table.from[patient]!; row < table.from[patient + 1]!; row += 1) {
        const inputs = {
          values: table.values.subarray(row * variables, (row + 1) * variables),
          statics,
          day: table.startDays[row]!,
          duration: table.days[row]! / spec.timeUnitDays,
          exposures: table.exposures.subarray(row * exposures, (row + 1) * exposures),
        };
        for (const column of wanted) table.features[row * own.length + column] = own[column]!.value(inputs);
      }
    }
  });
}

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
      spec.variables.forEach((variable, index) => {
        const inputs = open.since[index]?.inputs;
        if (inputs === undefined || Number.isNaN(visit.values[index]!)) return;
        const change = changeBetween(variable, inputs.values[index]!, visit.values[index]!);
        if (!Number.isNaN(change)) sink.addRow(index, inputs, change, visit.day - inputs.day);
      });
      openNext(open, spec, visit, visit.values, statics);
    }
  });
}
