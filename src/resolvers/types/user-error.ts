import type { UserErrorResolvers } from '../schema-types.ts';

export const UserError: UserErrorResolvers = { __resolveType: () => 'Refusal' };
