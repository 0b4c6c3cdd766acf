import { IntegrationError } from '../../errors.ts';
import type { FhirClient } from './client.ts';
import { asElement } from './element.ts';
import type { Element } from './element.ts';
import { parseInstant } from './fhir-time.ts';
import type { FhirSettings } from './options.ts';
import { readPatient } from './read-patient.ts';
import type { PatientReading } from './read-patient.ts';
import { isFhirId } from './resource-version.ts';
import { isUnsupported } from './search-clinical-resource.ts';
import { searchPages } from './search-pages.ts';

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

/** A record that was merged into a survivor. */
export interface RetiredRecord {
  readonly id: string;
  /** Null where the record is gone, or does not say. */
  readonly lastUpdated: Date | null;
}

/**
 * The records that were merged into a survivor, which resources may still refer to. They are those that the survivor says
 * it replaces and that do not contradict (they name the survivor, or are gone), and those that a search by `Patient.link`
 * finds to name the survivor: many servers write the link on one side only. `isComplete` is false where a server that
 * offers this search failed at it.
 */
export async function retiredRecords(
  client: FhirClient,
  survivor: PatientAnswer,
  limits: Pick<FhirSettings, 'maximumPages' | 'maximumEntries'>,
  signal: AbortSignal,
): Promise<{ readonly records: readonly RetiredRecord[]; readonly isComplete: boolean }> {
  let isComplete = true;
  const { fhirId } = survivor.record;
  const retired = new Map<string, RetiredRecord>();
  for (const id of survivor.replaces.slice(0, MAXIMUM_RETIRED)) {
    if (id === fhirId) continue;
    const answer = await readOne(client, id, signal);
    if (answer === null) retired.set(id, { id, lastUpdated: null });
    else if (isMergedInto(answer, fhirId)) retired.set(id, { id, lastUpdated: answer.lastUpdated });
  }
  const url = client.searchUrl('Patient', { link: `Patient/${fhirId}`, _count: '50' });
  try {
    for await (const { matches } of searchPages(client, 'Patient', url, limits, signal)) {
      for (const match of matches) {
        const reading = readPatient(match, client.bases);
        if (reading === null || !isMergedInto(reading, fhirId) || retired.size >= MAXIMUM_RETIRED) continue;
        const { fhirId: id } = reading.record;
        retired.set(id, { id, lastUpdated: lastUpdatedOf(match) });
      }
      // More than a page can only be a server that ignores the parameter and lists everybody.
      break;
    }
  } catch (error) {
    if (!(error instanceof IntegrationError) || error.kind === 'aborted') throw error;
    isComplete = isUnsupported(error);
  }
  return { records: [...retired.values()], isComplete };
}

function isMergedInto({ record, replacedBy }: PatientReading, survivorId: string): boolean {
  return record.fhirId !== survivorId && replacedBy.length === 1 && replacedBy[0] === survivorId;
}

const lastUpdatedOf = (resource: Element): Date | null => parseInstant(asElement(resource['meta'])?.['lastUpdated']);

async function readOne(client: FhirClient, id: string, signal: AbortSignal): Promise<PatientAnswer | null> {
  if (!isFhirId(id)) return null;
  const answer = await client.read('Patient', id, signal);
  if (answer === null) return null;
  const reading = readPatient(answer.resource, client.bases);
  if (reading === null || reading.record.fhirId !== id) {
    throw new IntegrationError('protocol', 'the FHIR server answered a read of a patient with another resource');
  }
  return { ...reading, lastUpdated: lastUpdatedOf(answer.resource), serverTime: answer.serverTime };
}
