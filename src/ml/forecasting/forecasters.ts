import type { ForecastOutput } from '../../twins/forecast.ts';
import type { Forecaster } from '../../twins/ports.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import type { ForecastTask } from './forecast-task.ts';
import { forecastingMethods } from './forecasting-methods.ts';

const TASK = new URL('./forecast-task.ts', import.meta.url);

/**
 * The models `carry-forward`, `linear-trend` and `population-mean-change` by their id, computed in threads. Rejects with the
 * signal's reason when aborted; refusals come as `DomainError` INSUFFICIENT_HISTORY or INVALID_INPUT.
 */
export function createForecasters({ threads }: { readonly threads: WorkerThreads }): ReadonlyMap<string, Forecaster> {
  return new Map(
    [...forecastingMethods.keys()].map((modelId): [string, Forecaster] => [
      modelId,
      {
        modelId,
        summarise: (history, signal) =>
          threads.run<Uint8Array | null>(TASK, { kind: 'summarise', modelId, history } satisfies ForecastTask, {
            signal,
          }),
        forecast: (input, signal) =>
          threads.run<ForecastOutput>(TASK, { kind: 'forecast', modelId, input } satisfies ForecastTask, { signal }),
      },
    ]),
  );
}
