import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankSeries, selectSeries } from '../../../src/twins/select-series.ts';
import type { SeriesFacts } from '../../../src/twins/select-series.ts';

const selector = {
  modalities: ['MR'],
  preferDescriptions: ['FLAIR', 'T2'],
  excludeDescriptions: ['localizer', 'scout'],
  minimumSlices: 10,
  maximumSlices: 200,
};

const series = (seriesInstanceUid: string, more: Partial<SeriesFacts> = {}): SeriesFacts => ({
  studyInstanceUid: '1',
  seriesInstanceUid,
  modality: 'MR',
  seriesDescription: null,
  numberOfInstances: 40,
  isDerived: false,
  ...more,
});
const uids = (all: readonly SeriesFacts[]): string[] => all.map((each) => each.seriesInstanceUid);

describe('never used is', () => {
  test.each([
    ['a derived series, our own predictions among them', { isDerived: true }],
    ['another modality', { modality: 'CT' }],
    ['an excluded description, in any case', { seriesDescription: '3-plane LOCALIZER' }],
    ['a series of too few slices', { numberOfInstances: 9 }],
    ['a series of too many slices', { numberOfInstances: 201 }],
  ])('%s', (_, facts) => {
    expect(selectSeries(selector, [series('a', facts)])).toEqual([]);
  });
});

test.each([
  ['whose number of instances the PACS does not tell', null],
  ['of one instance, which may hold all slices as frames', 1],
])('a series %s is a candidate, after those that are certain', (_, numberOfInstances) => {
  const unsure = series('a', { numberOfInstances });
  expect(uids(selectSeries(selector, [unsure]))).toEqual(['a']);
  expect(uids(rankSeries(selector, [unsure, series('b')]))).toEqual(['b', 'a']);
});

test('of one study the earliest preferred description wins, then more slices, then the series UID', () => {
  const plain = series('a', { seriesDescription: 'T1 MPRAGE', numberOfInstances: 180 });
  const t2 = series('b', { seriesDescription: 'ax t2 tse', numberOfInstances: 40 });
  const flair = series('d', { seriesDescription: 'T2_FLAIR_3D', numberOfInstances: 40 });
  const finer = series('c', { seriesDescription: 't2 flair fine', numberOfInstances: 60 });
  const twin = series('e', { seriesDescription: 'flair', numberOfInstances: 60 });
  expect(uids(rankSeries(selector, [plain, t2, flair, twin, finer]))).toEqual(['c', 'e', 'd', 'b', 'a']);
  expect(uids(selectSeries(selector, [plain, t2, flair, twin, finer]))).toEqual(['c']);
});

test('one series per study, studies in the order in which they came', () => {
  const all = [
    series('2.1', { studyInstanceUid: '2' }),
    series('1.1'),
    series('1.2', { seriesDescription: 'FLAIR' }),
    series('3.1', { studyInstanceUid: '3', modality: 'CT' }),
  ];
  expect(uids(selectSeries(selector, all))).toEqual(['2.1', '1.2']);
});

test('the choice does not depend on the order in which the PACS answers', () => {
  const some = fc.uniqueArray(
    fc.record({
      seriesInstanceUid: fc.integer({ min: 0, max: 99 }).map(String),
      seriesDescription: fc.constantFrom(null, 'T2', 'flair', 'scout'),
      numberOfInstances: fc.constantFrom(null, 1, 12, 40, 300),
    }),
    { selector: (each) => each.seriesInstanceUid, maxLength: 8 },
  );
  fc.assert(
    fc.property(some, (facts) => {
      const all = facts.map(({ seriesInstanceUid, ...more }) => series(seriesInstanceUid, more));
      expect(rankSeries(selector, all.toReversed())).toEqual(rankSeries(selector, all));
    }),
  );
});
