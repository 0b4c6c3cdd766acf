import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BenchReport, formatReport } from '../../bench/report.ts';

const RESULTS = path.join(import.meta.dirname, '..', '..', 'docs', 'results');

/** Writes the table of a whole run, with the command and the commit that made it, and its pages of plots as `NAME*.svg`. */
export function writeResults(report: BenchReport, pages: Readonly<Record<string, string>>): void {
  mkdirSync(RESULTS, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: RESULTS, encoding: 'utf8' }).trim();
  const head = `npm run evaluate -- ${report.name}    (code of commit ${commit})\n\n`;
  writeFileSync(path.join(RESULTS, `${report.name}.txt`), `${head}${formatReport(report)}\n`);
  writePages(pages);
}

/** Writes pages of plots alone. @param pages by the name of the file, without `.svg`. */
export function writePages(pages: Readonly<Record<string, string>>): void {
  mkdirSync(RESULTS, { recursive: true });
  for (const [name, svg] of Object.entries(pages)) writeFileSync(path.join(RESULTS, `${name}.svg`), svg);
}
