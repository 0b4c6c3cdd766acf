import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSequelaClient, type SequelaClient } from '../../../scripts/demo/graphql-client.ts';
import { type MainJobResult, runMainJob } from '../../../scripts/demo/main-job.ts';
import type { TwinAnswer } from '../../../scripts/demo/operations.ts';
import { startRealHospital } from '../../../scripts/demo/real-hospital.ts';
import { startSequela } from '../../../src/composition/start-sequela.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import { cloneTemplate } from '../../support/database.ts';
import { isOrthancInstalled } from '../../support/orthanc.ts';
import { sharedData } from '../../support/shared-data.ts';

const canRun =
  isOrthancInstalled() && sharedData('mr-longitudinal/open_ms') !== null && sharedData('fhir/synthea') !== null;
if (!canRun) {
  console.log('skipped: the main job on real servers needs Orthanc, open_ms and Synthea');
}

const ALL_TWINS = `{ diseaseTwins { nodes { visits {
  registration { verdict method before { maskedSsim nmi } after { maskedSsim nmi } }
} } } }`;

let client: SequelaClient;
let result: MainJobResult;
const cleanUp: (() => unknown)[] = [];

describe.skipIf(!canRun)('the main job on a real PACS and a FHIR server, with real MR images', () => {
  beforeAll(async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'sequela-real-'));
    const database = await cloneTemplate();
    const hospital = await startRealHospital(directory);
    cleanUp.push(
      () => hospital.stop(),
      () => database.drop(),
      () => rmSync(directory, { recursive: true }),
    );
    const sequela = await startSequela({
      config: {
        ...loadConfig({ DATABASE_URL: database.url, SEQUELA_DATA_DIRECTORY: directory, SEQUELA_PORT: '0' }),
        hospitals: [hospital.config],
      },
      role: 'all',
      importDemoHospital: false,
      logger: createLogger('error'),
    });
    cleanUp.unshift(() => sequela.close());
    client = createSequelaClient(sequela.url);
    cleanUp.unshift(() => client.close());
    result = await runMainJob(client, {
      fhirIds: hospital.fhirIds,
      disease: 'multiple-sclerosis-mri',
      horizonDays: 180,
      seed: 1,
      intervention: () => ({ value: { key: 'expandedDisabilityStatusScale', value: 4 } }),
      progress: () => undefined,
    });
  }, 180_000);
  afterAll(async () => {
    for (const step of cleanUp) {
      await step();
    }
  });

  test('two visits of the same head are aligned', () => {
    expect(result.twin).toMatchObject({ status: 'READY', visits: 2 });
    const [registration] = result.registration;
    expect(registration?.accepted).toBe(true);
    expect(registration?.ssim).toBeGreaterThan(0.8);
    expect(registration?.ssim).toBeGreaterThan((registration?.ssimBefore ?? 1) + 0.3);
  });

  test('the follow-up of every patient is aligned to the first visit', async () => {
    const { diseaseTwins } = await client.request<{ diseaseTwins: { nodes: readonly TwinAnswer[] } }>(ALL_TWINS);
    const aligned = diseaseTwins.nodes.flatMap(({ visits }) =>
      visits.flatMap(({ registration }) => registration ?? []),
    );
    expect(aligned).toHaveLength(2);
    for (const { verdict, method, before, after } of aligned) {
      console.log(
        `masked SSIM ${before?.maskedSsim.toFixed(3)} before, ${after?.maskedSsim.toFixed(3)} after (${method}); ` +
          `NMI ${before?.nmi.toFixed(3)} before, ${after?.nmi.toFixed(3)} after`,
      );
      expect(verdict).toBe('ACCEPTED');
      expect(after?.maskedSsim).toBeGreaterThan(0.8);
    }
  });

  test('a forecast that nobody else\'s course supports is "no change" and says why', () => {
    expect(result.forecast).toMatchObject({
      status: 'DECLINED',
      statusReason: expect.stringContaining('other patients'),
    });
    const { image, baseline } = result.forecast as {
      image: { sha256: string };
      baseline: { image: { sha256: string } };
    };
    expect(image.sha256).toBe(baseline.image.sha256);
  });

  test("values come in the definition's unit, whatever the laboratory sent", () => {
    const { values } = result.forecast as { values: { code: string; unit: string; value: number }[] };
    // Sent as 1550 per microlitre.
    expect(values.find(({ code }) => code === 'lymphocytes')).toMatchObject({ unit: '10*9/L', value: 1.55 });
  });

  test('a what-if on a value changes that value and nothing else', () => {
    expect(result.whatIf).toMatchObject({
      imageDifference: { isIdentical: true },
      valueDifferences: [
        { code: 'expandedDisabilityStatusScale', difference: 1.5 },
        { code: 'lymphocytes', difference: 0 },
      ],
    });
  });

  test('the pictures show a head, and a forecast is marked as one', async () => {
    const { forecast } = result.pictures;
    const acquired = decode(await client.download(forecast.image!.baseline.pngPath));
    const predicted = decode(await client.download(forecast.image!.image.pngPath));
    expect(new Set(acquired.data).size).toBeGreaterThan(100);
    const differing = predicted.data.findIndex((value, index) => value !== acquired.data[index]);
    // The same bytes of voxels: what differs is the mark, in the first rows.
    expect(differing).toBeGreaterThanOrEqual(0);
    expect(Math.floor(differing / predicted.width / predicted.channels)).toBeLessThan(16);
  });
});
