import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSequelaClient, type SequelaClient } from '../../scripts/demo/graphql-client.ts';
import { type Sequela, startSequela, type StartOptions } from '../../src/composition/start-sequela.ts';
import { type HospitalConfig, loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import type { Stores } from '../../src/twins/ports.ts';
import type { TimelineEntry } from '../../src/twins/timeline.ts';

/** A test waits for nothing that production would wait for. */
const IMPATIENT = {
  queue: { retryLimit: 2, superviseSeconds: 1 },
  worker: { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, heartbeatRefreshSeconds: 0.2 },
  sources: { timeoutMs: 1000, maximumRetries: 1, firstRetryMs: 20 },
} as const;

export interface ImportedTwin {
  readonly patientId: string;
  readonly twinId: string;
  readonly jobId: string;
}

export interface AnsweredJob {
  readonly id: string;
  readonly status: string;
  readonly message: string | null;
}

/** The whole server, as `npm start` wires it, with a hospital of the test's choice. */
export interface SequelaServer {
  readonly sequela: Sequela;
  readonly client: SequelaClient;
  readonly dataDirectory: string;
  /** Everything that was logged. */
  readonly log: readonly string[];
  /** Imports a patient and makes the twin of a tumour; does not wait. */
  importTwin(fhirId: string): Promise<ImportedTwin>;
  /** Synchronises again and waits until that ended. */
  sync(patientId: string): Promise<AnsweredJob>;
  /** Waits until the job ended, or throws after `limitMs` (default 40 s). */
  jobEnded(id: string, limitMs?: number): Promise<AnsweredJob>;
  /** Waits until the twin has one of the statuses. */
  twinIs(twinId: string, ...statuses: readonly string[]): Promise<string>;
  inStores<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** What is in force now. */
  view(patientId: string): Promise<readonly TimelineEntry[]>;
  /** Every version of everything. */
  history(patientId: string): Promise<readonly TimelineEntry[]>;
  close(): Promise<void>;
}

export interface ServerUnderTest {
  readonly databaseUrl: string;
  readonly hospital: HospitalConfig;
  readonly role?: StartOptions['role'];
  readonly dataDirectory?: string;
  readonly patience?: StartOptions['patience'];
}

export async function startServer(options: ServerUnderTest): Promise<SequelaServer> {
  await using opened = new AsyncDisposableStack();
  const dataDirectory =
    options.dataDirectory ??
    opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-faults-')), (made) =>
      rm(made, { recursive: true, force: true }),
    );
  const log: string[] = [];
  const sequela = opened.adopt(
    await startSequela({
      config: {
        ...loadConfig({
          DATABASE_URL: options.databaseUrl,
          SEQUELA_PORT: '0',
          SEQUELA_DATA_DIRECTORY: dataDirectory,
          SEQUELA_SYNC_INTERVAL_MINUTES: '1440',
        }),
        hospitals: [options.hospital],
      },
      role: options.role ?? 'all',
      logger: createLogger('trace', { write: (line) => log.push(line) }),
      importDemoHospital: false,
      patience: options.patience ?? IMPATIENT,
    }),
    (running) => running.close(),
  );
  const client = opened.adopt(createSequelaClient(sequela.url), (made) => made.close());
  const actor = { tenantId: options.hospital.tenantId, userId: 'test' };
  const inStores = <T>(read: (stores: Stores) => Promise<T>): Promise<T> =>
    sequela.dependencies.unitOfWork.run(actor, read);
  const work = hospitalWork(client);
  const resources = opened.move();
  return {
    sequela,
    client,
    dataDirectory,
    log,
    ...work,
    inStores,
    view: (patientId) =>
      inStores(
        async ({ timeline }) =>
          (await timeline.view([patientId], { at: new Date(), clock: 'recorded' })).get(patientId) ?? [],
      ),
    history: (patientId) =>
      inStores(async ({ timeline }) =>
        (await timeline.page(patientId, { first: 500, after: null })).rows.map(({ node }) => node),
      ),
    close: () => resources.disposeAsync(),
  };
}

const JOB = 'id status message';
const REFUSAL = '... on Refusal { reason message }';

/** What a hospital's front end does through the API. */
export function hospitalWork(client: SequelaClient) {
  const jobEnded = (id: string, limitMs?: number): Promise<AnsweredJob> =>
    until(async () => {
      const { job } = await client.request<{ job: AnsweredJob }>(`query ($id: ID!) { job(id: $id) { ${JOB} } }`, {
        id,
      });
      return job.status === 'QUEUED' || job.status === 'RUNNING' ? null : job;
    }, limitMs);
  return {
    jobEnded,
    async importTwin(fhirId: string): Promise<ImportedTwin> {
      const { imported } = await client.request<{ imported: { patient?: { id: string } } }>(
        `mutation ($fhirId: String!) {
          imported: importPatient(fhirId: $fhirId) { ... on SyncPatientSuccess { patient { id } } ${REFUSAL} }
        }`,
        { fhirId },
      );
      const patientId = imported.patient?.id;
      if (patientId === undefined) throw new Error(`not imported: ${JSON.stringify(imported)}`);
      const { made } = await client.request<{ made: { twin: { id: string }; job: { id: string } } }>(
        `mutation ($input: CreateDiseaseTwinInput!) {
          made: createDiseaseTwin(input: $input) {
            ... on CreateDiseaseTwinSuccess { twin { id } job { id } } ${REFUSAL}
          }
        }`,
        { input: { patientId, disease: 'tumour-response' } },
      );
      return { patientId, twinId: made.twin.id, jobId: made.job.id };
    },
    async sync(patientId: string): Promise<AnsweredJob> {
      const { synced } = await client.request<{ synced: { job: { id: string } } }>(
        `mutation ($id: ID!) { synced: syncPatient(patientId: $id) { ... on SyncPatientSuccess { job { id } } ${REFUSAL} } }`,
        { id: patientId },
      );
      return jobEnded(synced.job.id);
    },
    twinIs: (twinId: string, ...statuses: readonly string[]): Promise<string> =>
      until(async () => {
        const { diseaseTwin } = await client.request<{ diseaseTwin: { status: string } }>(
          `query ($id: ID!) { diseaseTwin(id: $id) { status } }`,
          { id: twinId },
        );
        return statuses.includes(diseaseTwin.status) ? diseaseTwin.status : null;
      }),
  };
}

/** Asks until there is an answer; a question that fails is asked again. */
export async function until<T>(ask: () => Promise<T | null> | T | null, limitMs = 40_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    await pause(40);
  }
  throw new Error('it did not happen in time', { cause: last });
}
