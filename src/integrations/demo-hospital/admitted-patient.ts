import { demoIdentity, type DemoIdentity, fixedUid } from './demo-identity.ts';
import { DAY_MS, firstVisitMs } from './hospital-calendar.ts';
import type { SyntheticPatient } from './synthetic-patient.ts';

/** A synthetic patient with identity and calendar: what both the record and the archive are written from. */
export interface AdmittedPatient {
  readonly synthetic: SyntheticPatient;
  readonly identity: DemoIdentity;
  readonly seed: number;
  /** Epoch milliseconds at the patient's visiting hour of a day. */
  timeOfDay(day: number): number;
  /** False for a week in which no image was taken, and always for the patient who has none. */
  isImaged(day: number): boolean;
  studyOf(day: number): ImagingIdentity;
}

interface ImagingIdentity {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly accessionNumber: string;
  sopInstanceUid(slice: number): string;
}

/** Positions with a peculiarity; the first patient has none. */
const WITHOUT_IMAGES = 8;
const MISSING_VISIT: Readonly<Record<number, number>> = { 3: 4, 9: 5, 14: 3 };

/** Gives a synthetic patient identity, dates and UIDs; deterministic. */
export function admitPatient(seed: number, synthetic: SyntheticPatient, lastVisitAt: Date): AdmittedPatient {
  const start = firstVisitMs(seed, synthetic, lastVisitAt);
  const identity = demoIdentity(seed, synthetic, start);
  return {
    synthetic,
    identity,
    seed,
    timeOfDay: (day) => start + day * DAY_MS,
    isImaged: (day) =>
      synthetic.position !== WITHOUT_IMAGES &&
      synthetic.visitDays.indexOf(day) !== (MISSING_VISIT[synthetic.position] ?? -2),
    studyOf: (day) => ({
      studyInstanceUid: fixedUid(seed, identity.mrn, day, 'study'),
      seriesInstanceUid: fixedUid(seed, identity.mrn, day, 'series'),
      frameOfReferenceUid: fixedUid(seed, identity.mrn, day, 'frame-of-reference'),
      accessionNumber: `A${identity.mrn.slice(3)}${String(day).padStart(3, '0')}`,
      sopInstanceUid: (slice) => fixedUid(seed, identity.mrn, day, 'instance', slice),
    }),
  };
}
