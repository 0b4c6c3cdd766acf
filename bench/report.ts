import { cpus } from 'node:os';

export interface BenchRow {
  readonly case: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
}

export interface BenchTarget {
  readonly name: string;
  readonly value: number;
  readonly target: number;
  /** `min`: at least the target is good; `max`: at most. */
  readonly direction: 'min' | 'max';
  readonly met: boolean;
}

/** What a benchmark or an evaluation prints. */
export interface BenchReport {
  readonly name: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly threads: number };
  readonly seeds: readonly number[];
  readonly rows: readonly BenchRow[];
  readonly targets: readonly BenchTarget[];
  readonly notes: readonly string[];
}

/** @param threads how many the measured work used. */
export function describeMachine(threads: number): BenchReport['machine'] {
  const all = cpus();
  return { cpu: all[0]?.model.trim() ?? 'unknown', cores: all.length, node: process.versions.node, threads };
}

export function targetOf(name: string, value: number, target: number, direction: 'min' | 'max'): BenchTarget {
  return { name, value, target, direction, met: direction === 'min' ? value >= target : value <= target };
}

/** Median with the least and the greatest of several measurements. */
export function spread(values: readonly number[]): { value: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  const middle = (sorted.length - 1) / 2;
  return { value: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2, low, high };
}

/** The report as lines of text. */
export function formatReport(report: BenchReport): string {
  const { cpu, cores, node, threads } = report.machine;
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  const cells = report.rows.map((row) => [
    row.case,
    row.subject,
    row.metric,
    `${short(row.value)} ${row.unit}`,
    row.low === undefined || row.high === undefined ? '' : `${short(row.low)} .. ${short(row.high)}`,
  ]);
  const table = [['case', 'subject', 'metric', 'value', 'range'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const lines = table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const targets = report.targets.map(
    ({ name, value, target, direction, met }) =>
      `${met ? 'met   ' : 'MISSED'}  ${name}: ${short(value)} (${direction === 'min' ? 'at least' : 'at most'} ${target})`,
  );
  const head = [`${report.name}  (${cpu}, ${cores} cores, Node ${node}, ${threads} threads)`];
  const notes = report.notes.map((note) => `note: ${note}`);
  return [...head, '', ...lines, '', ...targets, ...notes].join('\n');
}
