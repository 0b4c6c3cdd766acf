import { DomainError } from '../errors.ts';
import { checkInterventions } from './check-interventions.ts';
import { DAY_MS } from './day.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { Forecast, Intervention } from './forecast.ts';
import { forecastOrigin, horizonDaysTo } from './forecast-origin.ts';
import type { JobRun } from './job.ts';
import { type LoadedTwin, loadTwin } from './load-twin.ts';
import type { Actor, Stores, TwinDependencies } from './ports.ts';
import type { AsOf } from './timeline.ts';

export interface ForecastRequest {
  readonly twinId: string;
  /** Exactly one of `targetAt` and `horizonDays`; neither means the definition's default horizon. */
  readonly targetAt: Date | null;
  /** Days after the last visit whose image can be used. */
  readonly horizonDays: number | null;
  readonly modelId: string | null;
  readonly seed: number | null;
  /** Null: now, by the recorded clock. */
  readonly asOf: AsOf | null;
}

/** Any fixed number: the same request gives the same answer unless the caller varies the seed. */
const DEFAULT_SEED = 1;

type Dependencies = Pick<TwinDependencies, 'unitOfWork' | 'diseases' | 'units' | 'forecasters' | 'clock'>;

/**
 * Asks for a forecast; it is computed by a job.
 * @throws {DomainError} NOT_FOUND, INVALID_INPUT naming the field, or INSUFFICIENT_HISTORY.
 */
export async function requestForecast(
  dependencies: Dependencies,
  actor: Actor,
  request: ForecastRequest,
): Promise<{ forecast: Forecast; job: JobRun }> {
  const asOf = request.asOf ?? { at: dependencies.clock.now(), clock: 'recorded' };
  if (asOf.at > dependencies.clock.now()) {
    throw new DomainError('INVALID_INPUT', 'A forecast cannot know the future: asOf must not be later than now.', {
      field: 'asOf',
    });
  }
  return dependencies.unitOfWork.run(actor, async (stores) => {
    const loaded = await loadTwin(dependencies, stores, request.twinId, asOf);
    const { twin, definition, visits } = loaded;
    if (twin.status === 'RETIRED') {
      throw new DomainError('CONFLICT', 'This twin is retired.', { field: 'twinId' });
    }
    const modelId = request.modelId ?? twin.modelId;
    if (!dependencies.forecasters.has(modelId)) {
      throw new DomainError('INVALID_INPUT', `There is no model "${modelId}".`, { field: 'modelId' });
    }
    const originAt = forecastOrigin(definition, visits).occurredAt;
    const targetAt = targetOf(definition, originAt, request);
    horizonDaysTo(definition, originAt, targetAt);
    const forecast = await stores.forecasts.insert({
      twinId: twin.id,
      referenceForecastId: null,
      interventions: [],
      asOf,
      targetAt,
      modelId,
      seed: request.seed ?? DEFAULT_SEED,
    });
    return { forecast, job: await announce(stores, loaded, forecast) };
  });
}

/**
 * Asks the same question as an earlier forecast under other conditions: same twin, knowledge, target, model and seed.
 * @throws {DomainError} NOT_FOUND, or INVALID_INPUT naming the intervention's field.
 */
export async function runScenario(
  dependencies: Dependencies,
  actor: Actor,
  input: { readonly forecastId: string; readonly interventions: readonly Intervention[] },
): Promise<{ reference: Forecast; forecast: Forecast; job: JobRun }> {
  return dependencies.unitOfWork.run(actor, async (stores) => {
    const [reference] = await stores.forecasts.byIds([input.forecastId]);
    if (reference === undefined) {
      throw new DomainError('NOT_FOUND', 'No such forecast.', { field: 'forecastId' });
    }
    if (reference.referenceForecastId !== null) {
      throw new DomainError(
        'INVALID_INPUT',
        'A scenario is compared with a forecast under the plan, not with another scenario.',
        {
          field: 'forecastId',
        },
      );
    }
    const loaded = await loadTwin(dependencies, stores, reference.twinId, reference.asOf);
    const originAt = forecastOrigin(loaded.definition, loaded.visits).occurredAt;
    checkInterventions(loaded.definition, input.interventions, originAt, reference.targetAt);
    const forecast = await stores.forecasts.insert({
      twinId: reference.twinId,
      referenceForecastId: reference.id,
      interventions: input.interventions,
      asOf: reference.asOf,
      targetAt: reference.targetAt,
      modelId: reference.modelId,
      seed: reference.seed,
    });
    return { reference, forecast, job: await announce(stores, loaded, forecast) };
  });
}

async function announce(stores: Stores, { twin }: LoadedTwin, forecast: Forecast): Promise<JobRun> {
  await stores.events.append([
    {
      twinId: twin.id,
      type: 'FORECAST_REQUESTED',
      message: forecast.referenceForecastId === null ? 'A forecast was requested.' : 'A what-if was requested.',
      forecastId: forecast.id,
    },
  ]);
  await stores.audit.record({ action: 'request', subjectKind: 'Forecast', subjectId: forecast.id });
  return stores.jobs.enqueue({ kind: 'issue-forecast', forecastId: forecast.id });
}

function targetOf(
  { forecasting }: DiseaseDefinition,
  originAt: Date,
  { targetAt, horizonDays }: Pick<ForecastRequest, 'targetAt' | 'horizonDays'>,
): Date {
  if (targetAt !== null && horizonDays !== null) {
    throw new DomainError('INVALID_INPUT', 'Give a target date or a horizon, not both.', { field: 'horizonDays' });
  }
  if (targetAt !== null) {
    return targetAt;
  }
  const days = horizonDays ?? forecasting.defaultHorizonDays;
  if (!(days >= 0 && days <= forecasting.maximumHorizonDays)) {
    throw new DomainError('INVALID_INPUT', `The horizon must be 0 to ${forecasting.maximumHorizonDays} days.`, {
      field: 'horizonDays',
    });
  }
  return new Date(originAt.getTime() + Math.round(days * DAY_MS));
}
