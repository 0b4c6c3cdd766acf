import { codesOf, codingsOf } from './coding.ts';
import { asElement } from './element.ts';
import type { Element } from './element.ts';
import { parseFhirTime } from './fhir-time.ts';
import type { FhirSpan } from './fhir-time.ts';
import { found, refused } from './refusal.ts';
import type { Attempt, Reading } from './refusal.ts';
import { draftOf, refusalOf, retractionOf, versionOf } from './resource-version.ts';

/** Verification statuses that do not say that the patient has it. */
const NOT_CERTAIN = new Set(['entered-in-error', 'refuted', 'unconfirmed', 'provisional', 'differential']);

/**
 * Reads an R4 Condition. It is known from `onsetDateTime` or the start of `onsetPeriod`; where the onset is an age, a range
 * or a text, from `recordedDate`, at which it was certainly known. It lasts to its abatement where that is a time, else it
 * is told as its beginning alone. A verification status other than `confirmed` retracts; an absent one counts as
 * confirmed, as the element is optional.
 */
export function readCondition(resource: unknown, readAt: Date): Reading {
  const named = versionOf(resource, 'Condition');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const doubt = codesOf(element['verificationStatus']).find((code) => NOT_CERTAIN.has(code));
  if (doubt !== undefined) return retractionOf(version, [null], doubt, readAt);
  const codes = codingsOf(element['code']);
  if (codes.length === 0) return refusalOf(version, [null], 'condition', 'no-code', readAt);
  const onset = onsetOf(element);
  if (!onset.ok) return refusalOf(version, [null], 'condition', onset.reason, readAt);
  const abatement = parseFhirTime(
    element['abatementDateTime'] ?? asElement(element['abatementPeriod'])?.['start'] ?? null,
  );
  const until = abatement === null || abatement.until < onset.value.from ? onset.value.until : abatement.until;
  const span = { from: onset.value.from, until };
  return { kind: 'drafts', drafts: [draftOf(version, null, span, { kind: 'condition', codes })] };
}

function onsetOf(condition: Element): Attempt<FhirSpan> {
  const stated = condition['onsetDateTime'] ?? asElement(condition['onsetPeriod'])?.['start'];
  const at = stated ?? condition['recordedDate'];
  if (at === undefined) return refused('no-time');
  const span = parseFhirTime(at);
  return span === null ? refused('unreadable-time') : found(span);
}
