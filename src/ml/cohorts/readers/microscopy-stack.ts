import { DomainError } from '../../../errors.ts';
import { columnReader, type CsvDialect, isMissing, parseCsv } from './csv-table.ts';

/** One page of a TIFF stack, counts of a camera. */
export interface StackPage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint16Array | Uint8Array | Float32Array;
}

/** A sequence of frames with the condition between them. */
export interface ConditionedStack {
  readonly stack: string;
  readonly rows: number;
  readonly columns: number;
  /** By frame, then channel: [rows, columns], counts. */
  readonly frames: readonly (readonly Float32Array[])[];
  /** Minutes since the first frame. */
  readonly minutes: readonly number[];
  /** From each frame to the next; one fewer than frames. */
  readonly conditions: readonly string[];
}

/** The rows of one stack in a condition table. */
export interface StackConditions {
  readonly minutes: readonly number[];
  /** From each frame on; that of the last one tells nothing and may be missing. */
  readonly conditions: readonly string[];
}

const COMMA: CsvDialect = { delimiter: ',', hasDecimalComma: false };
const MOST_PAGES = 100_000;

/**
 * Reads a condition table: columns `stack` (the name of the file without `.tif`), `frame` (0, 1, ...), `minutes`, `condition` (what
 * flows from this frame to the next).
 * @throws {DomainError} INVALID_INPUT that names line and fix: a missing column, a frame that is out of order or left out,
 *   time that does not pass, a missing condition.
 */
export function readConditionTable(text: string): Map<string, StackConditions> {
  const table = parseCsv(text, COMMA);
  const [stackCell, frameCell, minuteCell, conditionCell] = ['stack', 'frame', 'minutes', 'condition'].map((column) =>
    columnReader(table, column, COMMA),
  ) as [
    ReturnType<typeof columnReader>,
    ReturnType<typeof columnReader>,
    ReturnType<typeof columnReader>,
    ReturnType<typeof columnReader>,
  ];
  const stacks = new Map<string, { minutes: number[]; conditions: string[] }>();
  for (const row of table.rows) {
    const name = stackCell.text(row);
    const stack = stacks.get(name) ?? { minutes: [], conditions: [] };
    stacks.set(name, stack);
    const frame = frameCell.number(row);
    const minutes = minuteCell.number(row);
    if (frame !== stack.minutes.length) {
      throw refusal(
        `Line ${row.line}: frame ${frame} of "${name}" follows frame ${stack.minutes.length - 1}.`,
        'frame',
      );
    }
    if (!(minutes > (stack.minutes.at(-1) ?? -Infinity))) {
      throw refusal(`Line ${row.line}: minutes of "${name}" must rise from frame to frame.`, 'minutes');
    }
    const before = stack.conditions.at(-1);
    if (before !== undefined && isMissing(before)) {
      throw refusal(
        `Line ${row.line - 1}: the condition after frame ${frame - 1} of "${name}" is missing.`,
        'condition',
      );
    }
    stack.minutes.push(minutes);
    stack.conditions.push(conditionCell.text(row));
  }
  return stacks;
}

/**
 * Joins the pages of a stack, channel by channel within each frame, with its rows of the condition table.
 * @throws {DomainError} INVALID_INPUT: no rows for the stack, pages that do not fit channels and frames, pages of unequal size, a
 *   pixel that is no finite number; TOO_LARGE above 100,000 pages.
 */
export function joinStack(
  stack: string,
  pages: readonly StackPage[],
  channels: number,
  table: ReadonlyMap<string, StackConditions>,
): ConditionedStack {
  const rows = table.get(stack);
  if (rows === undefined) throw refusal(`The condition table has no rows for the stack "${stack}".`, 'stack');
  if (pages.length > MOST_PAGES) {
    throw new DomainError('TOO_LARGE', `The stack "${stack}" has more than ${MOST_PAGES} pages.`);
  }
  const frames = rows.minutes.length;
  if (pages.length !== frames * channels) {
    throw refusal(
      `The stack "${stack}" has ${pages.length} pages; ${frames} frames of ${channels} channels need ${frames * channels}.`,
      'stack',
    );
  }
  const { width, height } = pages[0]!;
  const images = pages.map(({ pixels, ...size }, page) => {
    if (size.width !== width || size.height !== height || pixels.length !== width * height) {
      throw refusal(`Page ${page + 1} of "${stack}" is not ${width} x ${height} as the first one is.`, 'stack');
    }
    if (pixels instanceof Float32Array && !pixels.every(Number.isFinite)) {
      throw refusal(`Page ${page + 1} of "${stack}" has a pixel that is no finite number.`, 'stack');
    }
    return Float32Array.from(pixels);
  });
  return {
    stack,
    rows: height,
    columns: width,
    frames: Array.from({ length: frames }, (_, frame) => images.slice(frame * channels, (frame + 1) * channels)),
    minutes: rows.minutes,
    conditions: rows.conditions.slice(0, -1),
  };
}

/** The condition table of stacks, as {@link readConditionTable} reads it. The last frame of each is left empty. */
export const writeConditionTable = (
  stacks: readonly {
    readonly stack: string;
    readonly minutes: readonly number[];
    readonly conditions: readonly string[];
  }[],
): string =>
  `stack,frame,minutes,condition\n${stacks
    .flatMap(({ stack, minutes, conditions }) =>
      minutes.map((minute, frame) => `${stack},${frame},${minute},${conditions[frame] ?? ''}\n`),
    )
    .join('')}`;

const refusal = (message: string, field: string): DomainError => new DomainError('INVALID_INPUT', message, { field });
