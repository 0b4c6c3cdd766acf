import type { Progress } from './progress.ts';
import type { SequelaClient } from './graphql-client.ts';
import {
  type AlignedVisit,
  type AnsweredForecast,
  COMPARE,
  CREATE_TWIN,
  EVENTS,
  FORECAST,
  IMPORT_PATIENT,
  JOBS,
  REQUEST_FORECAST,
  RUN_SCENARIO,
  TWIN,
  TWINS,
  type TwinAnswer,
} from './operations.ts';

export interface MainJobOptions {
  readonly fhirIds: readonly string[];
  readonly disease: string;
  /** What the what-if changes, once the forecast's interval is known. */
  readonly intervention: (from: string, to: string) => Record<string, unknown>;
  readonly horizonDays: number | null;
  readonly seed: number;
  readonly progress: Progress;
}

export interface MainJobResult {
  readonly patients: number;
  readonly twin: { id: string; disease: string; status: string; visits: number; gaps: string[] };
  readonly registration: readonly {
    visit: number;
    method: string;
    ssimBefore: number | null;
    ssim: number | null;
    nmiBefore: number | null;
    nmi: number | null;
    accepted: boolean;
    reason: string | null;
    ms: number;
  }[];
  readonly forecast: Record<string, unknown>;
  readonly whatIf: Record<string, unknown>;
  readonly subscription: { events: number; types: readonly string[] };
  readonly timings: { syncMs: number; registerMs: number; forecastMs: number };
  readonly pictures: { visits: readonly AlignedVisit[]; forecast: AnsweredForecast };
}

const UNSETTLED = new Set(['CREATED', 'SYNCING', 'REGISTERING']);
/** Well within the server's limit of requests per minute, also for a long list. */
const POLL_MS = 400;
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, POLL_MS));

/** The main job through the public API only: import, twin, synchronise, align, forecast, what-if, subscribe. */
export async function runMainJob(client: SequelaClient, options: MainJobOptions): Promise<MainJobResult> {
  const { progress } = options;
  const started = performance.now();
  const total = options.fhirIds.length;
  const twinIds: string[] = [];
  const jobIds: string[] = [];
  for (const fhirId of options.fhirIds) {
    const { importPatient } = await client.request<{ importPatient: Answer<{ patient: { id: string } }> }>(
      IMPORT_PATIENT,
      { fhirId },
    );
    const { createDiseaseTwin } = await client.request<{
      createDiseaseTwin: Answer<{ twin: { id: string }; job: { id: string } }>;
    }>(CREATE_TWIN, { input: { patientId: success(importPatient).patient.id, disease: options.disease } });
    const { twin, job } = success(createDiseaseTwin);
    twinIds.push(twin.id);
    jobIds.push(job.id);
    progress(twinIds.length, total, 'patients imported');
  }

  await waitFor(client, JOBS, { ids: jobIds }, (jobs: readonly { status: string }[]) => {
    const done = jobs.filter(({ status }) => status === 'SUCCEEDED' || status === 'FAILED').length;
    progress(done, total, 'patients synchronised');
    return done === total;
  });
  const syncedAt = performance.now();
  const twins = await waitFor(client, TWINS, { ids: twinIds }, (answer: readonly TwinStatusAnswer[]) => {
    const done = answer.filter(({ status }) => !UNSETTLED.has(status)).length;
    progress(done, total, 'twins aligned');
    return done === total;
  });
  const registeredAt = performance.now();

  const ready = twins.find(({ status }) => status === 'READY');
  if (ready === undefined) {
    throw new Error(`no twin became ready: ${twins.map(({ status }) => status).join(', ')}`);
  }
  const { requestForecast } = await client.request<{ requestForecast: Answer<{ forecast: { id: string } }> }>(
    REQUEST_FORECAST,
    { input: { twinId: ready.id, horizonDays: options.horizonDays, seed: options.seed } },
  );
  const forecastId = success(requestForecast).forecast.id;
  const events = await followUntilAnswered(client, ready.id, forecastId);
  const { forecast } = await client.request<{ forecast: AnsweredForecast }>(FORECAST, { id: forecastId });
  const forecastAt = performance.now();
  if (forecast.image === null || forecast.originAt === null) {
    throw new Error(`the forecast has no image: ${forecast.status} ${forecast.statusReason ?? ''}`);
  }

  const intervention = options.intervention(forecast.originAt, forecast.targetAt);
  const whatIf = await runWhatIf(client, ready.id, forecastId, intervention);
  const { diseaseTwin: twin } = await client.request<{ diseaseTwin: TwinAnswer }>(TWIN, { id: ready.id });
  return {
    patients: total,
    twin: {
      id: twin.id,
      disease: twin.disease,
      status: twin.status,
      visits: twin.visits.length,
      gaps: twin.gaps.map(({ body }) => body.message),
    },
    registration: twin.visits.flatMap((visit) => (visit.registration === null ? [] : [measures(visit)])),
    forecast: describeForecast(forecast),
    whatIf,
    subscription: { events: events.length, types: events },
    timings: {
      syncMs: Math.round(syncedAt - started),
      registerMs: Math.round(registeredAt - syncedAt),
      forecastMs: Math.round(forecastAt - registeredAt),
    },
    pictures: { visits: twin.visits, forecast },
  };
}

type Answer<Success> =
  | ({ readonly __typename: string } & Success)
  | { readonly __typename: 'Refusal'; message: string };
interface TwinStatusAnswer {
  readonly id: string;
  readonly status: string;
}

function success<Success>(answer: Answer<Success>): Success {
  if (answer.__typename === 'Refusal') {
    throw new Error('message' in answer ? answer.message : 'refused');
  }
  return answer as Success;
}

/** Reads a list of nodes by id until `isDone`; each id is asked by an alias, in batches within the query limits. */
async function waitFor<Node>(
  client: SequelaClient,
  operation: (ids: readonly string[]) => string,
  { ids }: { readonly ids: readonly string[] },
  isDone: (nodes: readonly Node[]) => boolean,
): Promise<readonly Node[]> {
  for (;;) {
    const nodes: Node[] = [];
    for (let from = 0; from < ids.length; from += BATCH) {
      const data = await client.request<Record<string, Node>>(operation(ids.slice(from, from + BATCH)));
      nodes.push(...Object.values(data));
    }
    if (isDone(nodes)) {
      return nodes;
    }
    await pause();
  }
}
const BATCH = 25;

/** Follows the twin's events from its beginning until the forecast has its answer; the types seen, in order. */
async function followUntilAnswered(client: SequelaClient, twinId: string, forecastId: string): Promise<string[]> {
  const ended = new Set(['FORECAST_ISSUED', 'FORECAST_DECLINED', 'FORECAST_FAILED', 'FORECAST_CANCELLED']);
  const events = await client.follow<{ twinEvents: { seq: number; type: string; forecast: { id: string } | null } }>(
    EVENTS,
    { twinId, after: 0 },
    ({ twinEvents }) => ended.has(twinEvents.type) && twinEvents.forecast?.id === forecastId,
  );
  const gap = events.findIndex(({ twinEvents }, index) => twinEvents.seq !== index + 1);
  if (gap >= 0) {
    throw new Error(`event ${gap + 1} is missing`);
  }
  return events.map(({ twinEvents }) => twinEvents.type);
}

async function runWhatIf(
  client: SequelaClient,
  twinId: string,
  forecastId: string,
  intervention: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { runScenario } = await client.request<{ runScenario: Answer<{ forecast: { id: string } }> }>(RUN_SCENARIO, {
    input: { forecastId, interventions: [intervention] },
  });
  const scenarioId = success(runScenario).forecast.id;
  await followUntilAnswered(client, twinId, scenarioId);
  const { compareForecasts } = await client.request<{
    compareForecasts: Answer<{
      image: {
        meanAbsoluteDifference: number;
        maximumAbsoluteDifference: number;
        isIdentical: boolean;
        lesions: { unit: string; reference: number; scenario: number; difference: number }[];
      } | null;
      values: { key: string; unit: string; difference: number | null }[];
    }>;
  }>(COMPARE, { reference: forecastId, scenario: scenarioId });
  const { image, values } = success(compareForecasts);
  return {
    intervention,
    imageDifference: image,
    valueDifferences: values.map(({ key, unit, difference }) => ({ code: key, unit, difference })),
  };
}

function measures(visit: AlignedVisit): MainJobResult['registration'][number] {
  const { registration } = visit;
  return {
    visit: visit.index,
    method: registration?.method ?? '',
    ssimBefore: registration?.before?.maskedSsim ?? null,
    ssim: registration?.after?.maskedSsim ?? null,
    nmiBefore: registration?.before?.nmi ?? null,
    nmi: registration?.after?.nmi ?? null,
    accepted: registration?.verdict === 'ACCEPTED',
    reason: registration?.reason ?? null,
    ms: Math.round(registration?.elapsedMs ?? 0),
  };
}

function describeForecast(forecast: AnsweredForecast): Record<string, unknown> {
  const { image } = forecast;
  return {
    id: forecast.id,
    status: forecast.status,
    statusReason: forecast.statusReason,
    targetDate: forecast.targetAt,
    horizonDays: forecast.horizonDays,
    model: forecast.modelVersion,
    seed: forecast.seed,
    inputHash: forecast.inputHash,
    image: image && {
      url: image.image.pngPath,
      sha256: image.image.sha256,
      shape: image.image.shape,
      isDeclined: image.isDeclined,
      reason: image.reason,
      skill: image.skill.skill,
      lesions: image.lesions,
    },
    values: forecast.values.map(({ key, unit, value, isDeclined, reason, skill, intervals }) => ({
      code: key,
      unit,
      value,
      isDeclined,
      reason,
      skill: skill.skill,
      intervals,
    })),
    overlap: forecast.overlap,
    baseline: {
      image: image && { url: image.baseline.pngPath, sha256: image.baseline.sha256 },
      values: forecast.values.map(({ key, unit, baseline }) => ({ code: key, unit, value: baseline })),
    },
    assumptions: forecast.assumptions,
    ms: forecast.elapsedMs,
  };
}
