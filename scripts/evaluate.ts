/** `npm run evaluate -- EXPERIMENT [--quick] [--json]`: runs evaluate/EXPERIMENT.ts; exits 1 where a target is missed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchReport, formatReport } from '../bench/report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    /** Folder with a person's own data, for experiments that take some. */
    data: { type: 'string' },
  },
});
const directory = path.join(import.meta.dirname, '..', 'evaluate');
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [name] = positionals;
if (name === undefined || !names.includes(name)) {
  console.error(
    `usage: npm run evaluate -- EXPERIMENT [--quick] [--json], where EXPERIMENT is one of: ${names.join(', ')}`,
  );
  process.exit(2);
}
const experiment = (await import(`../evaluate/${name}.ts`)) as {
  default: (options: { readonly quick: boolean; readonly data: string | undefined }) => Promise<BenchReport>;
};
const report = await experiment.default({ quick: values.quick, data: values.data });
process.stdout.write(`${values.json ? JSON.stringify(report) : formatReport(report)}\n`);
process.exitCode = report.targets.every(({ met }) => met) ? 0 : 1;
