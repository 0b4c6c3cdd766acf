import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HOSPITAL_A, HOSPITAL_B, recordTwin, type RecordedTwin } from '../../support/api-record.ts';
import { startApi, type ApiServer } from '../../support/api-server.ts';
import { cloneTemplate } from '../../support/database.ts';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string;
}

let clone: Awaited<ReturnType<typeof cloneTemplate>>;
let api: ApiServer;
let recorded: RecordedTwin;

beforeAll(async () => {
  clone = await cloneTemplate();
  api = await startApi({ databaseUrl: clone.url });
  recorded = await recordTwin(api.dependencies, HOSPITAL_A);
  await recordTwin(api.dependencies, HOSPITAL_B, 500);
});
afterAll(async () => {
  await api?.close();
  await clone?.drop();
});

describe('reading a twin', () => {
  it('gives the visits with everything aligned to them', async () => {
    const { body } = await api.post(
      `query ($id: ID!) { diseaseTwin(id: $id) {
        status patient { fhirId gender birthDate } definition { id variables { key role unit } }
        gaps { body { ... on Gap { missing message } } }
        visits {
          index occurredAt intervalDays isReference
          image { kind sha256 shape spacingMm displayRange { low high } } alignedImage { kind }
          registration {
            verdict reason method stages transformKind before { maskedSsim } after { maskedSsim nmi ncc }
            quality { coverage nmiGain inverseConsistencyMm foldedPercent minimumJacobian }
            rejectedDeformation { reason } field { shape spacingMm }
          }
          values { variable { key } status value bound comparator ageDays entry { id } reason }
          statics { variable { key } status number category reason }
          exposures { variable { key unit } amount entries { body { ... on Treatment { evidence amount } } } }
        } } }`,
      { id: recorded.twin.id },
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({
      diseaseTwin: {
        status: 'READY',
        patient: { fhirId: 'patient-1', gender: 'FEMALE', birthDate: '1957-03' },
        gaps: [{ body: { missing: 'OBSERVATION', message: 'A laboratory value has no unit.' } }],
        visits: [
          {
            index: 0,
            occurredAt: '2026-01-01T00:00:00.000Z',
            intervalDays: null,
            isReference: true,
            image: { kind: 'ACQUIRED', sha256: recorded.acquired.sha256, shape: [2, 24, 32], spacingMm: [3, 1, 1] },
            alignedImage: { kind: 'ACQUIRED' },
            registration: null,
            values: [{ variable: { key: 'marker' }, status: 'KNOWN', value: 4, ageDays: 0 }],
          },
          {
            index: 1,
            intervalDays: 14,
            alignedImage: { kind: 'REGISTERED' },
            registration: {
              verdict: 'FLAGGED',
              method: 'rigid+ffd',
              stages: ['rigid', 'ffd'],
              quality: { coverage: 0.97, inverseConsistencyMm: 0.2, foldedPercent: 0, minimumJacobian: 1 },
              rejectedDeformation: null,
              field: { shape: [2, 24, 32], spacingMm: [3, 1, 1] },
              transformKind: 'RIGID',
              before: { maskedSsim: 0.5 },
              after: { maskedSsim: 0.72 },
            },
            values: [{ status: 'CENSORED', value: null, bound: 6, comparator: 'LESS_THAN', ageDays: 1 }],
            exposures: [
              {
                variable: { key: 'drug', unit: 'mg' },
                amount: 70,
                entries: [{ body: { evidence: 'ADMINISTRATION', amount: 70 } }],
              },
            ],
          },
        ],
      },
    });
  });

  it('knows nothing of what became known after the moment that was asked for', async () => {
    const { body } = await api.post(
      'query ($id: ID!) { diseaseTwin(id: $id) { visits(asOf: "2026-01-10T00:00:00Z") { index } } }',
      { id: recorded.twin.id },
    );
    expect(body.data).toEqual({ diseaseTwin: { visits: [] } });
  });

  it('gives the whole audit trail in pages', async () => {
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const answer: { diseaseTwin: { timeline: { nodes: { revision: number }[]; pageInfo: PageInfo } } } =
        await api.ask(
          `query ($id: ID!, $after: String) { diseaseTwin(id: $id) { timeline(first: 4, after: $after) {
          nodes { revision recordedAt body { __typename } } pageInfo { hasNextPage endCursor } } } }`,
          { id: recorded.twin.id, after },
        );
      const { timeline } = answer.diseaseTwin;
      seen.push(...timeline.nodes.map(({ revision }) => revision));
      after = timeline.pageInfo.hasNextPage ? timeline.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives the forecast with everything that it promises', async () => {
    const { body } = await api.post(
      `query ($id: ID!) { forecast(id: $id) {
        status horizonDays targetAt modelVersion inputHash seed replayId asOf clock assumptions reference { id }
        image { isDeclined image { kind pngPath niftiPath } baseline { kind } change { kind } skill { skill patients }
          lesions { unit baseline value drawn intervals { coverage low high } } }
        values { key variable { title } unit value baseline isDeclined skill { skill shrinkage } }
        inputs { id } interventions { __typename } twin { latestForecast { id } } } }`,
      { id: recorded.forecast.id },
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({
      forecast: {
        status: 'ISSUED',
        horizonDays: 14,
        clock: 'RECORDED',
        replayId: `carry-forward/1:${'d'.repeat(64)}:1`,
        image: {
          image: { kind: 'PREDICTED', pngPath: `/images/${recorded.predicted.sha256}.png?kind=predicted` },
          baseline: { kind: 'REGISTERED' },
          change: { kind: 'CHANGE' },
          skill: { skill: 0.2, patients: 20 },
          lesions: [
            { unit: 'mL', baseline: 5, value: 4, drawn: 4.05, intervals: [{ coverage: 0.9, low: 3, high: 6 }] },
          ],
        },
        values: [{ key: 'marker', variable: { title: 'Marker' }, unit: 'ng/mL', value: 5, baseline: 4 }],
        inputs: recorded.forecast.inputEntryIds.map((id) => ({ id })),
        twin: { latestForecast: { id: recorded.forecast.id } },
      },
    });
  });

  it('gives the events, jobs and the server', async () => {
    const { body } = await api.post(
      `query ($id: ID!) { server { version engine device threads modelIds } diseaseDefinitions {
        id registration { stages cost deformation acceptanceMeasure acceptedFrom refusedBelow acceptanceEvidence }
      }
        diseaseTwin(id: $id) { events(after: 1) { seq type forecast { id } } jobs { id } } job(id: "${recorded.twin.id}") { id } }`,
      { id: recorded.twin.id },
    );
    expect(body.data).toMatchObject({
      server: {
        engine: 'test engine',
        device: 'test processor',
        threads: 1,
        modelIds: ['carry-forward', 'linear-trend', 'personal', 'population-mean-change'],
      },
      diseaseDefinitions: [
        {
          id: 'test-disease',
          registration: {
            stages: ['rigid'],
            cost: 'squared-difference',
            deformation: null,
            acceptanceMeasure: 'MASKED_SSIM',
            acceptedFrom: 0.75,
            refusedBelow: 0.7,
            acceptanceEvidence: 'None: a test.',
          },
        },
      ],
      diseaseTwin: {
        events: [{ seq: 2, type: 'FORECAST_ISSUED', forecast: { id: recorded.forecast.id } }],
        jobs: [],
      },
      job: null,
    });
  });

  it.each(['not-an-id', '00000000-0000-4000-8000-000000000000', "'; drop table patient; --"])(
    'finds nothing under the id %s',
    async (id) => {
      const { body } = await api.post(
        'query ($id: ID!) { patient(id: $id) { id } diseaseTwin(id: $id) { id } forecast(id: $id) { id } job(id: $id) { id } }',
        { id },
      );
      expect(body).toEqual({ data: { patient: null, diseaseTwin: null, forecast: null, job: null } });
    },
  );

  it.each([
    ['a page that is too long', 'patients(first: 101) { nodes { id } }', 'INVALID_INPUT'],
    ['a page of nothing', 'diseaseTwins(first: 0) { nodes { id } }', 'INVALID_INPUT'],
    ['a cursor of another list', 'patients(after: "abc") { nodes { id } }', 'INVALID_INPUT'],
    ['a patient that cannot exist', 'diseaseTwins(patientId: "x") { nodes { id } }', 'NOT_FOUND'],
    ['a search that is too long', `patients(search: "${'x'.repeat(101)}") { nodes { id } }`, 'INVALID_INPUT'],
    ['a disease that cannot exist', String.raw`patients(disease: "a\u0000") { nodes { id } }`, 'NOT_FOUND'],
    ['twins of a disease that cannot exist', String.raw`diseaseTwins(disease: "\u0000") { nodes { id } }`, 'NOT_FOUND'],
    ['a NUL in a search', String.raw`patients(search: "a\u0000") { nodes { id } }`, 'INVALID_INPUT'],
  ])('refuses %s in words', async (_what, field, code) => {
    const { body } = await api.post(`{ ${field} }`);
    expect(body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
  });
});

it.each([1.5, 1e300, -1, '7'])('does not make another whole number of %j', async (after) => {
  const { status } = await api.post(
    'query ($id: ID!, $after: NonNegativeInt!) { diseaseTwin(id: $id) { events(after: $after) { seq } } }',
    { id: recorded.twin.id, after },
  );
  expect(status).toBe(400);
});

describe('reading the twins of many patients', () => {
  const FOUR_LEVELS = `query ($n: Int!) { patients(first: $n) { nodes { familyName twins { status
    visits { values { value entry { id } } exposures { entries { id } } registration { verdict } image { displayRange { low } } }
    gaps { id } latestForecast { id } jobs { id }
    forecasts(first: 3) { pageInfo { hasNextPage endCursor } edges { cursor node {
      values { key value variable { title } } inputs { id } jobs { id } reference { id } image { image { displayRange { high } } } } } } } } } }`;

  /** How many reads share a transaction depends on what is ready in the same turn of the event loop. */
  const OF_TRANSACTION = /^\s*(start transaction|begin|commit|select set_config)/i;

  it('takes the same number of statements however many patients there are', async () => {
    for (let number = 2; number <= 25; number++) await recordTwin(api.dependencies, HOSPITAL_A, number);
    const statementsFor = async (n: number): Promise<number> => {
      const spy = vi.spyOn(Client.prototype, 'query');
      try {
        const { patients } = await api.ask<{ patients: { nodes: { twins: { visits: unknown[] }[] }[] } }>(FOUR_LEVELS, {
          n,
        });
        expect(patients.nodes.flatMap(({ twins }) => twins.flatMap(({ visits }) => visits))).toHaveLength(2 * n);
        return spy.mock.calls.filter(([statement]) => !OF_TRANSACTION.test(statement)).length;
      } finally {
        spy.mockRestore();
      }
    };
    const few = await statementsFor(1);
    expect(await statementsFor(25)).toBe(few);
    expect(few).toBeLessThan(22);
  });

  it('pages through all of them, ordered by name, each once', async () => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const answer: { patients: { nodes: { familyName: string }[]; pageInfo: PageInfo } } = await api.ask(
        'query ($after: String) { patients(first: 10, after: $after) { nodes { familyName } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      const { nodes, pageInfo } = answer.patients;
      names.push(...nodes.map(({ familyName }) => familyName));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toHaveLength(25);
    expect(names).toEqual([...new Set(names)].sort());
  });

  it('finds patients by the start of a name or identifier, and by disease', async () => {
    const find = async (args: string) => {
      const { patients } = await api.ask<{ patients: { nodes: { fhirId: string }[] } }>(
        `{ patients(${args}) { nodes { fhirId } } }`,
      );
      return patients.nodes.map(({ fhirId }) => fhirId);
    };
    expect(await find('search: "zzyzx0007"')).toEqual(['patient-7']);
    expect(await find('search: "mrn-12"')).toEqual(['patient-12']);
    expect(await find('search: "mrn-500"')).toEqual([]);
    expect(await find('disease: "another-disease"')).toEqual([]);
    expect(await find('disease: "test-disease", first: 100')).toHaveLength(25);
  });
});

describe('another hospital', () => {
  it('is not there', async () => {
    const other = await recordTwin(api.dependencies, HOSPITAL_B, 501);
    const { body } = await api.post(
      `query ($p: ID!, $t: ID!, $f: ID!) { patient(id: $p) { id } diseaseTwin(id: $t) { id } forecast(id: $f) { id }
        diseaseTwins(first: 100) { nodes { patient { fhirId } } } }`,
      { p: other.patient.id, t: other.twin.id, f: other.forecast.id },
    );
    expect(body.data).toMatchObject({ patient: null, diseaseTwin: null, forecast: null });
    expect(JSON.stringify(body)).not.toMatch(/patient-50[01]/);
  });
});
