import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfPrefix, searchPrefixes, searchTerms } from '../../../src/database/stores/search-terms.ts';
import { patientRecord } from '../../support/record-builders.ts';

test('a patient is found by names and their parts, by the FHIR id and by identifiers, in lower case', () => {
  const record = patientRecord('Ab-1', {
    familyName: 'van Dyck',
    givenNames: ['ÉVA'],
    identifiers: [{ system: 'urn:x', value: 'NHS 943' }],
  });
  expect(searchTerms(record)).toEqual(['943', 'ab-1', 'dyck', 'nhs', 'nhs 943', 'van', 'van dyck', 'éva']);
});

test('a search is bounded, and of blanks it is none', () => {
  expect(searchPrefixes('  \t ')).toEqual([]);
  expect(searchPrefixes('A a B')).toEqual(['a', 'b']);
  expect(searchPrefixes('x y z '.repeat(1000) + 'w').length).toBeLessThanOrEqual(6);
  expect(searchPrefixes('q'.repeat(10_000))).toEqual(['q'.repeat(200)]);
});

test('the texts between a prefix and its end are those that begin with it, in the order of their bytes', () => {
  const inOrder = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 3 }), fc.string({ maxLength: 5 }), (prefix, text) => {
      const isBetween = !inOrder(text, prefix) && inOrder(text, endOfPrefix(prefix));
      expect(isBetween).toBe(text.startsWith(prefix));
    }),
  );
});
