import type { ServerResolvers } from '../schema-types.ts';

export const Server: ServerResolvers = {
  modelIds: (_, _args, { twins }) => [...twins.forecasters.keys()].sort(),
};
