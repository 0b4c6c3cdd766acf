import { fixedFraction } from './demo-identity.ts';
import type { SyntheticPatient } from './synthetic-patient.ts';

/** The last visit of the newest patients: a Monday. A constant, so that every run shows the same hospital. */
export const DEFAULT_LAST_VISIT_AT = new Date('2026-06-29T10:30:00+02:00');

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The hospital writes its clock with this offset all year. */
const OFFSET_HOURS = 2;
/** Days before the reference Monday: Monday, then Friday back to Tuesday of the week before. */
const DAYS_BACK = [0, 3, 4, 5, 6] as const;

/** Epoch milliseconds of a patient's visit on day 0. Visits keep weekday and hour. */
export function firstVisitMs(seed: number, patient: SyntheticPatient, lastVisitAt: Date): number {
  const lastDay = patient.visitDays.at(-1) ?? 0;
  const minutesEarlier = Math.floor(fixedFraction(seed, patient.position, 'hour') * 120);
  const back = DAYS_BACK[patient.position % DAYS_BACK.length]!;
  return lastVisitAt.getTime() - (lastDay + back) * DAY_MS - minutesEarlier * MINUTE_MS;
}

/** ISO 8601 with the hospital's offset and whole seconds, as FHIR dateTime and instant. */
export const clockTime = (ms: number): string =>
  `${new Date(ms + OFFSET_HOURS * HOUR_MS).toISOString().slice(0, 19)}+0${OFFSET_HOURS}:00`;

/** DICOM DA, TM and TimezoneOffsetFromUTC of the same clock. */
export function dicomTime(ms: number): { date: string; time: string; offset: string } {
  const [date, time] = new Date(ms + OFFSET_HOURS * HOUR_MS).toISOString().slice(0, 19).split('T') as [string, string];
  return { date: date.replaceAll('-', ''), time: time.replaceAll(':', ''), offset: `+0${OFFSET_HOURS}00` };
}
