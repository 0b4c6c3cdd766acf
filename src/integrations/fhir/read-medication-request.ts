import { dosageParts } from './dosage.ts';
import { elementsOf, textOf } from './element.ts';
import { parseFhirTime } from './fhir-time.ts';
import { medicationCodes } from './medication-codes.ts';
import type { MedicationLookup } from './medication-codes.ts';
import { readDosages } from './read-dosages.ts';
import type { Reading, Refusal } from './refusal.ts';
import { refusalOf, retractionOf, versionOf } from './resource-version.ts';

const ORDERS = new Set(['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']);

/**
 * Reads an R4 MedicationRequest that is an order: what is meant to be given, from `dosageInstruction` over its own bounds,
 * a bounds duration counting from `authoredOn`. Proposals, plans and options are no orders. An order without an end is
 * refused, not guessed; so is one that was stopped, as R4 does not say when.
 */
export function readMedicationRequest(resource: unknown, readAt: Date, lookUp: MedicationLookup): Reading {
  const named = versionOf(resource, 'MedicationRequest');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const dosages = elementsOf(element['dosageInstruction']);
  const parts = dosageParts(dosages);
  const refuse = (reason: Refusal): Reading => refusalOf(version, parts, 'treatment', reason, readAt);
  const status = textOf(element['status']);
  switch (status) {
    case 'active':
    case 'completed':
      break;
    case 'entered-in-error':
    case 'cancelled':
      return retractionOf(version, parts, status, readAt);
    case 'draft':
      return refuse('only-planned');
    case 'on-hold':
    case 'stopped':
      return refuse('stopped-midway');
    case null:
      return refuse('no-status');
    default:
      return refuse('unknown-status');
  }
  // Orders not to give are facts of another kind; an earlier version may have been an order to give.
  if (element['doNotPerform'] === true) return refuse('do-not-perform');
  if (!ORDERS.has(textOf(element['intent']) ?? '')) return refuse('only-planned');
  const codes = medicationCodes(element, lookUp);
  if (!codes.ok) return refuse(codes.reason);
  const start = parseFhirTime(element['authoredOn'])?.from ?? null;
  return readDosages(version, dosages, codes.value, 'request', { known: null, start, readAt });
}
