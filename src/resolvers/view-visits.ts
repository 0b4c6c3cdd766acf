import type { DiseaseTwin } from '../twins/disease-twin.ts';
import type { Patient } from '../twins/patient.ts';
import type { AsOf } from '../twins/timeline.ts';
import { visitsOfTwin } from '../twins/visits-of-twin.ts';
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
  const [entries, registrations] = await Promise.all([
    loaders.view.load({ patientId: patient.id, asOf }),
    loaders.registrationsOfTwin.load(twin.id),
  ]);
  const { definition, visits } = visitsOfTwin(twins, twin, patient, entries, registrations);
  return visits.map((visit) => ({ visit, definition }));
}
