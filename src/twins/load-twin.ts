import { DomainError } from '../errors.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { DiseaseTwin } from './disease-twin.ts';
import type { Patient } from './patient.ts';
import type { Stores, TwinDependencies } from './ports.ts';
import type { AsOf, TimelineEntry } from './timeline.ts';
import type { Visit } from './visit.ts';
import { visitsOfTwin } from './visits-of-twin.ts';

/** A twin with everything that is known of it at one moment. */
export interface LoadedTwin {
  readonly twin: DiseaseTwin;
  readonly patient: Patient;
  readonly definition: DiseaseDefinition;
  readonly entries: readonly TimelineEntry[];
  readonly visits: readonly Visit[];
}

/**
 * Reads a twin as it was known at `asOf`, in one transaction.
 * @throws {DomainError} NOT_FOUND; UNSUPPORTED when its disease definition is no longer installed.
 */
export async function loadTwin(
  dependencies: Pick<TwinDependencies, 'diseases' | 'units'>,
  stores: Stores,
  twinId: string,
  asOf: AsOf,
): Promise<LoadedTwin> {
  const [twin] = await stores.twins.byIds([twinId]);
  const [patient] = twin === undefined ? [] : await stores.patients.byIds([twin.patientId]);
  if (twin === undefined || patient === undefined) {
    throw new DomainError('NOT_FOUND', 'No such twin.', { field: 'twinId' });
  }
  const entries = (await stores.timeline.view([patient.id], asOf)).get(patient.id) ?? [];
  const registrations = (await stores.registrations.byTwinIds([twin.id])).get(twin.id) ?? [];
  const { definition, visits } = visitsOfTwin(dependencies, twin, patient, entries, registrations);
  return { twin, patient, definition, entries, visits };
}
