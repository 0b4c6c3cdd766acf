import { asElement } from './element.ts';
import type { Element } from './element.ts';
import { parseFhirTime } from './fhir-time.ts';
import type { FhirSpan } from './fhir-time.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

/**
 * When something took place: `<name>DateTime`, `<name>Instant`, `<name>Period` or `<name>Timing`. A period without an end
 * reaches to `knownBy`, the moment at which the source published it: it cannot have taken place later than it was told.
 * @param knownBy null where a period without an end is to be refused.
 */
export function effectiveTime(resource: Element, name: string, knownBy: Date | null): Attempt<FhirSpan> {
  const point = resource[`${name}DateTime`] ?? resource[`${name}Instant`];
  if (point !== undefined) {
    const span = parseFhirTime(point);
    return span === null ? refused('unreadable-time') : found(span);
  }
  const period = resource[`${name}Period`];
  if (period !== undefined) return periodSpan(period, knownBy);
  const timing = asElement(resource[`${name}Timing`]);
  return timing === null ? refused('no-time') : timingSpan(timing, knownBy);
}

/** The span of a Period; one with only an end counts as that moment. */
export function periodSpan(period: unknown, knownBy: Date | null): Attempt<FhirSpan> {
  const element = asElement(period);
  if (element === null) return refused('unreadable-time');
  const start = element['start'] === undefined ? undefined : parseFhirTime(element['start']);
  const end = element['end'] === undefined ? undefined : parseFhirTime(element['end']);
  if (start === null || end === null) return refused('unreadable-time');
  if (start === undefined) return end === undefined ? refused('no-time') : found(end);
  if (end !== undefined) return ordered(start.from, end.until);
  return knownBy === null || knownBy.getTime() < start.from.getTime()
    ? refused('open-ended')
    : found({ from: start.from, until: knownBy });
}

function timingSpan(timing: Element, knownBy: Date | null): Attempt<FhirSpan> {
  const events = eventSpans(timing);
  if (events === null) return refused('unreadable-time');
  const [first] = events;
  if (first !== undefined) {
    return found({
      from: new Date(Math.min(...events.map((event) => event.from.getTime()))),
      until: new Date(Math.max(...events.map((event) => event.until.getTime()))),
    });
  }
  const bounds = asElement(timing['repeat'])?.['boundsPeriod'];
  return bounds === undefined ? refused('no-time') : periodSpan(bounds, knownBy);
}

/** The times of a Timing's events; null where one of them cannot be read. At most 1,000 are believed. */
export function eventSpans(timing: Element): FhirSpan[] | null {
  const events = timing['event'];
  if (events === undefined) return [];
  if (!Array.isArray(events) || events.length > 1000) return null;
  const spans = events.map(parseFhirTime).filter((span) => span !== null);
  return spans.length === events.length ? spans : null;
}

function ordered(from: Date, until: Date): Attempt<FhirSpan> {
  return from.getTime() > until.getTime() ? refused('unreadable-time') : found({ from, until });
}
