import { DomainError } from '../errors.ts';
import { assembleVisits } from './assemble-visits.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { DiseaseTwin } from './disease-twin.ts';
import type { Patient } from './patient.ts';
import type { TwinDependencies } from './ports.ts';
import type { VisitRegistration } from './registration.ts';
import type { TimelineEntry } from './timeline.ts';
import type { Visit } from './visit.ts';

/**
 * A twin's visits from the entries in force at a moment. Registrations are taken whenever they were computed: an
 * alignment adds nothing to what was known.
 * @throws {DomainError} UNSUPPORTED when the twin's disease definition is no longer installed.
 */
export function visitsOfTwin(
  { diseases, units }: Pick<TwinDependencies, 'diseases' | 'units'>,
  twin: DiseaseTwin,
  patient: Patient,
  entries: readonly TimelineEntry[],
  registrations: readonly VisitRegistration[],
): { readonly definition: DiseaseDefinition; readonly visits: readonly Visit[] } {
  const definition = diseases.get(twin.diseaseId);
  if (definition === undefined) {
    throw new DomainError('UNSUPPORTED', 'This server no longer has the disease definition of this twin.');
  }
  const { referenceEntryId } = twin;
  const visits = assembleVisits({ definition, patient, entries, registrations, referenceEntryId, convert: units });
  return { definition, visits };
}
