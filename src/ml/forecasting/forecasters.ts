import { sha256OfJson } from '../../twins/canonical-json.ts';
import type { ForecastOutput } from '../../twins/forecast.ts';
import type { Forecaster } from '../../twins/ports.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import type { ForecastTask } from './forecast-task.ts';
import { forecastingMethods } from './forecasting-methods.ts';
import type { StoredPersonalModel } from './personal-model-file.ts';

const TASK = new URL('./forecast-task.ts', import.meta.url);

/**
 * Every model of `forecastingMethods` by its id, computed in threads. Rejects with the signal's reason when aborted; refusals come as
 * `DomainError` INSUFFICIENT_HISTORY or INVALID_INPUT.
 * @param options.models that stand in where too few others are known, by the SHA-256 of the dynamics that they are about.
 */
export function createForecasters({
  threads,
  models = new Map(),
}: {
  readonly threads: WorkerThreads;
  readonly models?: ReadonlyMap<string, StoredPersonalModel>;
}): ReadonlyMap<string, Forecaster> {
  return new Map(
    [...forecastingMethods.keys()].map((modelId): [string, Forecaster] => [
      modelId,
      {
        modelId,
        summarise: (history, signal) =>
          threads.run<Uint8Array | null>(TASK, { kind: 'summarise', modelId, history } satisfies ForecastTask, {
            signal,
          }),
        forecast(input, signal) {
          const shipped = models.get(sha256OfJson(input.dynamics)) ?? null;
          const task: ForecastTask = { kind: 'forecast', modelId, input, shipped };
          return threads.run<ForecastOutput>(TASK, task, { signal });
        },
      },
    ]),
  );
}
