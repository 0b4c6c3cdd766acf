import type { RegistrationResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Registration: RegistrationResolvers = {
  verdict: ({ verdict }) => upperCase(verdict),
  transformKind: ({ transform }) => upperCase(transform.kind),
  matrix: ({ transform }) => transform.matrix,
};
