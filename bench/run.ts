import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatReport } from './report.ts';
import type { BenchReport } from './report.ts';

/** `npm run bench -- NAME [--quick] [--seed N] [--only PART] [--json]`: runs bench/NAME.ts; exits 1 where a target is missed. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'report.ts'].includes(file))
  .map((file) => file.slice(0, -'.ts'.length));
const [name] = positionals;
if (name === undefined || !names.includes(name)) {
  console.error(
    `usage: npm run bench -- NAME [--quick] [--seed N] [--only PART] [--json], where NAME is one of: ${names.join(', ')}`,
  );
  process.exit(2);
}
const benchmark = (await import(`./${name}.ts`)) as { default: (options: object) => Promise<BenchReport> };
const seed = values.seed === undefined ? undefined : Number(values.seed);
if (seed !== undefined && !Number.isSafeInteger(seed)) {
  console.error(`--seed must be a whole number, found "${values.seed}"`);
  process.exit(2);
}
const report = await benchmark.default({
  quick: values.quick,
  ...(seed === undefined ? {} : { seed }),
  ...(values.only === undefined ? {} : { only: values.only }),
});
process.stdout.write(`${values.json ? JSON.stringify(report) : formatReport(report)}\n`);
process.exitCode = report.targets.every(({ met }) => met) ? 0 : 1;
