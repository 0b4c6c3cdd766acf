import type {
  Comparator,
  ForecastStatus,
  JobKind,
  PersonFragment,
  RegistrationVerdict,
  TwinStatus,
} from '../api/operations.ts';

/** How numbers, dates and the API's names are written for a clinician. */

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const plain = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4, useGrouping: true });

/** The day at its source, which is stated in UTC. */
export const inDays = (iso: string | number): string => day.format(new Date(iso));
export const inShortDays = (iso: string | number): string => shortDay.format(new Date(iso));
/** A moment in the user's zone. */
export const inMoments = (iso: string): string => moment.format(new Date(iso));

export const inNumbers = (value: number): string => plain.format(value);
export const inPercent = (share: number): string => `${Math.round(100 * share)} %`;
export const withSign = (value: number): string =>
  value > 0 ? `+${inNumbers(value)}` : inNumbers(value).replace('-', '−');

/** UCUM as people write it. */
export function inUnits(ucum: string | null): string {
  if (ucum === null) return '';
  return ucum
    .replace(/\{[^}]*\}/g, '')
    .replace(/10\*(-?\d+)/g, (_, power: string) => `10${superscript(power)}`)
    .replace(/\bug\b/g, 'µg')
    .replace(/m2\b/g, 'm²')
    .replace(/\[?deg(?:F|C)\]?/g, '°');
}
const superscript = (digits: string): string => digits.replace(/./g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻');

export const withUnit = (value: number, ucum: string | null): string => `${inNumbers(value)} ${inUnits(ucum)}`.trim();

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** How long ago, in the coarsest words that still tell. */
export function ago(iso: string, now = Date.now()): string {
  const ms = now - Date.parse(iso);
  if (ms < 90_000) return 'just now';
  if (ms < 1.5 * HOUR) return `${Math.round(ms / 60_000)} min ago`;
  if (ms < 36 * HOUR) return `${Math.round(ms / HOUR)} h ago`;
  return `${Math.round(ms / DAY)} days ago`;
}

export const days = (count: number): string => {
  const rounded = count < 10 ? Math.round(count * 10) / 10 : Math.round(count);
  return `${rounded} ${rounded === 1 ? 'day' : 'days'}`;
};

export const nameOf = (person: PersonFragment): string =>
  [person.familyName, person.givenNames.join(' ')].filter((part) => part !== null && part !== '').join(', ') ||
  `Patient ${person.fhirId}`;

/** Birth date and sex, as on a wristband. */
export function aboutPerson(person: PersonFragment): string {
  const { birthDate, gender, deceasedAt } = person;
  return [
    birthDate === null ? null : `born ${birthDate.length === 10 ? inDays(birthDate) : birthDate}`,
    gender === null || gender === 'UNKNOWN' ? null : gender.toLowerCase(),
    deceasedAt === null ? null : `died ${inDays(deceasedAt)}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

export const TWIN_STATUS: Record<TwinStatus, { readonly label: string; readonly tone: Tone }> = {
  CREATED: { label: 'Waiting', tone: 'busy' },
  SYNCING: { label: 'Reading record', tone: 'busy' },
  REGISTERING: { label: 'Aligning images', tone: 'busy' },
  READY: { label: 'Ready', tone: 'good' },
  INCOMPLETE: { label: 'Incomplete', tone: 'warn' },
  FAULTED: { label: 'Failed', tone: 'bad' },
  RETIRED: { label: 'Retired', tone: 'quiet' },
};
export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'quiet';

export const FORECAST_STATUS: Record<ForecastStatus, { readonly label: string; readonly tone: Tone }> = {
  QUEUED: { label: 'Waiting', tone: 'busy' },
  RUNNING: { label: 'Computing', tone: 'busy' },
  ISSUED: { label: 'Issued', tone: 'good' },
  DECLINED: { label: 'Declined', tone: 'warn' },
  FAILED: { label: 'Failed', tone: 'bad' },
  CANCELLED: { label: 'Stopped', tone: 'quiet' },
};

export const REGISTRATION_VERDICT: Record<RegistrationVerdict, { readonly label: string; readonly tone: Tone }> = {
  ACCEPTED: { label: 'Aligned', tone: 'good' },
  FLAGGED: { label: 'Aligned with reservation', tone: 'warn' },
  REFUSED: { label: 'Not aligned', tone: 'bad' },
};

const BOUNDS: Record<Comparator, string> = { LESS_THAN: '<', AT_MOST: '≤', AT_LEAST: '≥', MORE_THAN: '>' };
export const bound = (comparator: Comparator | null): string => (comparator === null ? '' : BOUNDS[comparator]);

export const JOB_KIND: Record<JobKind, string> = {
  SYNC_PATIENT: 'Reading record and images',
  REGISTER_TWIN: 'Aligning images',
  ISSUE_FORECAST: 'Computing forecast',
};
