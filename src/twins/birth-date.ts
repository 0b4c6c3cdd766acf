import { DAY_MS } from './day.ts';

const FHIR_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/**
 * Age in years of 365.25 days at an instant, from a FHIR birth date of any precision. A partial date (`1957`,
 * `1957-03`) counts as the middle of the year or month that it names, so that the error is at most half of it.
 * Null where the text is no FHIR date, or the person is not born yet at that instant.
 */
export function ageYearsAt(birthDate: string, at: Date): number | null {
  const match = FHIR_DATE.exec(birthDate);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = match[2] === undefined ? null : Number(match[2]);
  const day = match[3] === undefined ? null : Number(match[3]);
  if (month !== null && (month < 1 || month > 12)) return null;
  const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  if (day !== null && new Date(from).getUTCDate() !== day) return null;
  const until = day !== null ? from : month !== null ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1);
  const years = (at.getTime() - (from + until) / 2) / (365.25 * DAY_MS);
  return years < 0 ? null : years;
}
