import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCohortExport } from '../../../src/ml/cohorts/readers/cohort-export.ts';
import { cloneTemplate } from '../../support/database.ts';
import { type ImportedTwin, type SequelaServer, startServer } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const DAY_MS = 86_400_000;
const HORIZON_DAYS = 14;
const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let twin: ImportedTwin;
let reference: Answer;

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly originAt: string;
  readonly targetAt: string;
  readonly modelVersion: string;
  readonly replayId: string;
  readonly assumptions: readonly string[];
  readonly image: { readonly image: { readonly sha256: string }; readonly baseline: { readonly sha256: string } };
  readonly values: readonly {
    readonly key: string;
    readonly value: number;
    readonly baseline: number;
    readonly isDeclined: boolean;
    readonly skill: { readonly skill: number | null; readonly patients: number };
    readonly intervals: readonly { readonly coverage: number; readonly low: number; readonly high: number }[];
  }[];
  readonly overlap: { readonly quantile: number; readonly isOutside: boolean; readonly reason: string | null } | null;
  readonly doseResponses: readonly {
    readonly treatmentKey: string;
    readonly variableKey: string;
    readonly points: readonly {
      readonly amountPerDay: number;
      readonly value: number;
      readonly populationValue: number;
    }[];
  }[];
}

const ANSWER = `id status originAt targetAt modelVersion replayId assumptions
  image { image { sha256 } baseline { sha256 } }
  values { key value baseline isDeclined skill { skill patients } intervals { coverage low high } }
  overlap { quantile isOutside reason }
  doseResponses { treatmentKey variableKey points { amountPerDay value populationValue } }`;

async function answerOf(mutation: string, type: string, input: Record<string, unknown>): Promise<Answer> {
  const { asked } = await server.client.request<{ asked: { forecast: { id: string }; job: { id: string } } }>(
    `mutation ($input: ${type}Input!) {
      asked: ${mutation}(input: $input) {
        ... on ${type}Success { forecast { id } job { id } }
        ... on Refusal { message }
      }
    }`,
    { input },
  );
  expect(asked).not.toHaveProperty('message');
  expect(await server.jobEnded(asked.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const { forecast } = await server.client.request<{ forecast: Answer }>(
    `query ($id: ID!) { forecast(id: $id) { ${ANSWER} } }`,
    { id: asked.forecast.id },
  );
  return forecast;
}

const ask = (input: Record<string, unknown>): Promise<Answer> =>
  answerOf('requestForecast', 'RequestForecast', { twinId: twin.twinId, ...input });
const what = (interventions: readonly object[]): Promise<Answer> =>
  answerOf('runScenario', 'RunScenario', { forecastId: reference.id, interventions });
const dose = (key: string, amountPerDay: number) => ({
  treatment: { key, from: reference.originAt, to: reference.targetAt, amountPerDay },
});
const valueOf = ({ values }: Answer, key = 'carcinoembryonicAntigen') => values.find((value) => value.key === key)!;

async function posterior(): Promise<{ sha256: string; intervals: number; modelVersion: string; effects: unknown[] }> {
  const { diseaseTwin } = await server.client.request<{
    diseaseTwin: { posterior: { sha256: string; intervals: number; modelVersion: string; effects: unknown[] } };
  }>(
    `query ($id: ID!) {
      diseaseTwin(id: $id) { posterior { modelVersion sha256 intervals effects { variable feature mean } } }
    }`,
    { id: twin.twinId },
  );
  return diseaseTwin.posterior;
}

beforeAll(async () => {
  const { url } = opened.adopt(await cloneTemplate(), (database) => database.drop());
  hospital = opened.adopt(await startSmallHospital({ visits: 5 }), (running) => running.stop());
  server = opened.adopt(await startServer({ databaseUrl: url, hospital: hospital.config }), (one) => one.close());
  twin = await server.importTwin('demo-0001');
  await server.twinIs(twin.twinId, 'READY');
  reference = await ask({ horizonDays: HORIZON_DAYS });
});
afterAll(() => opened.disposeAsync());

describe('a forecast of a twin among too few others', () => {
  test('comes from the model that was shipped, says so, and tells what it showed', () => {
    expect(reference.status).toBe('ISSUED');
    expect(reference.modelVersion).toMatch(/^personal@\d+\+[0-9a-f]{12} tumour-response-image@1\.0\.0\+[0-9a-f]{12}$/);
    expect(reference.assumptions.join('\n')).toMatch(/learned from \d+ simulated patients of the tumour cohort/);
    const { value, baseline, isDeclined, skill, intervals } = valueOf(reference);
    expect(isDeclined).toBe(false);
    expect(value).not.toBe(baseline);
    expect(skill.skill).toBeGreaterThan(0.3);
    expect(skill.patients).toBeGreaterThan(50);
    expect(intervals.map(({ coverage }) => coverage)).toEqual([0.5, 0.8, 0.9, 0.95]);
    for (const { low, high } of intervals) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(reference.overlap).toMatchObject({ isOutside: false });
  });

  test('shows how its values respond to doses, beside the population', () => {
    const curve = reference.doseResponses.find(
      ({ treatmentKey, variableKey }) => treatmentKey === 'chemotherapy' && variableKey === 'carcinoembryonicAntigen',
    )!;
    expect(curve.points[0]!.amountPerDay).toBe(0);
    curve.points.slice(1).forEach((point, index) => {
      expect(point.value).toBeLessThan(curve.points[index]!.value);
      expect(point.populationValue).toBeLessThan(curve.points[index]!.populationValue);
    });
  });

  test('is the last image and the last values at no distance', async () => {
    const now = await ask({ horizonDays: 0 });
    expect(now.image.image.sha256).toBe(now.image.baseline.sha256);
    for (const { value, baseline } of now.values) expect(value).toBe(baseline);
  });

  test('is the same when it is asked again', async () => {
    const again = await ask({ horizonDays: HORIZON_DAYS, asOf: new Date(), seed: 1 });
    const once = await ask({ horizonDays: HORIZON_DAYS, asOf: new Date(), seed: 1 });
    expect(once.values).toEqual(again.values);
    expect(once.image).toEqual(again.image);
    expect(once.doseResponses).toEqual(again.doseResponses);
  });
});

describe('a what-if', () => {
  test('that changes nothing gives the same bytes', async () => {
    const nothing = await what([]);
    expect(nothing.replayId).toBe(reference.replayId);
    expect({ ...nothing, id: reference.id }).toEqual(reference);
  });

  test('lowers the tumour marker with the dose, continuously', async () => {
    const answers: number[] = [];
    for (const amount of [0, 2.5, 10, 11]) answers.push(valueOf(await what([dose('chemotherapy', amount)])).value);
    answers.slice(1).forEach((value, index) => expect(value).toBeLessThan(answers[index]!));
    expect(answers[2]! - answers[3]!).toBeLessThan(answers[1]! - answers[2]!);
  });

  test('that nobody was given is answered and flagged, with the reason', async () => {
    const { status, overlap } = await what([dose('radiotherapy', 8)]);
    expect(status).toBe('ISSUED');
    expect(overlap).toMatchObject({ isOutside: true });
    expect(overlap!.reason).toMatch(/Radiotherapy/);
  });

  test('starts from another value where one is assumed, and teaches nothing about the patient', async () => {
    const before = await posterior();
    const { value, baseline } = valueOf(reference);
    const assumed = valueOf(await what([{ value: { key: 'carcinoembryonicAntigen', value: 2 * baseline } }]));
    expect(assumed.baseline).toBe(2 * baseline);
    expect(assumed.value / value).toBeGreaterThan(1.3);
    expect(await posterior()).toEqual(before);
  });
});

describe('what is believed of the patient', () => {
  test('is what the timeline says, to the byte, and grows with a visit without the model changing', async () => {
    const before = await posterior();
    expect(before.effects.length).toBeGreaterThan(5);
    hospital.hospital.publishNextVisit('demo-0001');
    await server.sync(twin.patientId);
    await server.twinIs(twin.twinId, 'READY');
    await ask({ horizonDays: HORIZON_DAYS });
    const after = await posterior();
    expect(after.intervals).toBeGreaterThan(before.intervals);
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.modelVersion).toBe(before.modelVersion);
    await ask({ horizonDays: 7 });
    expect((await posterior()).sha256).toBe(after.sha256);
  });

  test('and the forecast, as of an earlier moment, know nothing of the visit that came later', async () => {
    const asOf = new Date(new Date(reference.originAt).getTime() + DAY_MS);
    const then = await ask({ targetDate: reference.targetAt, asOf, clock: 'ISSUED' });
    expect(then.originAt).toBe(reference.originAt);
    expect(valueOf(then).baseline).toBe(valueOf(reference).baseline);
  });
});

describe('the cohort of a disease', () => {
  const cohort = (path: string): Promise<Response> => fetch(`${server.sequela.url}/cohorts/${path}`);

  test('is given out without identity or dates, as training reads it', async () => {
    const answer = await cohort('tumour-response.json');
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).not.toMatch(/demo-0001|20\d\d-\d\d/);
    const [patient, ...others] = readCohortExport(JSON.parse(text));
    expect(others).toEqual([]);
    expect(patient!.patient).toBe(twin.twinId);
    expect(patient!.course.measurements[0]!.day).toBe(0);
    expect(patient!.course.measurements.length).toBeGreaterThan(10);
    expect(patient!.course.doses.length).toBeGreaterThan(0);
  });

  test.each(['nothing.json', 'tumour-response', '..%2Fetc.json'])('of %s is not found', async (path) => {
    expect((await cohort(path)).status).toBe(404);
  });
});
