import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDemoHospital } from '../../../src/composition/demo-hospital.ts';
import { openHospitals } from '../../../src/composition/hospitals.ts';
import { runScenario } from '../../../src/twins/request-forecast.ts';
import { recordTwin, type RecordedTwin } from '../../support/api-record.ts';
import { startApi, type ApiServer } from '../../support/api-server.ts';
import { cloneTemplate } from '../../support/database.ts';

const ACTOR = { tenantId: 'demo', userId: 'test' };
const NOBODY = '00000000-0000-4000-8000-000000000000';
const REFUSAL = '... on Refusal { reason message field }';
const opened = new AsyncDisposableStack();
let api: ApiServer;
let recorded: RecordedTwin;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  const demo = opened.adopt(await openDemoHospital({ patients: 1, seed: 7 }), (hospital) => hospital.stop());
  const hospitals = opened.adopt(openHospitals([demo.config], { now: () => new Date() }), (open) => open.close());
  api = opened.adopt(await startApi({ databaseUrl: clone.url, hospitals }), (server) => server.close());
  recorded = await recordTwin(api.dependencies, ACTOR);
});
afterAll(() => opened.disposeAsync());

async function mutate(field: string, variables: object = {}, declare = ''): Promise<Record<string, unknown>> {
  const { body } = await api.post(`mutation ${declare} { result: ${field} }`, variables);
  expect(body.errors).toBeUndefined();
  return body.data?.['result'] as Record<string, unknown>;
}

const requestForecast = (input: string) =>
  mutate(
    `requestForecast(input: { ${input} }) { __typename
      ... on RequestForecastSuccess { forecast { id status horizonDays targetAt seed modelId } job { id kind status } } ${REFUSAL} }`,
  );

describe('importing a patient', () => {
  it('takes the record over from the hospital and starts a synchronisation', async () => {
    const fhirIds: string[] = [];
    for await (const { fhirId } of api.dependencies.hospitals
      .of('demo')
      .clinical.listPatients(AbortSignal.timeout(9000))) {
      fhirIds.push(fhirId);
    }
    const imported = await mutate(
      `importPatient(fhirId: "${fhirIds[0]}") { ... on SyncPatientSuccess { patient { id fhirId } job { kind status } } }`,
    );
    expect(imported).toMatchObject({
      patient: { fhirId: fhirIds[0] },
      job: { kind: 'SYNC_PATIENT', status: 'QUEUED' },
    });
    const { id } = imported['patient'] as { id: string };
    const again = await mutate(`syncPatient(patientId: "${id}") { ... on SyncPatientSuccess { job { status } } }`);
    expect(again).toEqual({ job: { status: 'QUEUED' } });
  });

  it.each([
    ['importPatient(fhirId: "nobody-there")', 'NOT_FOUND'],
    ['importPatient(fhirId: "../../metadata")', 'INVALID_INPUT'],
    [`syncPatient(patientId: "${NOBODY}")`, 'NOT_FOUND'],
    ['syncPatient(patientId: "7")', 'NOT_FOUND'],
  ])('refuses %s with %s', async (field, reason) => {
    expect(await mutate(`${field} { __typename ${REFUSAL} }`)).toMatchObject({ __typename: 'Refusal', reason });
  });
});

describe('making a twin', () => {
  it('makes one per disease and says so the second time', async () => {
    const patient = await api.dependencies.unitOfWork.run(ACTOR, (stores) =>
      stores.patients.upsert({ ...recorded.patient, fhirId: 'without-twin' }),
    );
    const create = () =>
      mutate(
        `createDiseaseTwin(input: { patientId: "${patient.id}", disease: "test-disease" }) {
          ... on CreateDiseaseTwinSuccess { twin { status patient { fhirId } } job { kind } } ${REFUSAL} }`,
      );
    expect(await create()).toEqual({
      twin: { status: 'CREATED', patient: { fhirId: 'without-twin' } },
      job: { kind: 'SYNC_PATIENT' },
    });
    expect(await create()).toMatchObject({ reason: 'ALREADY_EXISTS', field: 'disease' });
  });

  it.each([
    ['an unknown disease', `patientId: "${NOBODY}", disease: "hiccups"`, 'disease'],
    ['an unknown patient', `patientId: "${NOBODY}", disease: "test-disease"`, 'patientId'],
  ])('refuses %s by name', async (_what, input, field) => {
    expect(await mutate(`createDiseaseTwin(input: { ${input} }) { ${REFUSAL} }`)).toMatchObject({
      reason: 'NOT_FOUND',
      field,
    });
  });
});

describe('asking for a forecast', () => {
  it('queues it with everything that decides the answer', async () => {
    const result = await requestForecast(`twinId: "${recorded.twin.id}", horizonDays: 14, seed: 3`);
    expect(result).toMatchObject({
      __typename: 'RequestForecastSuccess',
      forecast: { status: 'QUEUED', targetAt: '2026-01-29T00:00:00.000Z', seed: 3, modelId: 'carry-forward' },
      job: { kind: 'ISSUE_FORECAST', status: 'QUEUED' },
    });
  });

  it.each([
    ['both a date and a horizon', 'horizonDays: 14, targetDate: "2026-02-01T00:00:00Z"', 'INVALID_INPUT'],
    ['a horizon that is too long', 'horizonDays: 5000', 'INVALID_INPUT'],
    ['a horizon before the last visit', 'horizonDays: -1', 'INVALID_INPUT'],
    ['a model that does not exist', 'modelId: "oracle"', 'INVALID_INPUT'],
    ['a date that is too far away', 'targetDate: "2199-12-31T00:00:00Z"', 'INVALID_INPUT', 'targetDate'],
    ['knowledge of the future', 'asOf: "2199-01-01T00:00:00Z"', 'INVALID_INPUT'],
    ['a moment before there was anything', 'asOf: "2020-01-01T00:00:00Z"', 'INSUFFICIENT_HISTORY'],
  ])('refuses %s', async (_what, input, reason, field?: string) => {
    const result = await requestForecast(`twinId: "${recorded.twin.id}", ${input}`);
    expect(result).toMatchObject({ __typename: 'Refusal', reason, ...(field === undefined ? {} : { field }) });
    expect(String(result['message'])).toMatch(/^[A-Z].*\.$/);
  });

  it('can be stopped, once', async () => {
    const { job, forecast } = (await requestForecast(`twinId: "${recorded.twin.id}", horizonDays: 7`)) as {
      job: { id: string };
      forecast: { id: string };
    };
    const cancel = () =>
      mutate(`cancelJob(jobId: "${job.id}") { ... on CancelJobSuccess { job { status } } ${REFUSAL} }`);
    expect(await cancel()).toEqual({ job: { status: 'CANCELLED' } });
    expect(await cancel()).toMatchObject({ reason: 'CONFLICT' });
    const { body } = await api.post(`{ forecast(id: "${forecast.id}") { status statusReason } }`);
    expect(body.data).toMatchObject({ forecast: { status: 'CANCELLED' } });
  });
});

describe('asking what if', () => {
  const ask = (interventions: string) =>
    mutate(
      `runScenario(input: { forecastId: "${recorded.forecast.id}", interventions: [${interventions}] }) { __typename
        ... on RunScenarioSuccess { reference { id } job { kind } forecast { seed targetAt reference { id }
          interventions { ... on TreatmentIntervention { key from to amountPerDay } ... on ValueIntervention { key value } } } }
        ${REFUSAL} }`,
    );
  const treatment = (amountPerDay: number) =>
    `{ treatment: { key: "drug", from: "2026-01-15T00:00:00Z", to: "2026-01-29T00:00:00Z", amountPerDay: ${amountPerDay} } }`;

  it('asks the same question under other conditions', async () => {
    const result = await ask(`${treatment(50)}, { value: { key: "marker", value: 9 } }`);
    expect(result).toMatchObject({
      __typename: 'RunScenarioSuccess',
      reference: { id: recorded.forecast.id },
      forecast: {
        seed: 1,
        targetAt: '2026-01-29T00:00:00.000Z',
        reference: { id: recorded.forecast.id },
        interventions: [
          { key: 'drug', from: '2026-01-15T00:00:00.000Z', to: '2026-01-29T00:00:00.000Z', amountPerDay: 50 },
          { key: 'marker', value: 9 },
        ],
      },
    });
  });

  it.each([
    ['a negative dose', () => treatment(-1), 'interventions[0].treatment.amountPerDay'],
    ['more than the definition allows', () => treatment(1000), 'interventions[0].treatment.amountPerDay'],
    ['a variable that does not exist', () => '{ value: { key: "mood", value: 1 } }', 'interventions[0].value.key'],
    ['a treatment set as a value', () => '{ value: { key: "drug", value: 1 } }', 'interventions[0].value.key'],
    ['an absurd value', () => '{ value: { key: "marker", value: -1 } }', 'interventions[0].value.value'],
  ])('refuses %s and names the field as the schema does', async (_what, interventions, field) => {
    const result = await ask(interventions());
    expect(result).toMatchObject({ __typename: 'Refusal', reason: 'INVALID_INPUT', field });
  });

  it('refuses a crowd of interventions', async () => {
    expect(await ask(Array.from({ length: 21 }, () => treatment(1)).join(', '))).toMatchObject({ reason: 'TOO_LARGE' });
  });

  it('takes exactly one kind of change per intervention', async () => {
    const { status, body } = await api.post(
      `mutation { runScenario(input: { forecastId: "${NOBODY}", interventions: [{}] }) { __typename } }`,
    );
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('sets a what-if beside its reference, and the difference of a forecast from itself is nothing', async () => {
    const compare = async (scenario: string) => {
      const { body } = await api.post(
        `{ result: compareForecasts(reference: "${recorded.forecast.id}", scenario: "${scenario}") { __typename
          ... on ForecastComparison { image { isIdentical maximumAbsoluteDifference
            lesions { unit reference scenario difference } image { kind pngPath } } values { key difference } }
          ${REFUSAL} } }`,
      );
      return body.data?.['result'];
    };
    expect(await compare(recorded.forecast.id)).toMatchObject({
      image: {
        isIdentical: true,
        maximumAbsoluteDifference: 0,
        lesions: [{ unit: 'mL', reference: 4, scenario: 4, difference: 0 }],
        image: { kind: 'CHANGE' },
      },
      values: [{ key: 'marker', difference: 0 }],
    });
    expect(await compare(NOBODY)).toMatchObject({ __typename: 'Refusal', reason: 'NOT_FOUND', field: 'scenario' });
  });
});

describe('naming a what-if', () => {
  const name = (forecastId: string, given: string) =>
    mutate(
      `nameScenario(forecastId: "${forecastId}", name: ${given}) { __typename
        ... on NameScenarioSuccess { forecast { name reference { id } } } ${REFUSAL} }`,
    );
  const names = async () => {
    const { body } = await api.post(`{ result: forecast(id: "${recorded.forecast.id}") { namedScenarios { name } } }`);
    return body.data?.['result'];
  };

  it('keeps it with its reference until the name is let go', async () => {
    const { forecast } = await runScenario(api.dependencies, ACTOR, {
      forecastId: recorded.forecast.id,
      interventions: [],
    });
    expect(await name(forecast.id, '"  No   drug "')).toEqual({
      __typename: 'NameScenarioSuccess',
      forecast: { name: 'No drug', reference: { id: recorded.forecast.id } },
    });
    expect(await names()).toEqual({ namedScenarios: [{ name: 'No drug' }] });
    await name(forecast.id, 'null');
    expect(await names()).toEqual({ namedScenarios: [] });
  });

  it.each([
    ['a forecast under the plan', () => recorded.forecast.id, '"Plan"', 'INVALID_INPUT', 'forecastId'],
    ['nothing', () => NOBODY, '"Nobody"', 'NOT_FOUND', 'forecastId'],
    ['no name at all', () => NOBODY, '" "', 'INVALID_INPUT', 'name'],
    ['an endless name', () => NOBODY, `"${'a'.repeat(81)}"`, 'INVALID_INPUT', 'name'],
  ])('refuses %s', async (_, forecastId, given, reason, field) => {
    expect(await name(forecastId(), given)).toMatchObject({ __typename: 'Refusal', reason, field });
  });
});

describe('retiring a twin', () => {
  it('ends its life once and keeps its record', async () => {
    const other = await recordTwin(api.dependencies, ACTOR, 9);
    const retire = () =>
      mutate(
        `retireDiseaseTwin(twinId: "${other.twin.id}") { ... on RetireDiseaseTwinSuccess { twin { status } } ${REFUSAL} }`,
      );
    expect(await retire()).toEqual({ twin: { status: 'RETIRED' } });
    expect(await retire()).toMatchObject({ reason: 'CONFLICT' });
    expect(await requestForecast(`twinId: "${other.twin.id}"`)).toMatchObject({ reason: 'CONFLICT' });
    const { body } = await api.post(`{ forecast(id: "${other.forecast.id}") { status } }`);
    expect(body.data).toEqual({ forecast: { status: 'ISSUED' } });
  });
});
