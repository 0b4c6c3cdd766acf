import { checkForecastInput } from './forecast-input-check.ts';
import { type ForecastingMethod, forEachValue, lastImage, NO_CHANGE_SKILL } from './forecasting-method.ts';

/** "No change": the last image and the last known values, exactly. What every other model has to beat. */
export const carryForward: ForecastingMethod = {
  modelId: 'carry-forward',
  summarise: () => null,
  forecast(input) {
    checkForecastInput(input);
    return {
      modelVersion: 'carry-forward@1',
      image: lastImage(input),
      values: forEachValue(input, (_, { value }) => ({ value, skill: NO_CHANGE_SKILL, declineReason: null })),
      caveats: [],
    };
  },
};
