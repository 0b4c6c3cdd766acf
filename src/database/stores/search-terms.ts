import type { PatientRecord } from '../../twins/patient.ts';

const LONGEST_TERM = 200;
/** More words than this narrow nothing that a person would look for. */
const MOST_WORDS = 6;

/** A text as it is compared: case, width and the like do not matter. */
export const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll('\0', '').trim();

/** Everything by whose beginning a patient is found: names and their parts, the FHIR id, the identifiers. */
export function searchTerms({ familyName, givenNames, fhirId, identifiers }: PatientRecord): string[] {
  const names = [familyName ?? '', ...givenNames].map(folded);
  const codes = [fhirId, ...identifiers.map(({ value }) => value)].map(folded);
  const terms = [...names, ...names.flatMap(words), ...codes, ...codes.flatMap(words)];
  return [...new Set(terms.map((term) => term.slice(0, LONGEST_TERM)).filter((term) => term !== ''))].sort();
}

/** The beginnings that a search asks for: a patient must have all of them. */
export function searchPrefixes(search: string): string[] {
  return [...new Set(words(folded(search.slice(0, LONGEST_TERM))))].slice(0, MOST_WORDS);
}

/**
 * Texts that begin with `prefix` are those in [prefix, end). A range, because row level security lets the server use an
 * index for comparisons but not for LIKE, which may give away what it saw.
 */
export const endOfPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
