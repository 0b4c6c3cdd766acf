import { createHash } from 'node:crypto';
import type { SyntheticPatient } from './synthetic-patient.ts';

/** Who a synthetic patient is in this hospital. All of it is invented. */
export interface DemoIdentity {
  readonly fhirId: string;
  readonly mrn: string;
  readonly familyName: string;
  readonly givenName: string;
  readonly gender: 'male' | 'female';
  /** YYYY-MM-DD */
  readonly birthDate: string;
}

const FAMILY_NAMES =
  'Ahlgren Barros Castell Dvorak Ekwueme Farrow Gallo Haddad Ishida Jansen Kaya Lindqvist Moreau Nakata Osei Petrov Quiroga Rossi Sato Tanner Ueda Varga Weiss Yilmaz Zielinski'.split(
    ' ',
  );
const GIVEN_NAMES = {
  female: 'Ada Beatriz Clara Dina Elif Freya Greta Hana Ines Jana Kira Leyla'.split(' '),
  male: 'Aron Bilal Carlo Deniz Emil Felix Goran Hugo Ivan Jonas Kenji Luca'.split(' '),
} as const;
/** Position whose name tests what a page does with markup. */
const MARKUP_POSITION = 7;

/** A number in 0..1 that depends on nothing but its keys. */
export function fixedFraction(...keys: readonly (string | number)[]): number {
  return createHash('sha256').update(keys.join('/')).digest().readUInt32BE(0) / 2 ** 32;
}

/** A DICOM UID under 2.25 (PS3.5 B.2) made of 128 bits of a hash: the same keys give the same UID. */
export function fixedUid(...keys: readonly (string | number)[]): string {
  return `2.25.${BigInt(`0x${createHash('sha256').update(keys.join('/')).digest('hex').slice(0, 32)}`)}`;
}

/** Identity of a patient whose first visit is at `firstVisitMs` (epoch milliseconds). */
export function demoIdentity(seed: number, patient: SyntheticPatient, firstVisitMs: number): DemoIdentity {
  const { position, gender, ageYears } = patient;
  const pick = (names: readonly string[], what: string): string =>
    names[Math.floor(fixedFraction(seed, position, what) * names.length)]!;
  const number = String(position + 1).padStart(4, '0');
  const birthday = Math.floor(fixedFraction(seed, position, 'birthday') * 364) + 1;
  const born = new Date(firstVisitMs - ageYears * 365.25 * 86_400_000 - birthday * 86_400_000);
  const hasMarkup = position === MARKUP_POSITION;
  return {
    fhirId: `demo-${number}`,
    mrn: `SD-${number}`,
    familyName: hasMarkup ? `O'Brien & <img src=x onerror=alert(1)>` : pick(FAMILY_NAMES, 'family'),
    givenName: hasMarkup ? '<script>alert(2)</script>' : pick(GIVEN_NAMES[gender], 'given'),
    gender,
    birthDate: born.toISOString().slice(0, 10),
  };
}
