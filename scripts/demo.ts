/**
 * `npm run demo [-- --once] [--json] [--real] [--seed N] [--out DIR]`: the main job as a client of a fresh server.
 *
 * `--once` ends afterwards; otherwise the server stays up. `--json` prints one JSON object on stdout and nothing else
 * there. `--real` uses a real PACS (Orthanc) with two visits of real MR patients and a separate FHIR server instead of
 * the demo hospital. Pictures go to `--out` (default `out/demo`).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSequela } from '../src/composition/start-sequela.ts';
import { loadConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { contactSheet } from './demo/contact-sheet.ts';
import { createSequelaClient, type SequelaClient } from './demo/graphql-client.ts';
import { type MainJobResult, runMainJob } from './demo/main-job.ts';
import { createProgress } from './demo/progress.ts';
import { startRealHospital } from './demo/real-hospital.ts';

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'out/demo' },
  },
});

const CASES = {
  'demo-hospital': {
    disease: 'tumour-response',
    horizonDays: 7,
    intervention: (from: string, to: string) => ({ treatment: { key: 'radiotherapy', from, to, amountPerDay: 2 } }),
  },
  'real-servers': {
    disease: 'multiple-sclerosis-mri',
    horizonDays: 180,
    intervention: () => ({ value: { key: 'expandedDisabilityStatusScale', value: 4 } }),
  },
};

const started = performance.now();
const seed = Number(options.seed);
if (!Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError('--seed must be a whole number of 0 or more');
}
const directory = mkdtempSync(path.join(tmpdir(), 'sequela-demo-'));
const cleanUp: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
try {
  const real = options.real ? await startRealHospital(directory) : null;
  if (real !== null) {
    cleanUp.unshift(() => real.stop());
  }
  const sequela = await startSequela({
    config: {
      ...loadConfig({
        ...process.env,
        SEQUELA_DATA_DIRECTORY: directory,
        SEQUELA_PORT: options.once ? '0' : (process.env['SEQUELA_PORT'] ?? '4000'),
      }),
      hospitals: real === null ? null : [real.config],
    },
    role: 'all',
    importDemoHospital: false,
    logger: createLogger(options.json ? 'error' : 'warn'),
  });
  cleanUp.unshift(() => sequela.close());
  const client = createSequelaClient(sequela.url);
  cleanUp.unshift(() => client.close());

  const { disease, horizonDays, intervention } = CASES[real === null ? 'demo-hospital' : 'real-servers'];
  const fhirIds = real?.fhirIds ?? (await sequela.hospitalPatients()).sort();
  const result = await runMainJob(client, {
    fhirIds,
    disease,
    horizonDays,
    intervention,
    seed,
    progress: createProgress(),
  });
  const pictures = await savePictures(client, result, options.out);
  const { pictures: _, timings, ...answer } = result;
  report({
    ok: true,
    source: real === null ? 'demo hospital (synthetic cohort over FHIR R4 and DICOMweb)' : real.description,
    ...answer,
    pictures,
    timings: { ...sequela.timings, ...timings, totalMs: Math.round(performance.now() - started) },
  });
  if (!options.once) {
    process.stderr.write(`\nSequela stays at ${sequela.url} - stop it with Ctrl+C.\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve);
    });
  }
} catch (error) {
  process.exitCode = 1;
  if (options.json) {
    console.log(JSON.stringify({ ok: false, error: error instanceof Error ? error.message : String(error) }));
  }
  console.error(error);
} finally {
  for (const step of cleanUp) {
    await step();
  }
}

/** The middle slices of reference, last image as acquired and as aligned, forecast and predicted change, in a row. */
async function savePictures(client: SequelaClient, result: MainJobResult, out: string): Promise<string[]> {
  mkdirSync(out, { recursive: true });
  const { visits, forecast } = result.pictures;
  const reference = visits.find(({ isReference }) => isReference);
  const last = visits.findLast(({ alignedImage }) => alignedImage !== null);
  const wanted = [
    { name: 'reference', picture: reference?.image },
    { name: 'last-acquired', picture: last?.image },
    { name: 'last-aligned', picture: last?.alignedImage },
    { name: 'forecast', picture: forecast.image?.image },
    { name: 'predicted-change', picture: forecast.image?.change },
  ];
  const files: string[] = [];
  const downloaded: Uint8Array[] = [];
  for (const { name, picture } of wanted) {
    if (picture === null || picture === undefined) {
      continue;
    }
    // Without a slice number the server shows the middle one.
    const png = await client.download(picture.pngPath);
    downloaded.push(png);
    files.push(path.join(out, `${name}.png`));
    writeFileSync(files.at(-1)!, png);
  }
  files.push(path.join(out, 'contact-sheet.png'));
  writeFileSync(files.at(-1)!, contactSheet(downloaded));
  return files;
}

function report(answer: Record<string, unknown>): void {
  console.log(options.json ? JSON.stringify(answer) : JSON.stringify(answer, null, 2));
}
