import { DomainError } from '../../errors.ts';
import { importPatient as useCase } from '../../twins/import-patient.ts';
import { orRefusal } from '../refusal.ts';
import type { MutationResolvers } from '../schema-types.ts';

/** FHIR R4 `id`. */
const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

export const importPatient: NonNullable<MutationResolvers['importPatient']> = (
  _,
  { fhirId },
  { twins, actor, signal },
) =>
  orRefusal(async () => {
    if (!FHIR_ID.test(fhirId)) {
      throw new DomainError('INVALID_INPUT', 'A FHIR id is 1 to 64 letters, digits, hyphens and dots.', {
        field: 'fhirId',
      });
    }
    return useCase(twins, actor, { fhirId }, signal);
  });
