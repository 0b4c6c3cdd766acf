import { DomainError } from '../errors.ts';
import { storeVolume } from './catalogue-image.ts';
import { dynamicVariables } from './disease-definition.ts';
import type { Forecast, ForecastImage, ForecastOutput, ForecastValue } from './forecast.ts';
import { type AssembledForecastInput, assembleForecastInput } from './forecast-input.ts';
import { hashForecastInput } from './forecast-input-hash.ts';
import { loadAlignedVoxels } from './load-aligned-voxels.ts';
import { type LoadedTwin, loadTwin } from './load-twin.ts';
import type { Actor, CataloguedImage, Clock, Forecaster, JobContext, Stores, TwinDependencies } from './ports.ts';
import { othersOf } from './population.ts';
import { scoreForecasts } from './score-forecasts.ts';
import type { TwinPosterior } from './twin-posterior.ts';
import { alignedImage } from './usable-image.ts';

/**
 * Computes a requested forecast and issues it.
 *
 * Runs at least once: a forecast that already ended is left as it is, and one that was cancelled while it was computed
 * is not issued. The answer, its pictures and its event appear together.
 * @throws what the forecaster or the stores throw; whoever runs the job decides whether it is tried again or the
 *   forecast is abandoned.
 */
export async function issueForecast(
  dependencies: TwinDependencies,
  actor: Actor,
  forecastId: string,
  context: JobContext,
): Promise<void> {
  const started = performance.now();
  const forecast = await begin(dependencies, actor, forecastId);
  if (forecast === null) {
    return;
  }
  const { answer, images, posterior } = await compute(dependencies, actor, forecast, context);
  const elapsedMs = performance.now() - started;
  const { unitOfWork, clock } = dependencies;
  const mayHaveCome = await unitOfWork.run(actor, async (stores) => {
    const hasEndedNow = await endForecast(stores, clock, { ...forecast, ...answer, elapsedMs }, images);
    if (hasEndedNow && posterior !== null) {
      await stores.posteriors.save(posterior);
    }
    return hasEndedNow && forecast.referenceForecastId === null && forecast.targetAt <= clock.now();
  });
  if (mayHaveCome) {
    const asOfNow = { at: clock.now(), clock: 'recorded' } as const;
    const now = await unitOfWork.run(actor, (stores) => loadTwin(dependencies, stores, forecast.twinId, asOfNow));
    await scoreForecasts(dependencies, actor, now);
  }
}

/**
 * Marks a forecast whose job was given up or cancelled, in the transaction that does so. False, and nothing changed,
 * when it already ended.
 */
export async function abandonForecast(
  stores: Stores,
  clock: Clock,
  forecastId: string,
  status: 'FAILED' | 'CANCELLED',
  reason: string,
): Promise<boolean> {
  const forecast = await stores.forecasts.lock(forecastId);
  return forecast !== null && endForecast(stores, clock, { ...forecast, status, statusReason: reason }, []);
}

const hasEnded = ({ status }: Forecast): boolean => status !== 'QUEUED' && status !== 'RUNNING';

async function begin({ unitOfWork }: TwinDependencies, actor: Actor, id: string): Promise<Forecast | null> {
  return unitOfWork.run(actor, async (stores) => {
    const forecast = await stores.forecasts.lock(id);
    if (forecast === null || hasEnded(forecast)) {
      return null;
    }
    const running: Forecast = { ...forecast, status: 'RUNNING' };
    await stores.forecasts.save(running);
    return running;
  });
}

type Answer = Pick<
  Forecast,
  | 'status'
  | 'statusReason'
  | 'originAt'
  | 'horizonDays'
  | 'modelVersion'
  | 'inputHash'
  | 'inputEntryIds'
  | 'image'
  | 'values'
  | 'overlap'
  | 'doseResponses'
  | 'assumptions'
>;

async function compute(
  dependencies: TwinDependencies,
  actor: Actor,
  forecast: Forecast,
  context: JobContext,
): Promise<{ answer: Answer; images: CataloguedImage[]; posterior: TwinPosterior | null }> {
  const { unitOfWork, blobs, units } = dependencies;
  const forecaster = forecasterOf(dependencies, forecast.modelId);
  await context.report(0.1, 'Reading the history');
  const { loaded, others } = await unitOfWork.run(actor, async (stores) => {
    const { twinId, modelId, asOf } = forecast;
    const twin = await loadTwin(dependencies, stores, twinId, asOf);
    const { diseaseId } = twin.twin;
    return {
      loaded: twin,
      others: await othersOf(stores.population, { twinId, diseaseId, modelId, asOf: asOf.at }),
    };
  });
  const records = await Promise.all(others.hashes.map((sha256) => blobs.get(sha256)));
  const assembled = assembleForecastInput({
    definition: loaded.definition,
    visits: loaded.visits,
    entries: loaded.entries,
    asOf: forecast.asOf,
    targetAt: forecast.targetAt,
    interventions: forecast.interventions,
    voxelsByVisit: await loadAlignedVoxels(blobs, loaded.visits),
    population: { records, asOf: others.asOf },
    seed: forecast.seed,
    convert: units,
  });
  const inputHash = hashForecastInput(assembled.input, { definition: loaded.definition, modelId: forecast.modelId });

  await context.report(0.4, 'Computing the forecast');
  const output = await forecaster.forecast(assembled.input, context.signal);
  await context.report(0.9, 'Storing the result');
  const { image, images } = await storeImages(dependencies, loaded, assembled, output);
  const values = answerValues(loaded, assembled, output);
  const reasons = [...(image === null ? [] : [image]), ...values].map((part) => (part.isDeclined ? part.reason : null));
  const isDeclined = reasons.length > 0 && reasons.every((reason) => reason !== null);
  return {
    images,
    posterior: await storePosterior(dependencies, forecast, output),
    answer: {
      status: isDeclined ? 'DECLINED' : 'ISSUED',
      statusReason: isDeclined ? (reasons[0] ?? null) : null,
      originAt: assembled.originAt,
      horizonDays: assembled.horizonDays,
      modelVersion: output.modelVersion,
      inputHash,
      inputEntryIds: assembled.inputEntryIds,
      image,
      values,
      overlap: output.overlap ?? null,
      doseResponses: output.doseResponses ?? [],
      assumptions: [...assembled.assumptions, ...output.caveats],
    },
  };
}

/** A what-if is believed of the same patient: it says nothing new. */
async function storePosterior(
  { blobs }: TwinDependencies,
  { twinId, modelId, asOf, referenceForecastId }: Forecast,
  { modelVersion, posterior }: ForecastOutput,
): Promise<TwinPosterior | null> {
  if (posterior === undefined || referenceForecastId !== null) {
    return null;
  }
  const sha256 = await blobs.put(posterior.bytes);
  return { twinId, modelId, modelVersion, asOfAt: asOf.at, sha256, summary: posterior.summary };
}

function forecasterOf({ forecasters }: TwinDependencies, modelId: string): Forecaster {
  const forecaster = forecasters.get(modelId);
  if (forecaster === undefined) {
    throw new DomainError('UNSUPPORTED', `This server no longer has the model "${modelId}".`);
  }
  return forecaster;
}

async function storeImages(
  { blobs }: TwinDependencies,
  { visits }: LoadedTwin,
  { input, originVisitIndex }: AssembledForecastInput,
  output: ForecastOutput,
): Promise<{ image: ForecastImage | null; images: CataloguedImage[] }> {
  const origin = visits[originVisitIndex];
  const baseline = origin === undefined ? null : alignedImage(origin);
  const last = input.visits.at(-1)?.voxels ?? null;
  if (output.image === null || baseline === null || last === null) {
    return { image: null, images: [] };
  }
  const { geometry } = baseline;
  const { voxels, uncertainty, lesions = [], skill, declineReason } = output.image;
  const change = voxels.map((voxel, index) => voxel - last[index]!);
  const predicted = await storeVolume(blobs, { ...geometry, voxels }, 'predicted');
  const changed = await storeVolume(blobs, { ...geometry, voxels: change }, 'change');
  const uncertain =
    uncertainty === undefined ? null : await storeVolume(blobs, { ...geometry, voxels: uncertainty }, 'uncertainty');
  return {
    images: [predicted, changed, ...(uncertain === null ? [] : [uncertain])],
    image: {
      sha256: predicted.sha256,
      geometry,
      baselineSha256: baseline.voxelsSha256,
      changeSha256: changed.sha256,
      uncertaintySha256: uncertain?.sha256 ?? null,
      lesions,
      skill,
      isDeclined: declineReason !== null,
      reason: declineReason,
    },
  };
}

function answerValues(
  { definition }: LoadedTwin,
  { input, missingValues }: AssembledForecastInput,
  output: ForecastOutput,
): ForecastValue[] {
  return dynamicVariables(definition).map(({ key, unit }) => {
    const answer = output.values[key];
    const baseline = input.valueOrigins[key]?.value ?? null;
    if (answer === undefined) {
      return {
        variable: key,
        unit,
        value: null,
        baseline,
        intervals: [],
        skill: { skill: null, patients: 0, intervals: 0, shrinkage: 0 },
        isDeclined: true,
        reason: missingValues[key] ?? 'the model gives no value',
      };
    }
    const { value, intervals = [], skill, declineReason } = answer;
    const isDeclined = declineReason !== null;
    return { variable: key, unit, value, baseline, intervals, skill, isDeclined, reason: declineReason };
  });
}

async function endForecast(
  stores: Stores,
  clock: Clock,
  forecast: Forecast,
  images: readonly CataloguedImage[],
): Promise<boolean> {
  const locked = await stores.forecasts.lock(forecast.id);
  if (locked === null || hasEnded(locked)) {
    return false;
  }
  for (const image of images) {
    await stores.images.add(image);
  }
  await stores.forecasts.save({ ...forecast, completedAt: clock.now() });
  await stores.events.append([
    { twinId: forecast.twinId, forecastId: forecast.id, ...EVENT[forecast.status], ...reasonOf(forecast) },
  ]);
  return true;
}

const EVENT = {
  ISSUED: { type: 'FORECAST_ISSUED', message: 'A forecast was issued.' },
  DECLINED: { type: 'FORECAST_DECLINED', message: 'The model was not trusted: the forecast is "no change".' },
  FAILED: { type: 'FORECAST_FAILED', message: 'A forecast failed.' },
  CANCELLED: { type: 'FORECAST_CANCELLED', message: 'A forecast was cancelled.' },
  QUEUED: { type: 'FORECAST_REQUESTED', message: 'A forecast was requested.' },
  RUNNING: { type: 'FORECAST_REQUESTED', message: 'A forecast is being computed.' },
} as const;

const reasonOf = ({ statusReason }: Forecast) => (statusReason === null ? {} : { message: statusReason });
