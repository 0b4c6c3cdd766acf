import type { TwinPosteriorResolvers } from '../schema-types.ts';

export const TwinPosterior: TwinPosteriorResolvers = {
  asOf: ({ asOfAt }) => asOfAt,
  intervals: ({ summary }) => summary.intervals,
  effects: ({ summary }) => summary.effects,
};
