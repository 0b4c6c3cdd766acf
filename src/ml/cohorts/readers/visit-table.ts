import { DomainError } from '../../../errors.ts';
import type { PatientSeries } from '../../forecasting/personal/patient-series.ts';
import { type CsvDialect, columnReader, type CsvRow, type CsvTable, isMissing, parseCsv } from './csv-table.ts';

/** A patient of a cohort, as the personal layer sees one. */
export interface CohortPatient {
  readonly patient: string;
  readonly series: PatientSeries;
}

/** What the columns of a table in long format mean: one row per patient and visit. */
export interface VisitTableLayout extends CsvDialect {
  readonly patient: string;
  readonly time: { readonly column: string; readonly unit: 'day' | 'year' };
  readonly variables: readonly { readonly column: string; readonly key: string }[];
  /** The same in every row of a patient. With `levels` a category, coded by its position among them. */
  readonly statics: readonly {
    readonly column: string;
    readonly key: string;
    readonly levels?: readonly string[];
  }[];
  /** Amounts given from the visit before up to this one; the first visit's are not used. */
  readonly treatments: readonly { readonly column: string; readonly key: string }[];
}

const DAYS_PER_YEAR = 365.25;

/**
 * Reads a visit table; patients in the order of their first rows, days on the table's own clock.
 * @throws {DomainError} INVALID_INPUT that names line, column and fix: a missing column, something that is no number, a visit
 *   without a time, two rows of one patient and time, rows that are not in order of time, a static that changes or has an
 *   unknown level, a negative or missing amount.
 */
export function readVisitTable(text: string, layout: VisitTableLayout): CohortPatient[] {
  const table = parseCsv(text, layout);
  const read = (column: string) => columnReader(table, column, layout);
  const patientColumn = read(layout.patient);
  const timeColumn = read(layout.time.column);
  const variables = layout.variables.map(({ column, key }) => ({ key, cell: read(column) }));
  const statics = layout.statics.map((one) => ({ ...one, cell: read(one.column) }));
  const treatments = layout.treatments.map((one) => ({ ...one, cell: read(one.column) }));
  const daysPerUnit = layout.time.unit === 'year' ? DAYS_PER_YEAR : 1;

  const dayOf = (row: CsvRow): number => {
    const time = timeColumn.number(row);
    if (Number.isNaN(time)) throw refusal(row, layout.time.column, 'is missing: every visit needs a time');
    return time * daysPerUnit;
  };
  return [...rowsByPatient(table, layout.patient, (row) => patientColumn.text(row))].map(([patient, rows]) => {
    const days = rows.map(dayOf);
    rows.forEach((row, index) => {
      if (index === 0 || days[index]! > days[index - 1]!) return;
      const isTwice = days.indexOf(days[index]!) < index;
      throw refusal(
        row,
        layout.time.column,
        isTwice
          ? 'repeats a visit of the same patient; keep one row'
          : 'is earlier than in the row before; sort by time',
      );
    });
    return {
      patient,
      series: {
        statics: Object.fromEntries(statics.map((one) => [one.key, staticOf(one, rows)])),
        visits: rows.map((row, index) => ({
          day: days[index]!,
          values: Object.fromEntries(
            variables.flatMap(({ key, cell }) => {
              const value = cell.number(row);
              return Number.isNaN(value) ? [] : [[key, value]];
            }),
          ),
        })),
        treatments: Object.fromEntries(
          treatments.map(({ key, column, cell }) => [
            key,
            rows.slice(1).map((row, before) => {
              const amount = cell.number(row);
              if (!(amount >= 0)) throw refusal(row, column, 'must be an amount of 0 or more');
              return { fromDay: days[before]!, toDay: days[before + 1]!, amount };
            }),
          ]),
        ),
      },
    };
  });
}

function rowsByPatient(table: CsvTable, column: string, idOf: (row: CsvRow) => string): Map<string, CsvRow[]> {
  if (table.rows.length === 0) throw new DomainError('INVALID_INPUT', 'The table has a header but no rows.');
  const patients = new Map<string, CsvRow[]>();
  for (const row of table.rows) {
    const id = idOf(row);
    if (isMissing(id)) throw refusal(row, column, 'is missing: every row needs a patient');
    const rows = patients.get(id);
    if (rows === undefined) patients.set(id, [row]);
    else rows.push(row);
  }
  return patients;
}

function staticOf(
  { column, levels, cell }: VisitTableLayout['statics'][number] & { readonly cell: ReturnType<typeof columnReader> },
  rows: readonly CsvRow[],
): number {
  const first = cell.text(rows[0]!);
  for (const row of rows) {
    if (cell.text(row) !== first)
      throw refusal(row, column, `changes from "${first}" within a patient; it is no static`);
  }
  if (levels === undefined || isMissing(first)) return cell.number(rows[0]!);
  const level = levels.indexOf(first);
  if (level < 0) throw refusal(rows[0]!, column, `is "${first}"; known are ${levels.join(', ')}`);
  return level;
}

const refusal = ({ line }: CsvRow, column: string, what: string): DomainError =>
  new DomainError('INVALID_INPUT', `Line ${line}: column "${column}" ${what}.`, { field: column });
