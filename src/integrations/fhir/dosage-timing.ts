import { codesOf } from './coding.ts';
import { eventSpans, periodSpan } from './effective-time.ts';
import { asElement, numberOf, textOf, textsOf } from './element.ts';
import type { Element } from './element.ts';
import type { FhirSpan } from './fhir-time.ts';
import { millisecondsPer, roundCount } from './infusion.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

/** How often something is taken within a span. */
export interface Doses {
  readonly span: FhirSpan;
  readonly count: number;
  /** How long each dose runs; null where that is not stated. */
  readonly durationMs: number | null;
}

const DAY_MS = 86_400_000;
const MAXIMUM_DOSES = 1_000_000;

/** Doses per day of HL7's GTSAbbreviation codes whose rate is exact (v3 Code System 2.16.840.1.113883.5.1022). */
const PER_DAY: Readonly<Record<string, number>> = {
  QD: 1,
  AM: 1,
  PM: 1,
  BED: 1,
  BID: 2,
  TID: 3,
  QID: 4,
  QOD: 0.5,
  Q1H: 24,
  Q2H: 12,
  Q3H: 8,
  Q4H: 6,
  Q6H: 4,
  Q8H: 3,
  WK: 1 / 7,
};

/**
 * How many doses a Timing (R4 2.24.0.7) means, and when.
 * @param known the span that the resource states itself; it counts where the timing has no bounds of its own.
 * @param start from where a bounds duration counts; null where unknown.
 */
export function dosesOf(timing: unknown, known: FhirSpan | null, start: Date | null): Attempt<Doses> {
  const element = asElement(timing);
  if (element === null) return refused('no-timing');
  const events = eventSpans(element);
  if (events === null) return refused('unreadable-time');
  const repeat = asElement(element['repeat']);
  const durationMs = lengthMs(repeat?.['duration'], repeat?.['durationUnit']);
  if (repeat?.['durationMax'] !== undefined) return refused('ambiguous-timing');
  if (events.length > 0) {
    const from = new Date(Math.min(...events.map((event) => event.from.getTime())));
    const until = new Date(Math.max(...events.map((event) => event.until.getTime())));
    return found({ span: { from, until }, count: events.length, durationMs });
  }
  const perMs = dosesPerMs(element, repeat);
  const count = repeat === null ? null : numberOf(repeat['count']);
  if (repeat?.['countMax'] !== undefined) return refused('ambiguous-timing');
  const isBounded = count !== null || Object.keys(repeat ?? {}).some((name) => name.startsWith('bounds'));
  const from = start ?? known?.from ?? null;
  const span =
    known === null || isBounded ? boundsOf(repeat, from, perMs.ok ? perMs.value : null, count) : found(known);
  if (!span.ok) return span;
  const doses =
    count !== null
      ? count
      : perMs.ok
        ? roundCount(perMs.value * (span.value.until.getTime() - span.value.from.getTime() + 1))
        : null;
  if (doses === null) return perMs.ok ? refused('no-timing') : perMs;
  return doses > 0 && doses <= MAXIMUM_DOSES
    ? found({ span: span.value, count: doses, durationMs })
    : refused('ambiguous-timing');
}

function boundsOf(
  repeat: Element | null,
  start: Date | null,
  perMs: number | null,
  count: number | null,
): Attempt<FhirSpan> {
  if (repeat?.['boundsPeriod'] !== undefined) return periodSpan(repeat['boundsPeriod'], null);
  if (repeat?.['boundsRange'] !== undefined) return refused('ambiguous-timing');
  const bounds = asElement(repeat?.['boundsDuration']);
  const length =
    bounds === null
      ? count !== null && count > 0 && perMs !== null
        ? count / perMs
        : null
      : lengthMs(bounds['value'], bounds['code'] ?? bounds['unit']);
  if (bounds?.['comparator'] !== undefined) return refused('ambiguous-timing');
  if (length === null || length <= 0) return refused('open-ended');
  return start === null
    ? refused('no-time')
    : found({ from: start, until: new Date(start.getTime() + Math.round(length) - 1) });
}

function dosesPerMs(timing: Element, repeat: Element | null): Attempt<number> {
  if (repeat !== null && (repeat['frequencyMax'] !== undefined || repeat['periodMax'] !== undefined)) {
    return refused('ambiguous-timing');
  }
  const times = textsOf(repeat?.['timeOfDay']).length || textsOf(repeat?.['when']).length || null;
  const days = textsOf(repeat?.['dayOfWeek']).length || null;
  const period = lengthMs(repeat?.['period'], repeat?.['periodUnit']);
  if (repeat !== null && period !== null && period > 0) {
    const frequency = times ?? numberOf(repeat['frequency']) ?? 1;
    if (frequency <= 0) return refused('ambiguous-timing');
    // Days of the week thin out a daily rhythm; with any other rhythm they may mean more than one thing.
    if (days !== null)
      return period === DAY_MS ? found(((frequency / period) * days) / 7) : refused('ambiguous-timing');
    return found(frequency / period);
  }
  if (repeat?.['period'] !== undefined) return refused('ambiguous-timing');
  if (times !== null || days !== null) return found(((times ?? 1) * ((days ?? 7) / 7)) / DAY_MS);
  const code = codesOf(timing['code']).find((one) => Object.hasOwn(PER_DAY, one));
  return code === undefined ? refused('no-timing') : found(PER_DAY[code]! / DAY_MS);
}

/** A length of time in a UCUM unit; months and years, which have no fixed length, are the calendar's mean in UCUM. */
function lengthMs(value: unknown, unit: unknown): number | null {
  const number = numberOf(value);
  const named = textOf(unit);
  if (number === null || named === null || number < 0) return null;
  const perUnit = named === 'mo' ? 30.4375 * DAY_MS : named === 'a' ? 365.25 * DAY_MS : millisecondsPer(named);
  return perUnit === null ? null : number * perUnit;
}
