import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewTimeline } from '../../../src/twins/timeline-view.ts';
import type { GapBody, TimelineEntry } from '../../../src/twins/timeline.ts';
import { entry, image, observation, onDay } from '../../support/timeline-entry-builders.ts';

const recorded = (day: number) => ({ at: onDay(day), clock: 'recorded' }) as const;
const issued = (day: number) => ({ at: onDay(day), clock: 'issued' }) as const;
const versions = (entries: readonly TimelineEntry[]): string[] =>
  entries.map((each) => `${each.sourceId}@${each.sourceVersion}`);

const gap: GapBody = {
  kind: 'gap',
  missing: 'image',
  reason: 'network',
  message: 'The image could not be read.',
  isTransient: true,
};

describe('of every source thing', () => {
  test('the newest version known at the moment is in force', () => {
    const first = observation('marker', 1, onDay(0), {
      entry: { sourceId: 'Observation/1', sourceVersion: '1', recordedAt: onDay(1), revision: 1 },
    });
    const corrected = observation('marker', 2, onDay(0), {
      entry: { sourceId: 'Observation/1', sourceVersion: '2', recordedAt: onDay(5), revision: 2 },
    });
    expect(versions(viewTimeline([first, corrected], recorded(0.5)))).toEqual([]);
    expect(versions(viewTimeline([first, corrected], recorded(1)))).toEqual(['Observation/1@1']);
    expect(versions(viewTimeline([corrected, first], recorded(5)))).toEqual(['Observation/1@2']);
  });

  test('an older version that arrives later does not win', () => {
    const newer = observation('marker', 2, onDay(0), {
      entry: { sourceId: 'Observation/1', sourceVersion: '2', issuedAt: onDay(4), recordedAt: onDay(5), revision: 1 },
    });
    const late = observation('marker', 1, onDay(0), {
      entry: { sourceId: 'Observation/1', sourceVersion: '1', issuedAt: onDay(1), recordedAt: onDay(9), revision: 2 },
    });
    expect(versions(viewTimeline([newer, late], recorded(10)))).toEqual(['Observation/1@2']);
  });

  test('versions that do not say when they were issued follow the order of arrival', () => {
    const about = { sourceId: 'Observation/1', recordedAt: onDay(1) };
    const a = observation('marker', 1, onDay(0), { entry: { ...about, sourceVersion: 'a', revision: 7 } });
    const b = observation('marker', 1, onDay(0), {
      entry: { ...about, sourceVersion: 'b', revision: 8, issuedAt: onDay(-9) },
    });
    expect(versions(viewTimeline([b, a], recorded(2)))).toEqual(['Observation/1@b']);
  });

  test('a retraction removes it, and only from the moment at which it is known', () => {
    const value = observation('marker', 1, onDay(0), {
      entry: { sourceId: 'Observation/1', recordedAt: onDay(1), revision: 1 },
    });
    const retraction = entry({ kind: 'retraction', reason: 'entered-in-error' }, onDay(0), {
      sourceId: 'Observation/1',
      sourceVersion: '2',
      recordedAt: onDay(3),
      revision: 2,
    });
    expect(versions(viewTimeline([value, retraction], recorded(2)))).toEqual(['Observation/1@1']);
    expect(viewTimeline([value, retraction], recorded(3))).toEqual([]);
  });

  test('the same id of another system is another thing', () => {
    const a = observation('marker', 1, onDay(0), { entry: { sourceId: 'x', revision: 1 } });
    const b = observation('marker', 1, onDay(0), { entry: { sourceId: 'x', revision: 2, sourceSystem: 'dicomweb' } });
    expect(viewTimeline([a, b], recorded(1))).toHaveLength(2);
  });
});

describe('a gap', () => {
  const about = { sourceSystem: 'dicomweb', sourceId: '1.2/1.2.1' } as const;

  test('is in force until its source delivers, even something issued before the gap was noticed', () => {
    const missing = entry(gap, onDay(0), { ...about, sourceVersion: 'g', recordedAt: onDay(2), revision: 1 });
    const delivered = image('1.2', onDay(0), { entry: { recordedAt: onDay(4), issuedAt: onDay(1), revision: 2 } });
    expect(versions(viewTimeline([missing, delivered], recorded(3)))).toEqual(['1.2/1.2.1@g']);
    expect(versions(viewTimeline([missing, delivered], recorded(4)))).toEqual(['1.2/1.2.1@1']);
  });

  test('hides an older version: it must not pass for the newer one that could not be read', () => {
    const old = image('1.2', onDay(0), { entry: { recordedAt: onDay(1), revision: 1, sourceVersion: 'old' } });
    const unreadable = entry({ ...gap, isTransient: false }, onDay(0), {
      ...about,
      sourceVersion: 'new',
      recordedAt: onDay(2),
      revision: 2,
    });
    expect(versions(viewTimeline([old, unreadable], recorded(2)))).toEqual(['1.2/1.2.1@new']);
  });

  test('that only says that the source could not be reached hides nothing that was read before', () => {
    const old = image('1.2', onDay(0), { entry: { recordedAt: onDay(1), revision: 1, sourceVersion: 'old' } });
    const unreachable = entry(gap, onDay(0), { ...about, sourceVersion: 'gap', recordedAt: onDay(2), revision: 2 });
    expect(versions(viewTimeline([old, unreachable], recorded(2)))).toEqual(['1.2/1.2.1@old']);
  });

  test('comes back after it was withdrawn, when the source fails again', () => {
    const about = { sourceSystem: 'dicomweb', sourceId: '-' } as const;
    const first = entry(gap, onDay(0), { ...about, recordedAt: onDay(1), revision: 1, sourceVersion: 'gap@1' });
    const answered = entry({ kind: 'retraction', reason: 'it answers' }, onDay(0), {
      ...about,
      recordedAt: onDay(2),
      revision: 2,
      sourceVersion: 'filled@2',
    });
    const again = entry(gap, onDay(3), { ...about, recordedAt: onDay(3), revision: 3, sourceVersion: 'gap@3' });
    const all = [first, answered, again];
    expect([1, 2, 3].map((day) => versions(viewTimeline(all, recorded(day))))).toEqual([['-@gap@1'], [], ['-@gap@3']]);
  });

  test('of a whole study ends with the first image of the study that is learned later', () => {
    const noSeries = entry(gap, onDay(0), {
      sourceSystem: 'dicomweb',
      sourceId: '1.2/-',
      recordedAt: onDay(2),
      revision: 5,
    });
    const before = image('1.2', onDay(0), { entry: { recordedAt: onDay(1), revision: 4 } });
    const after = image('1.2', onDay(0), {
      seriesInstanceUid: '1.2.9',
      entry: { recordedAt: onDay(3), revision: 6 },
    });
    const otherStudy = image('1.2222', onDay(0), { entry: { recordedAt: onDay(3), revision: 7 } });
    expect(versions(viewTimeline([noSeries, before, otherStudy], recorded(9)))).toContain('1.2/-@1');
    expect(versions(viewTimeline([noSeries, before, after], recorded(2)))).toContain('1.2/-@1');
    expect(versions(viewTimeline([noSeries, before, after], recorded(3)))).toEqual(['1.2/1.2.1@1', '1.2/1.2.9@1']);
  });
});

describe('the issued clock', () => {
  test('sees what the hospital had published, whenever this server learned it', () => {
    const value = observation('marker', 1, onDay(0), { entry: { issuedAt: onDay(1), recordedAt: onDay(100) } });
    expect(viewTimeline([value], recorded(2))).toEqual([]);
    expect(viewTimeline([value], issued(2))).toEqual([value]);
    expect(viewTimeline([value], issued(0.9))).toEqual([]);
  });

  test('counts an entry whose source does not say when it was published from when it was learned', () => {
    const value = observation('marker', 1, onDay(0), { entry: { recordedAt: onDay(100) } });
    expect(viewTimeline([value], issued(2))).toEqual([]);
    expect(viewTimeline([value], issued(100))).toEqual([value]);
  });
});

test('entries come in the order in which they happened, those of one instant in the order in which they were learned', () => {
  const later = observation('marker', 1, onDay(2), { entry: { recordedAt: onDay(2), revision: 1 } });
  const secondOfInstant = observation('marker', 2, onDay(1), { entry: { recordedAt: onDay(2), revision: 3 } });
  const firstOfInstant = observation('marker', 3, onDay(1), { entry: { recordedAt: onDay(2), revision: 2 } });
  expect(viewTimeline([later, secondOfInstant, firstOfInstant], recorded(9))).toEqual([
    firstOfInstant,
    secondOfInstant,
    later,
  ]);
});

describe('for any timeline', () => {
  const bodies = fc.constantFrom('observation', 'retraction', 'gap', 'image');
  const anyEntry = fc
    .record({
      thing: fc.integer({ min: 0, max: 3 }),
      kind: bodies,
      issued: fc.option(fc.integer({ min: 0, max: 20 })),
      recordedOn: fc.integer({ min: 0, max: 20 }),
      occurred: fc.integer({ min: 0, max: 20 }),
    })
    .map(({ thing, kind, issued: issuedOn, recordedOn, occurred }) => {
      const more = {
        sourceSystem: 'dicomweb',
        sourceId: thing === 0 ? '1.2/-' : `1.2/${thing}`,
        issuedAt: issuedOn === null ? null : onDay(issuedOn),
        recordedAt: onDay(recordedOn),
      } as const;
      if (kind === 'image') return image('1.2', onDay(occurred), { entry: more });
      if (kind === 'gap') return entry(gap, onDay(occurred), more);
      if (kind === 'retraction') return entry({ kind: 'retraction', reason: 'withdrawn' }, onDay(occurred), more);
      return observation('marker', 1, onDay(occurred), { entry: more });
    });
  /** Revisions rise with the moment of recording, as a store hands them out. */
  const anyTimeline = fc
    .array(anyEntry, { maxLength: 24 })
    .map((entries) =>
      entries
        .toSorted((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime())
        .map((each, index) => Object.assign({}, each, { revision: index + 1, id: `e${index + 1}` })),
    );

  test('nothing recorded after a moment changes the view of that moment', () => {
    fc.assert(
      fc.property(anyTimeline, fc.integer({ min: 0, max: 20 }), (entries, day) => {
        const knownThen = entries.filter((each) => each.recordedAt <= onDay(day));
        expect(viewTimeline(entries, recorded(day))).toEqual(viewTimeline(knownThen, recorded(day)));
      }),
    );
  });

  test('the order in which entries are handed over does not matter', () => {
    fc.assert(
      fc.property(anyTimeline, fc.integer({ min: 0, max: 20 }), fc.infiniteStream(fc.nat()), (entries, day, keys) => {
        const shuffled = entries
          .map((each) => ({ each, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each);
        for (const clock of ['recorded', 'issued'] as const) {
          const asOf = { at: onDay(day), clock };
          expect(viewTimeline(shuffled, asOf)).toEqual(viewTimeline(entries, asOf));
        }
      }),
    );
  });

  test('the order of arrival does not matter for the final view where sources say when they issued each version', () => {
    const anyVersions = fc.uniqueArray(
      fc.record({ thing: fc.integer({ min: 0, max: 3 }), issuedOn: fc.nat(30), isRetraction: fc.boolean() }),
      { selector: ({ thing, issuedOn }) => `${thing} ${issuedOn}`, maxLength: 20 },
    );
    fc.assert(
      fc.property(anyVersions, fc.infiniteStream(fc.nat()), (all, keys) => {
        const arrive = (order: typeof all): string[] =>
          versions(
            viewTimeline(
              order.map(({ thing, issuedOn, isRetraction }, index) => {
                const more = {
                  sourceId: `Observation/${thing}`,
                  sourceVersion: `${issuedOn}`,
                  issuedAt: onDay(issuedOn),
                  recordedAt: onDay(50 + index),
                  revision: index + 1,
                };
                return isRetraction
                  ? entry({ kind: 'retraction', reason: 'withdrawn' }, onDay(0), more)
                  : observation('marker', issuedOn, onDay(0), { entry: more });
              }),
              recorded(1000),
            ),
          ).toSorted();
        const shuffled = all
          .map((each) => ({ each, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each);
        expect(arrive(shuffled)).toEqual(arrive(all));
      }),
    );
  });
});
