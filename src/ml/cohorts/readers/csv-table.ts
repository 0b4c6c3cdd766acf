import { DomainError } from '../../../errors.ts';

/** How a table is written. */
export interface CsvDialect {
  readonly delimiter: ',' | ';' | '\t';
  /** `1,5` for one and a half. */
  readonly hasDecimalComma: boolean;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What stands for a missing value. */
const MISSING = new Set(['', 'NA', 'NaN', 'nan', 'null', '.']);
const MOST_ROWS = 2_000_000;

/**
 * Reads a table with a header line (RFC 4180; a byte order mark, spare blank lines and CRLF are taken).
 * @throws {DomainError} INVALID_INPUT naming the line: no header, a column twice, a row with another number of cells, an
 *   open quote; TOO_LARGE above 2,000,000 rows.
 */
export function parseCsv(text: string, { delimiter }: CsvDialect): CsvTable {
  const rows = [...records(text.replace(/^\uFEFF/, ''), delimiter)];
  const [header, ...body] = rows;
  if (header === undefined) throw refusal('The table is empty: a header line is needed.');
  const columns = header.cells.map((cell) => cell.trim());
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw refusal(`The header names the column "${twice}" twice.`);
  for (const { line, cells } of body) {
    if (cells.length !== columns.length) {
      throw refusal(`Line ${line} has ${cells.length} cells, the header ${columns.length}.`);
    }
  }
  return { columns, rows: body };
}

/** Reads cells of one column. */
export interface ColumnReader {
  text(row: CsvRow): string;
  /** NaN where the value is missing. @throws {DomainError} INVALID_INPUT for anything else that is no finite number. */
  number(row: CsvRow): number;
}

/** @throws {DomainError} INVALID_INPUT where there is no such column, telling those that there are. */
export function columnReader(table: CsvTable, name: string, dialect: CsvDialect): ColumnReader {
  const at = table.columns.indexOf(name);
  if (at < 0) throw refusal(`The table has no column "${name}"; it has ${table.columns.join(', ')}.`, name);
  return {
    text: ({ cells }) => cells[at]!.trim(),
    number({ cells, line }) {
      const cell = cells[at]!.trim();
      if (MISSING.has(cell)) return NaN;
      const value = Number(dialect.hasDecimalComma ? cell.replace(',', '.') : cell);
      if (!Number.isFinite(value)) throw refusal(`Line ${line}: "${cell}" in column "${name}" is no number.`, name);
      return value;
    },
  };
}

/** True for what stands for a missing value. */
export const isMissing = (cell: string): boolean => MISSING.has(cell);

function* records(text: string, delimiter: string): Generator<CsvRow> {
  let line = 1;
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const first = line;
    const cells: string[] = [];
    let isOpen = true;
    while (isOpen) {
      let cell = '';
      if (text[at] === '"') {
        const end = closingQuote(text, at, first);
        cell = text.slice(at + 1, end).replaceAll('""', '"');
        line += cell.split('\n').length - 1;
        at = end + 1;
      } else {
        const start = at;
        while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at += 1;
        cell = text.slice(start, at).replace(/\r$/, '');
      }
      cells.push(cell);
      if (text[at] === '\r') at += 1;
      isOpen = text[at] === delimiter;
      at += 1;
    }
    line += 1;
    if (cells.length === 1 && cells[0]!.trim() === '') continue;
    count += 1;
    if (count > MOST_ROWS) throw new DomainError('TOO_LARGE', `The table has more than ${MOST_ROWS} rows.`);
    yield { line: first, cells };
  }
}

function closingQuote(text: string, opening: number, line: number): number {
  for (let at = opening + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at;
    at += 1;
  }
  throw refusal(`Line ${line} opens a quote that is never closed.`);
}

const refusal = (message: string, field?: string): DomainError =>
  new DomainError('INVALID_INPUT', message, field === undefined ? {} : { field });
