import type { Coding } from '../../twins/timeline.ts';
import { codingsOf } from './coding.ts';
import type { Element } from './element.ts';
import { containedResource } from './reference.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

/** Finds a Medication that a reference points to; null where the source did not give it. */
export type MedicationLookup = (reference: unknown) => Element | null;

/**
 * The codes of the medication of a MedicationAdministration, -Statement or -Request: stated, contained, or by reference.
 */
export function medicationCodes(resource: Element, lookUp: MedicationLookup): Attempt<Coding[]> {
  const reference = resource['medicationReference'];
  if (reference === undefined) {
    const stated = codingsOf(resource['medicationCodeableConcept']);
    return stated.length === 0 ? refused('no-code') : found(stated);
  }
  const medication = containedResource(resource, reference) ?? lookUp(reference);
  if (medication === null || medication['resourceType'] !== 'Medication') return refused('unresolved-medication');
  const codes = codingsOf(medication['code']);
  return codes.length === 0 ? refused('no-code') : found(codes);
}
