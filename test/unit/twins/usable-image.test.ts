import { describe, expect, test } from 'vitest';
import { assembleVisits } from '../../../src/twins/assemble-visits.ts';
import { alignedImage } from '../../../src/twins/usable-image.ts';
import type { VisitRegistration } from '../../../src/twins/registration.ts';
import { image, onDay } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, registration, testUnits } from '../../support/twin-builders.ts';

const reference = image('a', onDay(0));
const other = image('b', onDay(7));
const alignedOf = (registrations: VisitRegistration[]) =>
  assembleVisits({
    definition: diseaseDefinition(),
    patient: { birthDate: null, gender: null },
    entries: [reference, other],
    registrations,
    referenceEntryId: reference.id,
    convert: testUnits,
  }).map((visit) => alignedImage(visit)?.voxelsSha256 ?? null);

describe('the image of a visit in the common space is', () => {
  test('the acquired one for the reference, the moved one for another', () => {
    expect(alignedOf([registration(other, reference.id)])).toEqual(['voxels-of-a', 'moved-voxels-of-b']);
  });

  test('the moved one where it was flagged', () => {
    expect(alignedOf([registration(other, reference.id, { verdict: 'flagged' })])[1]).toBe('moved-voxels-of-b');
  });

  test('none where it was refused or not registered yet', () => {
    expect(alignedOf([registration(other, reference.id, { verdict: 'refused' })])[1]).toBeNull();
    expect(alignedOf([])[1]).toBeNull();
  });
});
