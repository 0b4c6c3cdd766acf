import { requestSync } from '../../twins/import-patient.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { MutationResolvers, SyncPatientResultResolvers } from '../schema-types.ts';

export const syncPatient: NonNullable<MutationResolvers['syncPatient']> = (_, { patientId }, { twins, actor }) =>
  orRefusal(() => requestSync(twins, actor, { patientId: existingId(patientId, 'patient', 'patientId') }));

export const SyncPatientResult: SyncPatientResultResolvers = { __resolveType: resultType('SyncPatientSuccess') };
