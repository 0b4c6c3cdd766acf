import path from 'node:path';
import { grantQueueAccess } from '../database/grant-queue-access.ts';
import { createUnitOfWork } from '../database/unit-of-work.ts';
import { openWakeUps } from '../database/wake-ups.ts';
import { createFileBlobStore } from '../integrations/blob-store.ts';
import { createUnitConverter } from '../integrations/fhir/unit-converter.ts';
import { createJobQueue } from '../jobs/job-queue.ts';
import { openQueue, type QueueOptions } from '../jobs/queue.ts';
import { startWorker, type WorkerPace } from '../jobs/worker.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { openInferenceThread } from '../ml/registration/learned/inference-thread.ts';
import { createRegistrar } from '../ml/registration/registrar.ts';
import { createWorkerThreads } from '../ml/worker-threads.ts';
import { giveUpJob } from '../twins/give-up-job.ts';
import { issueForecast } from '../twins/issue-forecast.ts';
import { loadDiseaseDefinitions } from '../twins/load-disease-definitions.ts';
import type { Actor, Clock, TwinDependencies } from '../twins/ports.ts';
import { registerVisits } from '../twins/register-visits.ts';
import { requestDueSyncs } from '../twins/request-due-syncs.ts';
import { syncPatient } from '../twins/sync-patient.ts';
import { openDemoHospital } from './demo-hospital.ts';
import { findEngine } from './find-engine.ts';
import { openImageDevice } from './open-image-device.ts';
import { openHospitals, type SourcePatience } from './hospitals.ts';
import { importDemoPatients, lookAgainWhenSettled } from './import-demo-patients.ts';
import { openConfiguredDatabase } from './open-database.ts';
import { openForecasters } from './open-forecasters.ts';
import { openHttpServer } from './open-http-server.ts';
import { openViewer } from './open-viewer.ts';

export interface StartOptions {
  readonly config: Config;
  readonly role: 'all' | 'api' | 'worker';
  readonly logger: Logger;
  /** Make twins of every patient of the demo hospital at the start; only where it stands in for configured sources. */
  readonly importDemoHospital: boolean;
  /** How long things are waited for, where the defaults are not wanted. */
  readonly patience?: {
    readonly queue: Pick<QueueOptions, 'retryLimit' | 'superviseSeconds'>;
    readonly worker: WorkerPace;
    readonly sources: SourcePatience;
  };
}

export interface Sequela {
  /** Empty for a worker, which listens to nothing. */
  readonly url: string;
  readonly dependencies: TwinDependencies;
  readonly timings: { readonly databaseMs: number; readonly hospitalMs: number };
  /** FHIR ids of the patients that the first hospital shows. */
  hospitalPatients(): Promise<string[]>;
  /** Answers what runs, takes nothing new, and lets go of everything. */
  close(): Promise<void>;
}

/** How long running jobs may take to end at a stop; what does not end is run again elsewhere. */
const SHUTDOWN_MS = 15_000;

/** On whose behalf the server itself acts. */
const SYSTEM_USER = 'system';

const systemClock: Clock = { now: () => new Date() };

/** Starts one role, or all in one process. What was opened is closed again when a later step fails. */
export async function startSequela({
  config,
  role,
  logger,
  importDemoHospital,
  patience,
}: StartOptions): Promise<Sequela> {
  await using opened = new AsyncDisposableStack();
  const isWorker = role !== 'api';
  const isApi = role !== 'worker';
  const diseases = await loadDiseaseDefinitions(path.resolve(import.meta.dirname, '../../diseases'));

  const findingEngine = findEngine(config, logger);
  const preparingPage = isApi ? openViewer(config, logger) : null;

  // Closed in the reverse order: first the doors, then the jobs, then what the jobs work with.
  const databaseStarted = performance.now();
  const { database, url: databaseUrl } = opened.adopt(
    await openConfiguredDatabase(config, isApi ? 20 : 10, logger),
    (open) => open.close(),
  );
  const databaseMs = Math.round(performance.now() - databaseStarted);

  const hospitalStarted = performance.now();
  let configs = config.hospitals;
  if (configs === null) {
    const demo = opened.adopt(await openDemoHospital(config.demo), (hospital) => hospital.stop());
    configs = [demo.config];
  }
  const hospitals = opened.adopt(openHospitals(configs, systemClock, patience?.sources), (open) => open.close());
  const hospitalMs = Math.round(performance.now() - hospitalStarted);

  const threads = opened.adopt(createWorkerThreads({ threads: config.computeThreads }), (pool) => pool.close());
  const networks = opened.adopt(openInferenceThread(), (thread) => thread.close());
  const boss = opened.adopt(
    await openQueue({
      url: databaseUrl,
      isWorker,
      onError: (err) => logger.error({ err }, 'queue'),
      ...patience?.queue,
    }),
    (queue) => queue.stop({ graceful: true, timeout: SHUTDOWN_MS }),
  );
  await grantQueueAccess(database);
  const engine = await findingEngine;
  const imageDevice = openImageDevice(engine.images, logger);
  if (imageDevice !== null) opened.adopt(imageDevice.process, (process) => process.close());
  const dependencies: TwinDependencies = {
    unitOfWork: createUnitOfWork(database, { clock: systemClock, jobQueue: createJobQueue(boss) }),
    hospitals,
    diseases,
    registrar: createRegistrar({ threads, networks }),
    forecasters: await openForecasters({
      threads,
      imageDevice,
      diseases,
      folder: path.resolve(import.meta.dirname, '../../models'),
    }),
    blobs: createFileBlobStore(path.join(config.dataDirectory, 'blobs')),
    units: createUnitConverter(),
    clock: systemClock,
  };

  const systemActor = (tenantId: string): Actor => ({ tenantId, userId: SYSTEM_USER });
  if (isWorker) {
    await startWorker({
      boss,
      unitOfWork: dependencies.unitOfWork,
      logger,
      concurrency: config.computeThreads,
      syncIntervalMinutes: config.syncIntervalMinutes,
      ...(patience && { pace: patience.worker }),
      handlers: {
        run: {
          'sync-patient': (actor, id, context) => syncPatient(dependencies, actor, id, context),
          'register-twin': (actor, id, context) => registerVisits(dependencies, actor, id, context),
          'issue-forecast': (actor, id, context) => issueForecast(dependencies, actor, id, context),
        },
        giveUp: (actor, kind, id, reason) => giveUpJob(dependencies, actor, kind, id, reason),
        syncDue: async (signal) => {
          for (const tenantId of hospitals.tenantIds) {
            await requestDueSyncs(dependencies, systemActor(tenantId), signal);
          }
        },
      },
    });
  }
  let url = '';
  if (isApi) {
    const wakeUps = opened.adopt(await openWakeUps(databaseUrl), (bus) => bus.close());
    const http = opened.adopt(
      await openHttpServer({
        dependencies,
        wakeUps,
        database,
        config,
        logger,
        engine: engine.summary,
        ...(await preparingPage),
      }),
      (server) => server.close(),
    );
    url = await http.listen(config.port, config.host);
  }
  const [firstTenant] = hospitals.tenantIds;
  if (importDemoHospital && config.hospitals === null && isWorker && firstTenant !== undefined) {
    const stopping = opened.adopt(new AbortController(), (controller) => controller.abort());
    await importDemoPatients(dependencies, systemActor(firstTenant), stopping.signal);
    lookAgainWhenSettled(dependencies, systemActor(firstTenant), stopping.signal).catch((err: unknown) => {
      if (!stopping.signal.aborted) {
        logger.error({ err }, 'the demo hospital');
      }
    });
  }

  const resources = opened.move();
  return {
    url,
    dependencies,
    timings: { databaseMs, hospitalMs },
    async hospitalPatients() {
      const ids: string[] = [];
      const { clinical } = hospitals.of(firstTenant ?? '');
      for await (const patient of clinical.listPatients(AbortSignal.timeout(60_000))) {
        if (patient.replacedByFhirId === null) {
          ids.push(patient.fhirId);
        }
      }
      return ids;
    },
    close: () => resources.disposeAsync(),
  };
}
