import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSequelaClient, type SequelaClient } from '../../scripts/demo/graphql-client.ts';
import { hospitalWork, type ImportedTwin, until } from '../support/sequela-server.ts';
import { type SequelaProcess, startSequelaProcess } from '../support/sequela-process.ts';
import { type SmallHospital, startSmallHospital } from '../support/small-hospital.ts';

export const MARKUP_NAME = '<img src=x onerror=alert(1)>';
/** A forecast wants to have seen 8 others, and one patient of the demo hospital has no image. */
const PATIENTS = 11;
const VISITS = 4;

interface ReadyTwin extends ImportedTwin {
  readonly fhirId: string;
}

/** A hospital, an API and a worker as processes of their own, and a twin of every patient. */
export interface BrowserHospital {
  readonly hospital: SmallHospital;
  readonly url: string;
  readonly client: SequelaClient;
  readonly work: ReturnType<typeof hospitalWork>;
  /** Those that are ready, in the order of the hospital. */
  readonly twins: readonly ReadyTwin[];
  /** An issued forecast of the first twin. */
  readonly forecastId: string;
  /** Another API of the same record, as a second process of the hospital. */
  startApi(): Promise<SequelaProcess>;
  /** Ends the API as a power cut would. */
  killApi(): Promise<void>;
  /** Starts it again at the same address. */
  restartApi(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts everything, imports every patient and waits for the first forecast that a model with skill has answered. The
 * first patient has a laboratory value without a unit, the second one a name that is markup.
 */
export async function startBrowserHospital(databaseUrl: string): Promise<BrowserHospital> {
  await using opened = new AsyncDisposableStack();
  const hospital = opened.adopt(await startSmallHospital({ patients: PATIENTS, visits: VISITS }), (running) =>
    running.stop(),
  );
  await prepareRecords(hospital);
  const directory = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-browser-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  const hospitals = path.join(directory, 'hospitals.json');
  await writeFile(hospitals, JSON.stringify({ hospitals: [hospital.config] }));
  const env = {
    DATABASE_URL: databaseUrl,
    SEQUELA_HOSPITALS_FILE: hospitals,
    SEQUELA_DATA_DIRECTORY: directory,
    SEQUELA_REQUESTS_PER_MINUTE: '6000',
    SEQUELA_SYNC_INTERVAL_MINUTES: '1440',
    SEQUELA_COMPUTE_THREADS: '2',
  };
  const start = async (role: 'api' | 'worker', more: Record<string, string> = {}): Promise<SequelaProcess> =>
    opened.adopt(await startSequelaProcess(role, { ...env, ...more }), (running) => running.kill());
  let [api] = await Promise.all([start('api'), start('worker')]);
  const { url } = api;
  const client = opened.adopt(createSequelaClient(url), (made) => made.close());
  const work = hospitalWork(client);
  const imported: ReadyTwin[] = [];
  for (let number = 1; number <= PATIENTS; number++) {
    const fhirId = `demo-${String(number).padStart(4, '0')}`;
    imported.push({ ...(await work.importTwin(fhirId)), fhirId });
  }
  const states = await Promise.all(imported.map(({ twinId }) => until(() => settled(client, twinId), 180_000)));
  const twins = imported.filter((_, index) => states[index] === 'READY');
  const forecastId = await askForecast(client, twins[0]!.twinId);
  const resources = opened.move();
  return {
    hospital,
    url,
    client,
    work,
    twins,
    forecastId,
    startApi: async () => {
      const second = await startSequelaProcess('api', env);
      resources.adopt(second, (running) => running.kill());
      return second;
    },
    killApi: () => api.kill(),
    async restartApi() {
      api = await startSequelaProcess('api', { ...env, SEQUELA_PORT: new URL(url).port });
      resources.adopt(api, (running) => running.kill());
    },
    close: () => resources.disposeAsync(),
  };
}

async function prepareRecords(hospital: SmallHospital): Promise<void> {
  const person = await hospital.read('Patient', 'demo-0002');
  await hospital.write({ ...person, name: [{ family: MARKUP_NAME, given: ['<script>alert(2)</script>'] }] });
  const [id] = await hospital.idsOf('Observation', '&patient=demo-0001&code=718-7');
  const { valueQuantity, ...observation } = await hospital.read('Observation', id!);
  const { value } = valueQuantity as { value: number };
  await hospital.write({ ...observation, resourceType: 'Observation', id: 'without-unit', valueQuantity: { value } });
}

interface TwinState {
  readonly diseaseTwin: { readonly status: string; readonly latestForecast: { readonly status: string } | null };
}

async function settled(client: SequelaClient, id: string): Promise<string | null> {
  const { diseaseTwin } = await client.request<TwinState>(
    'query ($id: ID!) { diseaseTwin(id: $id) { status latestForecast { status } } }',
    { id },
  );
  const { status, latestForecast } = diseaseTwin;
  const isAnswered = latestForecast?.status === 'ISSUED' || latestForecast?.status === 'DECLINED';
  return status === 'INCOMPLETE' || (status === 'READY' && isAnswered) ? status : null;
}

/** A forecast now that every other patient is known. */
async function askForecast(client: SequelaClient, twinId: string): Promise<string> {
  const { asked } = await client.request<{ asked: { forecast: { id: string } } }>(
    `mutation ($input: RequestForecastInput!) {
      asked: requestForecast(input: $input) { ... on RequestForecastSuccess { forecast { id } } }
    }`,
    { input: { twinId, horizonDays: 7 } },
  );
  const { id } = asked.forecast;
  await until(async () => {
    const { forecast } = await client.request<{ forecast: { status: string; statusReason: string | null } }>(
      'query ($id: ID!) { forecast(id: $id) { status statusReason } }',
      { id },
    );
    if (forecast.status === 'DECLINED' || forecast.status === 'FAILED') {
      throw new Error(`the forecast is ${forecast.status}: ${forecast.statusReason}`);
    }
    return forecast.status === 'ISSUED' ? true : null;
  });
  return id;
}
