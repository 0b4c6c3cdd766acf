import type { ForecastValueResolvers } from '../schema-types.ts';
import { variableOf } from '../variable-of.ts';

export const ForecastValue: ForecastValueResolvers = {
  key: ({ value }) => value.variable,
  variable: ({ twinId, value }, _, context) => variableOf(context, twinId, value.variable),
  unit: ({ value }) => value.unit,
  value: ({ value }) => value.value,
  baseline: ({ value }) => value.baseline,
  intervals: ({ value }) => value.intervals,
  skill: ({ value }) => value.skill,
  isDeclined: ({ value }) => value.isDeclined,
  reason: ({ value }) => value.reason,
};
