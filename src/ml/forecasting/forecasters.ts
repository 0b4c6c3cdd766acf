import { sha256OfJson } from '../../twins/canonical-json.ts';
import type { ForecastInput, ForecastOutput } from '../../twins/forecast.ts';
import type { ChangeHistory, Forecaster } from '../../twins/ports.ts';
import { shareWork } from '../share-work.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import type { ForecastTask, Summaries } from './forecast-task.ts';
import { forecastingMethods } from './forecasting-methods.ts';
import type { StoredPersonalModel } from './personal-model-file.ts';

const TASK = new URL('./forecast-task.ts', import.meta.url);
/** Of so many questions about different others what was learned stays at hand. */
const KEPT_POPULATIONS = 64;

/**
 * Every model of `forecastingMethods` by its id, computed in threads. What a method learns from others it learns once for all forecasts
 * that look at the same ones. Rejects with the signal's reason when aborted; refusals come as `DomainError` INSUFFICIENT_HISTORY or INVALID_INPUT.
 * @param options.models that stand in where too few others are known, by the SHA-256 of the dynamics that they are about.
 */
export function createForecasters({
  threads,
  models = new Map(),
}: {
  readonly threads: WorkerThreads;
  readonly models?: ReadonlyMap<string, StoredPersonalModel>;
}): ReadonlyMap<string, Forecaster> {
  const run = <T>(task: ForecastTask, signal: AbortSignal): Promise<T> => threads.run<T>(TASK, task, { signal });
  const learnOnce = shareWork<Uint8Array>(KEPT_POPULATIONS);
  const summarise = summariesOf((history, signal) => run<Summaries>({ kind: 'summarise', history }, signal));

  async function forecast(modelId: string, input: ForecastInput, signal: AbortSignal): Promise<ForecastOutput> {
    const { population, populationAsOfMs, treatmentKeys, dynamics } = input;
    const shipped = models.get(sha256OfJson(dynamics)) ?? null;
    if (forecastingMethods.get(modelId)!.learnOthers === undefined) {
      return run<ForecastOutput>({ kind: 'forecast', modelId, input, shipped, learned: null }, signal);
    }
    const others = { population, populationAsOfMs, treatmentKeys, dynamics };
    const key = sha256OfJson({ modelId, ...others, shipped: shipped?.sha256 ?? null });
    const learned = await learnOnce(
      key,
      (shared) => run<Uint8Array>({ kind: 'learn-others', modelId, others, shipped }, shared),
      signal,
    );
    return run<ForecastOutput>({ kind: 'forecast', modelId, input, shipped, learned }, signal);
  }

  return new Map(
    [...forecastingMethods.keys()].map((modelId): [string, Forecaster] => [
      modelId,
      {
        modelId,
        summarise: async (history, signal) => (await summarise(history, signal))[modelId] ?? null,
        forecast: (input, signal) => forecast(modelId, input, signal),
      },
    ]),
  );
}

/** The summaries of all methods come from one run: they look at the same images. */
function summariesOf(
  run: (history: ChangeHistory, signal: AbortSignal) => Promise<Summaries>,
): (history: ChangeHistory, signal: AbortSignal) => Promise<Summaries> {
  const known = new WeakMap<ChangeHistory, Promise<Summaries>>();
  return async (history, signal) => {
    const asked = known.get(history) ?? run(history, signal);
    known.set(history, asked);
    try {
      return await asked;
    } catch (error) {
      known.delete(history);
      throw error;
    }
  };
}
