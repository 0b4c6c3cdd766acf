import { DomainError } from '../errors.ts';
import { assembleVisits } from '../twins/assemble-visits.ts';
import type { DiseaseTwin } from '../twins/disease-twin.ts';
import type { Patient } from '../twins/patient.ts';
import type { AsOf } from '../twins/timeline.ts';
import type { ApiContext } from './context.ts';
import type { VisitParent } from './parents.ts';

/**
 * A twin's visits as they were known at a moment.
 * @throws {DomainError} UNSUPPORTED when this server no longer has the twin's disease definition.
 */
export async function viewVisits(
  { twins, loaders }: ApiContext,
  twin: DiseaseTwin,
  patient: Patient,
  asOf: AsOf,
): Promise<VisitParent[]> {
  const definition = twins.diseases.get(twin.diseaseId);
  if (definition === undefined) {
    throw new DomainError('UNSUPPORTED', 'This server no longer has the disease definition of this twin.');
  }
  const [entries, registrations] = await Promise.all([
    loaders.view.load({ patientId: patient.id, asOf }),
    loaders.registrationsOfTwin.load(twin.id),
  ]);
  const visits = assembleVisits({
    definition,
    patient,
    entries,
    // An alignment is computed from what was known, whenever it was computed: forecasts are replayed on it as well.
    registrations,
    referenceEntryId: twin.referenceEntryId,
    convert: twins.units,
  });
  return visits.map((visit) => ({ visit, definition }));
}
