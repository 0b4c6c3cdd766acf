import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleVisits } from '../../../src/twins/assemble-visits.ts';
import type { VisitSources } from '../../../src/twins/assemble-visits.ts';
import { viewTimeline } from '../../../src/twins/timeline-view.ts';
import type { TimelineEntry } from '../../../src/twins/timeline.ts';
import type { Visit } from '../../../src/twins/visit.ts';
import { entry, image, observation, onDay, treatment } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, registration, testUnits } from '../../support/twin-builders.ts';

const visitsOf = (entries: readonly TimelineEntry[], more: Partial<VisitSources> = {}): Visit[] =>
  assembleVisits({
    definition: diseaseDefinition(),
    patient: { birthDate: '1957-03-21', gender: 'female' },
    entries,
    registrations: [],
    referenceEntryId: null,
    convert: testUnits,
    ...more,
  });
/** The marker as the only visit, an image on day 20 at 10:00, sees it. */
const scan = image('scan', onDay(20 + 10 / 24));
const markerAt20 = (...entries: TimelineEntry[]) => visitsOf([scan, ...entries])[0]?.values['marker'];

describe('visits', () => {
  test('are one per imaging time point, oldest first, with the days between them', () => {
    const visits = visitsOf([image('b', onDay(10)), image('a', onDay(0)), image('c', onDay(17.5))]);
    expect(visits.map(({ index, intervalDays }) => [index, intervalDays])).toEqual([
      [0, null],
      [1, 10],
      [2, 7.5],
    ]);
  });

  test('use the best series of a study and leave out what the definition does not look at', () => {
    const flair = image('a', onDay(0), { seriesInstanceUid: 'a.9', seriesDescription: 'FLAIR' });
    const visits = visitsOf([
      image('a', onDay(0), { seriesDescription: 'T1' }),
      flair,
      image('b', onDay(5), { modality: 'CT' }),
      image('c', onDay(6), { seriesDescription: 'localizer' }),
      image('d', onDay(7), { geometry: { ...flair.body.geometry, shape: [65, 2, 2] } }),
    ]);
    expect(visits.map((visit) => visit.imageEntry.id)).toEqual([flair.id]);
  });

  test('of one day are one: the better described image, among equals the later', () => {
    const early = image('a', onDay(3.25));
    const repeated = image('b', onDay(3.5));
    const flair = image('c', onDay(3.125), { seriesDescription: 'flair' });
    expect(visitsOf([early, repeated]).map((visit) => visit.imageEntry.id)).toEqual([repeated.id]);
    expect(visitsOf([early, flair, repeated]).map((visit) => visit.imageEntry.id)).toEqual([flair.id]);
  });

  test('keep the reference where a repeated or better scan of its day arrives', () => {
    const reference = image('a', onDay(3.25));
    const better = image('b', onDay(3.5), { seriesDescription: 'flair' });
    const betterSeries = image('a', onDay(3.25), { seriesInstanceUid: 'a.9', seriesDescription: 'flair' });
    const visits = visitsOf([reference, better, betterSeries], { referenceEntryId: reference.id });
    expect(visits.map(({ imageEntry, isReference }) => [imageEntry.id, isReference])).toEqual([[reference.id, true]]);
  });

  test('carry the newest registration to the current reference', () => {
    const reference = image('a', onDay(0));
    const other = image('b', onDay(7));
    const old = registration(other, reference.id, { id: 'old', createdAt: onDay(50), verdict: 'refused' });
    const newest = registration(other, reference.id, { id: 'new', createdAt: onDay(60) });
    const toAnother = registration(other, 'another-reference', { id: 'other', createdAt: onDay(70) });
    const visits = visitsOf([reference, other], {
      referenceEntryId: reference.id,
      registrations: [newest, toAnother, old],
    });
    expect(visits.map((visit) => visit.registration?.id ?? null)).toEqual([null, 'new']);
  });
});

describe('the value of a variable at a visit', () => {
  test('is the last known one, with its age', () => {
    const older = observation('marker', 3, onDay(12));
    const newer = observation('marker', 4, onDay(18 + 10 / 24));
    expect(markerAt20(older, newer)).toEqual({
      status: 'known',
      value: 4,
      ageDays: 2,
      observedAt: newer.occurredAt,
      entryId: newer.id,
    });
  });

  test('may be measured later on the day of the image, and no later', () => {
    const sameEvening = observation('marker', 4, onDay(20 + 23 / 24));
    const nextMorning = observation('marker', 5, onDay(21));
    expect(markerAt20(sameEvening, nextMorning)).toMatchObject({ value: 4, ageDays: 0 });
  });

  test('of a period or a month counts from its end, when it was certainly known', () => {
    const month = observation('marker', 4, onDay(9), { entry: { occurredUntil: onDay(30) } });
    expect(markerAt20(month)).toMatchObject({ status: 'missing' });
  });

  test('is missing beyond the window, and says so', () => {
    expect(markerAt20(observation('marker', 4, onDay(6)))).toEqual({
      status: 'missing',
      reason: 'the last value is older than 14 days',
    });
    expect(markerAt20()).toEqual({ status: 'missing', reason: 'no value is on record' });
  });

  test('is converted to the unit of the definition', () => {
    expect(markerAt20(observation('marker', 0.5, onDay(20), { unit: 'ug/mL' }))).toMatchObject({ value: 500 });
  });

  test.each([
    ['cannot be converted', { unit: 'ng/mL{FEU}' }, 5, 'the last value has a unit that does not convert to ng/mL'],
    ['is not plausible', {}, 1001, 'the last value is not plausible (0 to 1000 ng/mL)'],
  ])('that %s is missing, and an older one does not pass for it', (_, body, value, reason) => {
    const usable = observation('marker', 4, onDay(15));
    expect(markerAt20(usable, observation('marker', value, onDay(20), body))).toEqual({ status: 'missing', reason });
  });

  test('that cannot be used gives way to another of the same instant', () => {
    const unusable = observation('marker', 5, onDay(20), { unit: '?' });
    const usable = observation('marker', 6, onDay(20), { isPreliminary: true });
    expect(markerAt20(unusable, usable)).toMatchObject({ value: 6 });
  });

  test('with a comparator is a bound, not a number', () => {
    const bound = observation('marker', 0.01, onDay(20), { comparator: '<' });
    expect(markerAt20(bound)).toEqual({
      status: 'censored',
      bound: 0.01,
      comparator: '<',
      ageDays: 10 / 24,
      observedAt: bound.occurredAt,
      entryId: bound.id,
    });
  });

  test('is the final one of an instant, then the one of the first code', () => {
    const preliminary = observation('marker', 1, onDay(20), { isPreliminary: true });
    const byAnotherMethod = observation('marker-by-another-method', 2, onDay(20));
    const final = observation('marker', 3, onDay(20));
    expect(markerAt20(preliminary)).toMatchObject({ value: 1 });
    expect(markerAt20(preliminary, byAnotherMethod)).toMatchObject({ value: 2 });
    expect(markerAt20(byAnotherMethod, final, preliminary)).toMatchObject({ value: 3 });
  });

  test('needs the code of the right system', () => {
    const elsewhere = observation('marker', 1, onDay(20), { codes: [{ system: 'urn:local', code: 'marker' }] });
    expect(markerAt20(elsewhere)).toMatchObject({ status: 'missing' });
  });
});

describe('static variables at a visit', () => {
  const statics = (entries: readonly TimelineEntry[], more: Partial<VisitSources> = {}) =>
    visitsOf([scan, ...entries], more)[0]?.statics;
  const smoker = (day: number) =>
    entry({ kind: 'condition', codes: [{ system: 'http://snomed.info/sct', code: 'smoker' }] }, onDay(day));

  test('are gender and age', () => {
    const seen = statics([]);
    expect(seen?.['gender']).toEqual({ status: 'known', value: 'female', entryIds: [] });
    expect(seen?.['age']).toMatchObject({ status: 'known', value: expect.closeTo(68.84, 2) as number });
  });

  test('are missing where the record does not state them', () => {
    const seen = statics([], { patient: { birthDate: null, gender: 'unknown' } });
    expect(seen?.['gender']).toEqual({ status: 'missing', reason: 'the record does not state a gender' });
    expect(seen?.['age']).toEqual({ status: 'missing', reason: 'the record has no birth date' });
  });

  test('are 1 for a condition on record by then and 0 for one that comes later', () => {
    const condition = smoker(1);
    expect(statics([condition])?.['smoker']).toEqual({ status: 'known', value: 1, entryIds: [condition.id] });
    expect(statics([smoker(21)])?.['smoker']).toMatchObject({ value: 0 });
  });

  test('are the newest observation of any age', () => {
    const old = observation('height', 171, onDay(-4000));
    expect(statics([old])?.['height']).toEqual({ status: 'known', value: 171, entryIds: [old.id] });
    expect(statics([observation('height', 171, onDay(0), { unit: '?' })])?.['height']).toMatchObject({
      status: 'missing',
    });
  });
});

test('treatment counts over (visit before, this visit], and over 30 days before the first', () => {
  const given = (day: number) => treatment('drug', 10, onDay(day), onDay(day), 'administration');
  const doses = [given(-31), given(-29), given(0), given(0.5), given(7), given(8)];
  const visits = visitsOf([image('a', onDay(0)), image('b', onDay(7)), ...doses]);
  expect(visits.map((visit) => visit.exposures['drug'])).toEqual([
    { amount: 20, entryIds: [doses[1]!.id, doses[2]!.id], unusable: [] },
    { amount: 20, entryIds: [doses[3]!.id, doses[4]!.id], unusable: [] },
  ]);
});

describe('for any timeline', () => {
  const anyEntry = fc
    .record({
      kind: fc.constantFrom('image', 'marker', 'preliminary', 'condition', 'dose', 'order', 'retraction'),
      thing: fc.nat(3),
      day: fc.integer({ min: 0, max: 240 }).map((eighths) => eighths / 8),
      lateness: fc.nat(12),
      value: fc.integer({ min: 1, max: 1100 }),
    })
    .map(({ kind, thing, day, lateness, value }) => {
      const at = onDay(day);
      const about = { sourceId: `${kind}/${thing}`, recordedAt: onDay(day + lateness) };
      if (kind === 'image')
        return image(`study-${Math.floor(day)}`, at, { entry: { ...about, sourceId: `s${day}/1` } });
      if (kind === 'condition') {
        return entry({ kind: 'condition', codes: [{ system: 'http://snomed.info/sct', code: 'smoker' }] }, at, about);
      }
      if (kind === 'dose') return treatment('drug', value, at, at, 'administration', { entry: about });
      if (kind === 'order') return treatment('drug', value, at, onDay(day + 9), 'request', { entry: about });
      if (kind === 'retraction') {
        return entry({ kind: 'retraction', reason: 'error' }, at, { ...about, sourceId: `marker/${thing}` });
      }
      return observation('marker', value, at, { isPreliminary: kind === 'preliminary', entry: about });
    });

  test('nothing that was recorded later changes the visits as they were known at a moment', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), fc.nat(40), (entries, day) => {
        const asOf = { at: onDay(day), clock: 'recorded' } as const;
        const knownThen = entries.filter((each) => each.recordedAt.getTime() <= asOf.at.getTime());
        const seen = visitsOf(viewTimeline(entries, asOf));
        expect(seen).toEqual(visitsOf(viewTimeline(knownThen, asOf)));
        expect(seen.every((visit) => visit.occurredAt.getTime() <= asOf.at.getTime())).toBe(true);
      }),
    );
  });

  test('no visit sees anything observed after the day of its image', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        const all = visitsOf(entries);
        for (const [index, visit] of all.entries()) {
          const dayEnd = (Math.floor(visit.occurredAt.getTime() / 86_400_000) + 1) * 86_400_000;
          const upToThen = entries.filter((each) => each.occurredAt.getTime() < dayEnd);
          expect(visitsOf(upToThen)[index]?.values).toEqual(visit.values);
          expect(visitsOf(upToThen)[index]?.statics).toEqual(visit.statics);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the order of the entries does not matter', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        expect(visitsOf(entries.toReversed())).toEqual(visitsOf(entries));
      }),
    );
  });
});
