import type { PatientResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Patient: PatientResolvers = {
  gender: ({ gender }) => (gender === null ? null : upperCase(gender)),
  twins: ({ id }, _, { loaders }) => loaders.twinsOfPatient.load(id),
  jobs: ({ id }, _, { loaders }) => loaders.jobsOfSubject.load(id),
};
