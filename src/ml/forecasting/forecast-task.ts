import type { ForecastInput } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import { forecastingMethods } from './forecasting-methods.ts';

/** What a thread is asked to do for a forecaster. */
export type ForecastTask =
  | { readonly kind: 'summarise'; readonly modelId: string; readonly history: ChangeHistory }
  | { readonly kind: 'forecast'; readonly modelId: string; readonly input: ForecastInput };

/** Runs in a worker thread. @throws as the method. */
export default function forecastTask(task: ForecastTask): unknown {
  const method = forecastingMethods.get(task.modelId);
  if (method === undefined) {
    throw new TypeError(`no forecasting method is called ${task.modelId}`);
  }
  return task.kind === 'summarise' ? method.summarise(task.history) : method.forecast(task.input);
}
