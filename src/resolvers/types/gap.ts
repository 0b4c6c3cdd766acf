import type { GapResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Gap: GapResolvers = {
  missing: ({ missing }) => upperCase(missing),
};
