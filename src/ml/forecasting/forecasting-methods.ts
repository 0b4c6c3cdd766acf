import { carryForward } from './carry-forward.ts';
import type { ForecastingMethod } from './forecasting-method.ts';
import { linearTrend } from './linear-trend.ts';
import { personal } from './personal-method.ts';
import { populationMeanChange } from './population-mean-change.ts';

/** Every model by its id. */
export const forecastingMethods: ReadonlyMap<string, ForecastingMethod> = new Map(
  [carryForward, linearTrend, populationMeanChange, personal].map((method) => [method.modelId, method]),
);
