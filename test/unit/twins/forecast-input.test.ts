import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleVisits } from '../../../src/twins/assemble-visits.ts';
import { assembleForecastInput } from '../../../src/twins/forecast-input.ts';
import type { AssembledForecastInput, ForecastInputSources } from '../../../src/twins/forecast-input.ts';
import { hashForecastInput } from '../../../src/twins/forecast-input-hash.ts';
import type { TimelineEntry } from '../../../src/twins/timeline.ts';
import { viewTimeline } from '../../../src/twins/timeline-view.ts';
import { image, observation, onDay, treatment } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, registration, testUnits } from '../../support/twin-builders.ts';

const definition = diseaseDefinition();
const scans = [image('a', onDay(0)), image('b', onDay(7)), image('c', onDay(14))] as const;
const aligned = [registration(scans[1], scans[0].id), registration(scans[2], scans[0].id)];

function assemble(
  entries: readonly TimelineEntry[],
  more: Partial<ForecastInputSources> & { registrations?: typeof aligned } = {},
): AssembledForecastInput {
  const all = [...scans, ...entries];
  const { registrations = aligned, ...sources } = more;
  const visits = assembleVisits({
    definition,
    patient: { birthDate: null, gender: null },
    entries: all,
    registrations,
    referenceEntryId: scans[0].id,
    convert: testUnits,
  });
  return assembleForecastInput({
    definition,
    visits,
    entries: all,
    asOf: { at: onDay(14), clock: 'recorded' },
    targetAt: onDay(21),
    interventions: [],
    voxelsByVisit: new Map(visits.map((visit) => [visit.index, Float32Array.of(visit.index, 1, 2, 3)])),
    population: { records: [Uint8Array.of(1, 2, 3)], asOf: onDay(13) },
    seed: 7,
    convert: testUnits,
    ...sources,
  });
}
const hash = ({ input }: AssembledForecastInput): string => hashForecastInput(input, { definition, modelId: 'm' });

describe('the history', () => {
  test('counts days from the last aligned image, oldest first', () => {
    const { input, originAt, originVisitIndex, horizonDays } = assemble([]);
    expect(input.visits.map((visit) => visit.day)).toEqual([-14, -7, 0]);
    expect(input.visits.map((visit) => visit.voxels?.[0])).toEqual([0, 1, 2]);
    expect({ originAt, originVisitIndex, horizonDays }).toEqual({
      originAt: onDay(14),
      originVisitIndex: 2,
      horizonDays: 7,
    });
    expect(input.shape).toEqual([1, 2, 2]);
    expect(input.spacingMm).toEqual([1, 1, 1]);
  });

  test('ends with the last image that could be aligned; a refused one before it keeps its values', () => {
    const refusedLast = assemble([], { registrations: [aligned[0]!] });
    expect(refusedLast.originAt).toEqual(onDay(7));
    expect(refusedLast.input.visits).toHaveLength(2);

    const value = observation('marker', 4, onDay(7));
    const refusedMiddle = assemble([value], {
      registrations: [registration(scans[1], scans[0].id, { verdict: 'refused', movedSha256: null }), aligned[1]!],
    });
    expect(refusedMiddle.input.visits[1]).toMatchObject({ day: -7, voxels: null, values: { marker: 4 } });
  });

  test('uses a flagged image', () => {
    const flagged = registration(scans[2], scans[0].id, { verdict: 'flagged', reason: 'moved' });
    expect(assemble([], { registrations: [aligned[0]!, flagged] }).originAt).toEqual(onDay(14));
  });

  test('may start from an older visit, for a back-test', () => {
    const { input, originAt } = assemble([], { originVisitIndex: 1, targetAt: onDay(14) });
    expect(originAt).toEqual(onDay(7));
    expect(input.visits.map((visit) => visit.day)).toEqual([-7, 0]);
  });

  test('leaves out what is missing or only a bound', () => {
    const bound = observation('marker', 1, onDay(7), { comparator: '<' });
    expect(assemble([observation('marker', 4, onDay(0)), bound]).input.visits.map((visit) => visit.values)).toEqual([
      { marker: 4 },
      {},
      {},
    ]);
  });

  test('gives the amounts of treatment since the visit before', () => {
    const dose = treatment('drug', 12, onDay(3), onDay(3), 'administration');
    expect(assemble([dose]).input.visits.map((visit) => visit.exposures)).toEqual([
      { drug: 0 },
      { drug: 12 },
      { drug: 0 },
    ]);
  });
});

describe('a variable starts', () => {
  test('from its last known value, its interval counting from the origin where it is older', () => {
    const { input } = assemble([observation('marker', 4, onDay(12))]);
    expect(input.valueOrigins).toEqual({ marker: { value: 4, intervalDays: 7, exposures: { drug: 0 } } });
  });

  test('from a value after the origin, as far as it is known and before the target', () => {
    const after = observation('marker', 5, onDay(16));
    const order = treatment('drug', 70, onDay(14), onDay(21), 'request');
    const beyond = observation('marker', 9, onDay(22));
    const entries = [observation('marker', 4, onDay(12)), after, order, beyond];
    const known = assemble(entries, { asOf: { at: onDay(30), clock: 'recorded' } });
    expect(known.input.valueOrigins['marker']).toEqual({
      value: 5,
      intervalDays: 5,
      exposures: { drug: expect.closeTo(50, 10) as number },
    });
    expect(known.inputEntryIds).toContain(after.id);
    expect(assemble(entries).input.valueOrigins['marker']).toMatchObject({ value: 4, intervalDays: 7 });
  });

  test('nowhere without a usable value, and the reason is given', () => {
    expect(assemble([]).missingValues).toEqual({ marker: 'no value is on record' });
    expect(assemble([observation('marker', 1, onDay(14), { comparator: '<' })]).missingValues).toEqual({
      marker: 'the last value is only a bound',
    });
    expect(assemble([observation('marker', 1, onDay(-1))]).input.valueOrigins).toEqual({});
  });

  test('from the value of an intervention', () => {
    const interventions = [{ kind: 'value', variable: 'marker', value: 99 }] as const;
    const { input } = assemble([observation('marker', 4, onDay(12))], { interventions });
    expect(input.valueOrigins['marker']).toEqual({ value: 99, intervalDays: 7, exposures: { drug: 0 } });
    expect(input.visits.at(-1)?.values).toEqual({ marker: 4 });
    expect(assemble([], { interventions }).input.valueOrigins['marker']).toMatchObject({ value: 99, intervalDays: 7 });
  });
});

test('at horizon 0 every interval is 0, and the values are those of the last visit', () => {
  const evening = observation('marker', 5, onDay(14.75));
  const { input, horizonDays } = assemble([observation('marker', 4, onDay(12)), evening], {
    targetAt: onDay(14),
    asOf: { at: onDay(15), clock: 'recorded' },
  });
  expect(horizonDays).toBe(0);
  expect(input.valueOrigins['marker']).toEqual({ value: 5, intervalDays: 0, exposures: { drug: 0 } });
  expect(input.visits.at(-1)?.values).toEqual({ marker: 5 });
  expect(input.plannedExposures).toEqual({ drug: 0 });
});

test('every entry that was used is named, each once', () => {
  const value = observation('marker', 4, onDay(12));
  const unused = observation('something-else', 4, onDay(12));
  const dose = treatment('drug', 12, onDay(12), onDay(12), 'administration');
  const { inputEntryIds } = assemble([value, unused, dose]);
  expect(inputEntryIds).toEqual([...scans.map(({ id }) => id), value.id, dose.id].toSorted());
});

test('treatment records that could not be read are stated', () => {
  const tablets = treatment('drug', 2, onDay(12), onDay(12), 'administration', { unit: '{tablet}' });
  expect(assemble([tablets]).assumptions).toContain('Drug: 1 record(s) could not be read as mg and count as nothing.');
});

describe('refused is', () => {
  test.each([
    ['a target before the last usable image', { targetAt: onDay(13.9) }, 'INVALID_INPUT', 'targetAt'],
    ['a target beyond the longest horizon', { targetAt: onDay(14 + 56.1) }, 'INVALID_INPUT', 'targetAt'],
    ['a target that is no date', { targetAt: new Date(NaN) }, 'INVALID_INPUT', 'targetAt'],
    ['an origin that does not exist', { originVisitIndex: 9 }, 'INVALID_INPUT', 'originVisitIndex'],
    ['too short a history', { originVisitIndex: 0 }, 'INSUFFICIENT_HISTORY', undefined],
    ['a history without aligned images', { registrations: [] }, 'INSUFFICIENT_HISTORY', undefined],
    [
      'an intervention that cannot be meant',
      { interventions: [{ kind: 'value' as const, variable: 'marker', value: -1 }] },
      'INVALID_INPUT',
      'interventions[0].value',
    ],
  ])('%s', (_, more, reason, field) => {
    expect(() => assemble([], more)).toThrow(expect.objectContaining({ name: 'DomainError', reason, field }) as Error);
  });

  test('an aligned visit whose voxels are absent or do not fit', () => {
    expect(() => assemble([], { voxelsByVisit: new Map() })).toThrow(/voxels of aligned visit 0 are not given/);
    const voxelsByVisit = new Map([0, 1, 2].map((index) => [index, new Float32Array(5)]));
    expect(() => assemble([], { voxelsByVisit })).toThrow(/has 5 voxels of 1x2x2/);
  });
});

describe('the input hash', () => {
  const entries = [observation('marker', 4, onDay(12)), treatment('drug', 12, onDay(3), onDay(3), 'administration')];

  test('is that of an equal input, whatever the order of the entries', () => {
    expect(hash(assemble(entries.toReversed()))).toBe(hash(assemble(entries)));
    expect(hash(assemble(entries))).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not change with a null intervention on a value', () => {
    const interventions = [{ kind: 'value', variable: 'marker', value: 4 }] as const;
    expect(hash(assemble(entries, { interventions }))).toBe(hash(assemble(entries)));
  });

  test.each<[string, () => AssembledForecastInput]>([
    ['a voxel', () => assemble(entries, { voxelsByVisit: new Map([0, 1, 2].map((i) => [i, new Float32Array(4)])) })],
    ['a value', () => assemble([observation('marker', 4.0000001, onDay(12)), entries[1]!])],
    ['a dose', () => assemble([entries[0]!, treatment('drug', 13, onDay(3), onDay(3), 'administration')])],
    ['the target', () => assemble(entries, { targetAt: onDay(22) })],
    ['the seed', () => assemble(entries, { seed: 8 })],
    [
      'what others taught',
      () => assemble(entries, { population: { records: [Uint8Array.of(1, 2, 4)], asOf: onDay(13) } }),
    ],
  ])('changes with %s', (_, changed) => {
    expect(hash(changed())).not.toBe(hash(assemble(entries)));
  });

  test('changes with the definition and the model', () => {
    const { input } = assemble(entries);
    const of = (made: Parameters<typeof hashForecastInput>[1]) => hashForecastInput(input, made);
    const original = of({ definition, modelId: 'm' });
    expect(of({ definition, modelId: 'n' })).not.toBe(original);
    expect(of({ definition: { ...definition, version: '1.0.1' }, modelId: 'm' })).not.toBe(original);
    expect(of({ definition: { ...definition, title: 'Changed without a new version' }, modelId: 'm' })).not.toBe(
      original,
    );
  });
});

test('for any record, nothing recorded after the moment of knowledge changes the input', () => {
  const anyEntry = fc
    .record({
      kind: fc.constantFrom('marker', 'dose', 'order'),
      day: fc.integer({ min: 0, max: 30 }),
      lateness: fc.nat(20),
      value: fc.integer({ min: 1, max: 900 }),
    })
    .map(({ kind, day, lateness, value }) => {
      const about = { recordedAt: onDay(day + lateness) };
      if (kind === 'dose') return treatment('drug', value, onDay(day), onDay(day), 'administration', { entry: about });
      if (kind === 'order') return treatment('drug', value, onDay(day), onDay(day + 7), 'request', { entry: about });
      return observation('marker', value, onDay(day), { entry: about });
    });
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 12 }), fc.integer({ min: 14, max: 30 }), (entries, day) => {
      const asOf = { at: onDay(day), clock: 'recorded' } as const;
      const knownThen = entries.filter((each) => each.recordedAt.getTime() <= asOf.at.getTime());
      const seen = assemble(viewTimeline(entries, asOf), { asOf });
      expect(seen).toEqual(assemble(knownThen, { asOf }));
    }),
  );
});
