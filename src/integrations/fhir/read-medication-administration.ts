import { effectiveTime } from './effective-time.ts';
import { asElement, textOf } from './element.ts';
import type { Element } from './element.ts';
import type { FhirSpan } from './fhir-time.ts';
import { infusedAmount } from './infusion.ts';
import { medicationCodes } from './medication-codes.ts';
import type { MedicationLookup } from './medication-codes.ts';
import { doseOf } from './quantity.ts';
import type { Amount } from './quantity.ts';
import { refused } from './refusal.ts';
import type { Attempt, Reading } from './refusal.ts';
import { draftOf, refusalOf, retractionOf, versionOf } from './resource-version.ts';

/**
 * Reads an R4 MedicationAdministration: what the patient really got. The amount is `dosage.dose`, or else the rate times
 * the length of `effectivePeriod`. `not-done` and `entered-in-error` retract; one that is running, held or stopped has no
 * amount that the source vouches for.
 */
export function readMedicationAdministration(resource: unknown, readAt: Date, lookUp: MedicationLookup): Reading {
  const named = versionOf(resource, 'MedicationAdministration');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const refuse = (reason: Parameters<typeof refusalOf>[3], span?: FhirSpan): Reading =>
    refusalOf(version, [null], 'treatment', reason, readAt, span);
  const status = textOf(element['status']);
  switch (status) {
    case 'completed':
      break;
    case 'entered-in-error':
    case 'not-done':
      return retractionOf(version, [null], status, readAt);
    case 'in-progress':
      return refuse('not-yet-available');
    case 'on-hold':
    case 'stopped':
      return refuse('stopped-midway');
    case null:
      return refuse('no-status');
    default:
      return refuse('unknown-status');
  }
  const codes = medicationCodes(element, lookUp);
  if (!codes.ok) return refuse(codes.reason);
  const time = effectiveTime(element, 'effective', null);
  if (!time.ok) return refuse(time.reason);
  const amount = amountGiven(element, time.value);
  if (!amount.ok) return refuse(amount.reason, time.value);
  const { value, unit } = amount.value;
  return {
    kind: 'drafts',
    drafts: [
      draftOf(version, null, time.value, {
        kind: 'treatment',
        codes: codes.value,
        amount: value,
        unit,
        evidence: 'administration',
      }),
    ],
  };
}

function amountGiven(administration: Element, span: FhirSpan): Attempt<Amount> {
  const dosage = asElement(administration['dosage']);
  if (dosage === null) return refused('no-dose');
  if (dosage['dose'] !== undefined) return doseOf(dosage['dose']);
  // Without both ends of an infusion a rate says nothing about the amount.
  if (administration['effectivePeriod'] === undefined) return refused('no-dose');
  return infusedAmount(dosage, span.until.getTime() - span.from.getTime());
}
