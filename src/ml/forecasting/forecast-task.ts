import type { ForecastInput } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import { forecastingMethods } from './forecasting-methods.ts';
import type { StoredPersonalModel } from './personal-model-file.ts';
import { shippedModel } from './shipped-model.ts';

/** What a thread is asked to do for a forecaster. */
export type ForecastTask =
  | { readonly kind: 'summarise'; readonly modelId: string; readonly history: ChangeHistory }
  | {
      readonly kind: 'forecast';
      readonly modelId: string;
      readonly input: ForecastInput;
      /** A model of the same dynamics that stands in where too few others are known. */
      readonly shipped: StoredPersonalModel | null;
    };

/** Runs in a worker thread. @throws as the method. */
export default function forecastTask(task: ForecastTask): unknown {
  const method = forecastingMethods.get(task.modelId);
  if (method === undefined) {
    throw new TypeError(`no forecasting method is called ${task.modelId}`);
  }
  if (task.kind === 'summarise') return method.summarise(task.history);
  return method.forecast(task.input, task.shipped === null ? null : shippedModel(task.shipped));
}
