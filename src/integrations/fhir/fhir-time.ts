/** A span of time that contains the true instant, both ends included. */
export interface FhirSpan {
  readonly from: Date;
  readonly until: Date;
}

const DATE_TIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const FIRST_YEAR = 1800;
const LAST_YEAR = 2200;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Reads a FHIR date, dateTime or instant (R4 2.24.0.1) as the span that it leaves open:
 *
 * - with time and zone: one instant, or the minute where seconds are left out;
 * - a date, month or year: from its first to its last millisecond in UTC;
 * - with time but no zone (not valid FHIR, yet sent): wherever on Earth it was meant, the instant lies between that
 *   clock time at UTC+14 and at UTC-12, so the span is those 26 hours.
 *
 * Null where it is no such text, no day of the calendar, or its year is outside 1800..2200. A leap second counts as the
 * last millisecond of its minute.
 */
export function parseFhirTime(value: unknown): FhirSpan | null {
  const match = typeof value === 'string' ? DATE_TIME.exec(value) : null;
  if (match === null) return null;
  const [, yearText, monthText, dayText, hourText, minuteText, secondText, fraction, zone] = match;
  const year = Number(yearText);
  if (year < FIRST_YEAR || year > LAST_YEAR) return null;
  if (monthText === undefined) return spanOf(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
  const month = Number(monthText);
  if (month < 1 || month > 12) return null;
  if (dayText === undefined) return spanOf(Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1));
  const day = Number(dayText);
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day || day === 0) return null;
  if (hourText === undefined) return spanOf(midnight, Date.UTC(year, month - 1, day + 1));
  const hour = Number(hourText);
  const minute = Number(minuteText);
  const second = secondText === undefined ? 0 : Number(secondText);
  if (hour > 23 || minute > 59 || second > 60) return null;
  const milliseconds = second === 60 ? 59_999 : second * 1000 + Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  const clock = midnight + hour * HOUR_MS + minute * MINUTE_MS + milliseconds;
  const clockEnd = secondText === undefined ? clock + MINUTE_MS : clock + 1;
  if (zone === undefined) return spanOf(clock - 14 * HOUR_MS, clockEnd + 12 * HOUR_MS);
  const offset = offsetMs(zone);
  return offset === null ? null : spanOf(clock - offset, clockEnd - offset);
}

/** Reads a time that must name one instant: a span of no length. Null where it is coarser. */
export function parseInstant(value: unknown): Date | null {
  const span = parseFhirTime(value);
  return span !== null && span.from.getTime() === span.until.getTime() ? span.from : null;
}

function spanOf(from: number, end: number): FhirSpan {
  return { from: new Date(from), until: new Date(end - 1) };
}

function offsetMs(zone: string): number | null {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  const total = hours * HOUR_MS + minutes * MINUTE_MS;
  if (minutes > 59 || total > 14 * HOUR_MS) return null;
  return zone.startsWith('-') ? -total : total;
}
