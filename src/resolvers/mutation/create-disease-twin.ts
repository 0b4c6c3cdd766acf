import { createDiseaseTwin as useCase } from '../../twins/create-disease-twin.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { CreateDiseaseTwinResultResolvers, MutationResolvers } from '../schema-types.ts';

export const createDiseaseTwin: NonNullable<MutationResolvers['createDiseaseTwin']> = (
  _,
  { input },
  { twins, actor },
) =>
  orRefusal(
    () =>
      useCase(twins, actor, {
        patientId: existingId(input.patientId, 'patient', 'patientId'),
        diseaseId: input.disease,
      }),
    (field) => (field === 'diseaseId' ? 'disease' : field),
  );

export const CreateDiseaseTwinResult: CreateDiseaseTwinResultResolvers = {
  __resolveType: resultType('CreateDiseaseTwinSuccess'),
};
