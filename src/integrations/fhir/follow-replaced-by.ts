import { IntegrationError } from '../../errors.ts';
import type { FhirClient } from './client.ts';
import { asElement } from './element.ts';
import { parseInstant } from './fhir-time.ts';
import { readPatient } from './read-patient.ts';
import type { PatientReading } from './read-patient.ts';
import { isFhirId } from './resource-version.ts';

/** Longer chains of merges are not followed. */
const MAXIMUM_MERGES = 8;
/** Records merged into one whose data is still looked for under their old ids. */
const MAXIMUM_RETIRED = 16;

/** A Patient as it was read, with when it last changed. */
export interface PatientAnswer extends PatientReading {
  readonly lastUpdated: Date | null;
  readonly serverTime: Date | null;
}

/**
 * Reads a patient and follows `replaced-by` to the surviving record. Null where the server has no such patient.
 * @throws {IntegrationError} `loop` when the links lead in a circle or on for too long; `protocol` when a record names
 *   several survivors, or one that is not there: which record survives is not for us to choose.
 */
export async function readSurvivor(
  client: FhirClient,
  fhirId: string,
  signal: AbortSignal,
): Promise<PatientAnswer | null> {
  const seen = new Set<string>();
  let next = fhirId;
  for (;;) {
    if (seen.has(next) || seen.size > MAXIMUM_MERGES) {
      throw new IntegrationError('loop', 'the links between merged patient records lead in a circle');
    }
    seen.add(next);
    const answer = await readOne(client, next, signal);
    if (answer === null) {
      if (next === fhirId) return null;
      throw new IntegrationError('protocol', 'a patient record was merged into one that is not there');
    }
    if (answer.replacedBy.length > 1) {
      throw new IntegrationError('protocol', 'a patient record names several records that replace it');
    }
    const [survivor] = answer.replacedBy;
    if (survivor === undefined) return answer;
    next = survivor;
  }
}

/**
 * The ids of records that were merged into a survivor, which resources may still refer to. A record counts where the
 * survivor says that it replaces it and it does not contradict: it names the survivor, or is gone.
 */
export async function retiredIds(
  client: FhirClient,
  survivor: PatientAnswer,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const retired: string[] = [];
  for (const id of survivor.replaces.slice(0, MAXIMUM_RETIRED)) {
    if (id === survivor.record.fhirId) continue;
    const answer = await readOne(client, id, signal);
    if (answer === null || (answer.replacedBy.length === 1 && answer.replacedBy[0] === survivor.record.fhirId)) {
      retired.push(id);
    }
  }
  return retired;
}

async function readOne(client: FhirClient, id: string, signal: AbortSignal): Promise<PatientAnswer | null> {
  if (!isFhirId(id)) return null;
  const answer = await client.read('Patient', id, signal);
  if (answer === null) return null;
  const reading = readPatient(answer.resource, client.bases);
  if (reading === null || reading.record.fhirId !== id) {
    throw new IntegrationError('protocol', 'the FHIR server answered a read of a patient with another resource');
  }
  const lastUpdated = parseInstant(asElement(answer.resource['meta'])?.['lastUpdated']);
  return { ...reading, lastUpdated, serverTime: answer.serverTime };
}
