import { expect, test } from 'vitest';
import { assembleVisits } from '../../../src/twins/assemble-visits.ts';
import { assembleChangeHistory } from '../../../src/twins/change-history.ts';
import { image, observation, onDay, treatment } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, registration, testUnits } from '../../support/twin-builders.ts';

const definition = diseaseDefinition();
const scans = [image('a', onDay(0)), image('b', onDay(7)), image('c', onDay(15))] as const;
const late = observation('marker', 4, onDay(7), { entry: { issuedAt: onDay(9), recordedAt: onDay(40) } });
const dose = treatment('drug', 12, onDay(3), onDay(3), 'administration', { entry: { recordedAt: onDay(4) } });
const entries = [...scans, late, dose];
const visits = assembleVisits({
  definition,
  patient: { birthDate: null, gender: null },
  entries,
  registrations: [registration(scans[2], scans[0].id)],
  referenceEntryId: scans[0].id,
  convert: testUnits,
});
const voxelsByVisit = new Map([
  [0, Float32Array.of(1, 2, 3, 4)],
  [2, Float32Array.of(5, 6, 7, 8)],
]);
const history = (clock: 'recorded' | 'issued') =>
  assembleChangeHistory({ definition, visits, entries, clock, voxelsByVisit, convert: testUnits });

test('holds the visits with real times, the unaligned one with its values alone', () => {
  expect(history('recorded')).toMatchObject({
    visits: [
      { day: -15, voxels: voxelsByVisit.get(0), values: {}, exposures: { drug: 0 } },
      { day: -8, voxels: null, values: { marker: 4 }, exposures: { drug: 12 } },
      { day: 0, voxels: voxelsByVisit.get(2), values: { marker: 4 }, exposures: { drug: 0 } },
    ],
    occurredAtMs: [0, 7, 15].map((day) => onDay(day).getTime()),
    shape: [1, 2, 2],
    variables: [{ key: 'marker', plausible: [0, 1000] }],
    treatmentKeys: ['drug'],
  });
});

test('a visit may be used from the moment at which the last thing that it is made of was known', () => {
  expect(history('recorded').knownAtMs).toEqual([0, 40, 40].map((day) => onDay(day).getTime()));
  expect(history('issued').knownAtMs).toEqual([0, 9, 15].map((day) => onDay(day).getTime()));
});

test('the course has every measurement and dose at its own time, and when it was known', () => {
  expect(history('recorded').course).toEqual({
    measurements: [{ variable: 'marker', day: -8, value: 4, knownAtMs: onDay(40).getTime() }],
    doses: [{ treatment: 'drug', fromDay: -12, toDay: -12, amount: 12, knownAtMs: onDay(4).getTime() }],
    statics: { smoker: 0 },
  });
  expect(history('issued').course.measurements[0]!.knownAtMs).toBe(onDay(9).getTime());
});

test('visits that were not assembled from the given entries are a defect', () => {
  const stray = { definition, visits, entries: [], clock: 'recorded', voxelsByVisit, convert: testUnits } as const;
  expect(() => assembleChangeHistory(stray)).toThrow(/not in its timeline/);
});
