import { dosageParts } from './dosage.ts';
import { effectiveTime } from './effective-time.ts';
import { elementsOf, textOf } from './element.ts';
import { parseFhirTime } from './fhir-time.ts';
import { medicationCodes } from './medication-codes.ts';
import type { MedicationLookup } from './medication-codes.ts';
import { readDosages } from './read-dosages.ts';
import type { Reading, Refusal } from './refusal.ts';
import { refusalOf, retractionOf, versionOf } from './resource-version.ts';

/**
 * Reads an R4 MedicationStatement: what somebody says was taken. It speaks for `effective[x]`; where that has no end, up
 * to `dateAsserted` or else its publication, since nobody vouches for what was taken after the statement.
 */
export function readMedicationStatement(resource: unknown, readAt: Date, lookUp: MedicationLookup): Reading {
  const named = versionOf(resource, 'MedicationStatement');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const dosages = elementsOf(element['dosage']);
  const parts = dosageParts(dosages);
  const refuse = (reason: Refusal): Reading => refusalOf(version, parts, 'treatment', reason, readAt);
  const status = textOf(element['status']);
  switch (status) {
    case 'active':
    case 'completed':
      break;
    case 'entered-in-error':
    case 'not-taken':
      return retractionOf(version, parts, status, readAt);
    case 'intended':
      return refuse('only-planned');
    case 'stopped':
      // With its end stated, a stopped course is as good as a completed one.
      if (!hasEnd(element['effectivePeriod'])) return refuse('stopped-midway');
      break;
    case 'on-hold':
      return refuse('stopped-midway');
    case null:
      return refuse('no-status');
    default:
      return refuse('unknown-status');
  }
  const codes = medicationCodes(element, lookUp);
  if (!codes.ok) return refuse(codes.reason);
  const asserted = parseFhirTime(element['dateAsserted'])?.until ?? version.issuedAt;
  const time = effectiveTime(element, 'effective', asserted);
  if (!time.ok) return refuse(time.reason);
  const times = { known: time.value, start: time.value.from, readAt };
  return readDosages(version, dosages, codes.value, 'statement', times);
}

function hasEnd(period: unknown): boolean {
  return typeof period === 'object' && period !== null && 'end' in period && parseFhirTime(period.end) !== null;
}
