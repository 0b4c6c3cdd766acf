/** `npm run doctor [-- --json]`: what this machine offers, each thing tried for real. */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { inspect, type Inspection } from '../src/composition/inspect.ts';
import { loadConfig } from '../src/config.ts';

const DEBIAN_TOOLS = [
  ['Orthanc with DICOMweb', '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'],
  ['dciodvfy', '/usr/bin/dciodvfy'],
  ['Chromium', '/usr/bin/chromium'],
] as const;

const machine: Inspection[] = [
  {
    what: 'Node',
    ok: Number(process.versions.node.split('.')[0]) >= 24,
    detail: `${process.version} (24 or newer is needed)`,
  },
  {
    what: 'machine',
    ok: true,
    detail: `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
  },
];
const tools = DEBIAN_TOOLS.map(([what, file]): Inspection => ({
  what: `${what} (tests only)`,
  ok: true,
  detail: existsSync(file) ? 'installed' : 'not installed: its tests are skipped',
}));
const inspections = [...machine, ...(await inspect(loadConfig())), ...tools];

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(inspections));
} else {
  for (const { what, ok, detail } of inspections) {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}: ${detail}`);
  }
}
process.exitCode = inspections.every(({ ok }) => ok) ? 0 : 1;
