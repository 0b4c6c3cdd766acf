import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLINICAL_RESOURCES } from '../../../../src/integrations/fhir/clinical-resources.ts';
import { readEndpointAddress } from '../../../../src/integrations/fhir/read-endpoint.ts';
import { readPatient } from '../../../../src/integrations/fhir/read-patient.ts';
import { fhirCorpus, hasFhirCorpus } from '../../../support/fhir-corpus.ts';

const readAt = new Date('2026-01-01T00:00:00Z');

/** Reads with every reader; true where each draft that came of it has real times. */
function areSound(resource: unknown): boolean {
  readPatient(resource, ['https://ehr.example/']);
  readEndpointAddress(resource);
  return CLINICAL_RESOURCES.every(({ read }) => {
    const reading = read(resource, readAt, () => null);
    if (reading.kind === 'reference') return true;
    return reading.drafts.every(({ occurredAt, occurredUntil }) => occurredAt.getTime() <= occurredUntil.getTime());
  });
}

test('no JSON makes a reader throw', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...CLINICAL_RESOURCES.map(({ type }) => type)),
      (value, resourceType) => {
        expect(areSound(value)).toBe(true);
        expect(
          areSound({ resourceType, id: 'x', status: 'completed', subject: value, code: value, component: value }),
        ).toBe(true);
      },
    ),
  );
});

test.skipIf(!hasFhirCorpus)(
  'no real resource with one element replaced makes a reader throw (skipped without the data)',
  () => {
    const clinical = new Set<string>([...CLINICAL_RESOURCES.map(({ type }) => type), 'Patient', 'Endpoint']);
    const resources = [...fhirCorpus()]
      .map(({ resource }) => resource)
      .filter((resource) => clinical.has(String(resource['resourceType'])));
    fc.assert(
      fc.property(fc.constantFrom(...resources), fc.nat(), fc.jsonValue(), (resource, seed, value) => {
        expect(areSound(withReplaced(resource, seed, value))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  },
);

/** A copy with one of its nodes, chosen by `seed`, replaced. */
function withReplaced(resource: Record<string, unknown>, seed: number, value: unknown): unknown {
  const copy = structuredClone(resource);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      if (key === 'resourceType' || key === 'text') continue;
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const place = places[seed % Math.max(1, places.length)];
  if (place !== undefined) place[0][place[1]] = value;
  return copy;
}
