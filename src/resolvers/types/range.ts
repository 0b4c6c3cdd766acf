import type { RangeResolvers } from '../schema-types.ts';

export const Range: RangeResolvers = {
  low: ([low]) => low,
  high: ([, high]) => high,
};
