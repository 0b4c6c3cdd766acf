import type { ForecastInput } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import type { ForecastingMethod, OthersQuestion } from './forecasting-method.ts';
import { forecastingMethods } from './forecasting-methods.ts';
import type { StoredPersonalModel } from './personal-model-file.ts';
import { shippedModel } from './shipped-model.ts';

/** What a thread is asked to do for a forecaster. */
export type ForecastTask =
  /** By all methods. */
  | { readonly kind: 'summarise'; readonly history: ChangeHistory }
  | {
      readonly kind: 'learn-others';
      readonly modelId: string;
      readonly others: OthersQuestion;
      /** A model of the same dynamics that stands in where too few others are known. */
      readonly shipped: StoredPersonalModel | null;
    }
  | {
      readonly kind: 'forecast';
      readonly modelId: string;
      readonly input: ForecastInput;
      readonly shipped: StoredPersonalModel | null;
      /** What `learn-others` answered of the same others; null for a method that shares nothing. */
      readonly learned: Uint8Array | null;
    };

/** What each method learns from a patient, by its id. */
export type Summaries = Readonly<Record<string, Uint8Array | null>>;

/** Runs in a worker thread. @throws as the method. */
export default function forecastTask(task: ForecastTask): unknown {
  if (task.kind === 'summarise') {
    return Object.fromEntries(
      [...forecastingMethods].map(([modelId, method]) => [modelId, method.summarise(task.history)]),
    ) satisfies Summaries;
  }
  const method = methodOf(task.modelId);
  const shipped = task.shipped === null ? null : shippedModel(task.shipped);
  return task.kind === 'learn-others'
    ? method.learnOthers!(task.others, shipped)
    : method.forecast(task.input, shipped, task.learned);
}

function methodOf(modelId: string): ForecastingMethod {
  const method = forecastingMethods.get(modelId);
  if (method === undefined) {
    throw new TypeError(`no forecasting method is called ${modelId}`);
  }
  return method;
}
