import type { JobKind as DomainJobKind } from '../../twins/job.ts';
import type { JobKind, JobResolvers } from '../schema-types.ts';

const KINDS: Record<DomainJobKind, JobKind> = {
  'sync-patient': 'SYNC_PATIENT',
  'register-twin': 'REGISTER_TWIN',
  'issue-forecast': 'ISSUE_FORECAST',
};

export const Job: JobResolvers = {
  kind: ({ kind }) => KINDS[kind],
};
