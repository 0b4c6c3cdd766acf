import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { treatmentVariables } from '../../../src/twins/disease-definition.ts';
import { exposureOver } from '../../../src/twins/exposure.ts';
import type { TimelineEntry } from '../../../src/twins/timeline.ts';
import { onDay, treatment } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, testUnits } from '../../support/twin-builders.ts';

const [drug] = treatmentVariables(diseaseDefinition());
if (drug === undefined) throw new Error('the test disease has a treatment');

const over = (entries: readonly TimelineEntry[], from: number, to: number, recordEndsAt?: number) =>
  exposureOver(
    drug,
    entries,
    onDay(from),
    onDay(to),
    testUnits,
    recordEndsAt === undefined ? {} : { recordEndsAt: onDay(recordEndsAt) },
  );
const dose = (day: number, amount = 10) => treatment('drug', amount, onDay(day), onDay(day), 'administration');

describe('exposure in (from, to]', () => {
  test('counts a single dose at the end of the interval and not one at its start', () => {
    const entries = [dose(0), dose(3.5), dose(7)];
    expect(over(entries, 0, 7)).toEqual({
      amount: 20,
      entryIds: [entries[1]!.id, entries[2]!.id],
      unusable: [],
    });
  });

  test('counts an interval in proportion to its overlap', () => {
    const infusion = treatment('drug', 70, onDay(0), onDay(7), 'administration');
    expect(over([infusion], 5, 9).amount).toBeCloseTo(20, 12);
    expect(over([infusion], 0, 7).amount).toBe(70);
    expect(over([infusion], 7, 9)).toEqual({ amount: 0, entryIds: [], unusable: [] });
  });

  test('converts units and ignores other treatments', () => {
    const inGrams = treatment('drug', 0.5, onDay(1), onDay(1), 'administration', { unit: 'g' });
    const other = treatment('another-drug', 999, onDay(1), onDay(1), 'administration');
    expect(over([inGrams, other], 0, 7).amount).toBe(500);
  });

  test('lists what cannot be converted instead of dropping it silently', () => {
    const tablets = treatment('drug', 2, onDay(1), onDay(1), 'administration', { unit: '{tablet}' });
    const negative = treatment('drug', -2, onDay(2), onDay(2), 'administration');
    const { amount, unusable } = over([tablets, negative], 0, 7);
    expect(amount).toBe(0);
    expect(unusable).toEqual([
      { entryId: tablets.id, reason: 'its amount does not convert to mg' },
      { entryId: negative.id, reason: 'its amount does not convert to mg' },
    ]);
  });
});

describe('nothing is counted twice', () => {
  const order = treatment('drug', 80, onDay(0), onDay(56), 'request');

  test('an order counts where no better evidence is', () => {
    expect(over([order], 0, 7).amount).toBeCloseTo(10, 12);
  });

  test('an order under which doses are on record counts nothing: a dose not recorded as given was held', () => {
    expect(over([order, dose(0.4), dose(14.4)], 0, 7).amount).toBe(10);
    expect(over([order, dose(0.4), dose(14.4)], 7, 14).amount).toBe(0);
  });

  test('the same order counts after the record ends: what is not yet given is still planned', () => {
    expect(over([order, dose(0.4)], 0, 14, 7).amount).toBeCloseTo(10 + 10, 12);
  });

  test('a dose ordered for a time of day is the one that was given at another time of that day', () => {
    const ordered = treatment('drug', 10, onDay(3.375), onDay(3.375), 'request');
    expect(over([ordered, dose(3.4)], 0, 7).amount).toBe(10);
    expect(over([ordered, dose(4.4)], 0, 7).amount).toBe(20);
  });

  test('a statement replaces the order for exactly the time that it covers', () => {
    const statement = treatment('drug', 14, onDay(7), onDay(14), 'statement');
    expect(over([order, statement], 0, 56).amount).toBeCloseTo(14 + (80 * 49) / 56, 10);
    expect(over([order, statement], 7, 14).amount).toBeCloseTo(14, 12);
  });

  test('a statement of one instant replaces what is ordered for its day', () => {
    const taken = treatment('drug', 5, onDay(2.5), onDay(2.5), 'statement');
    const ordered = treatment('drug', 7, onDay(2.25), onDay(2.25), 'request');
    expect(over([taken, ordered], 0, 7).amount).toBe(5);
  });

  test('a dose that cannot be read never turns into the ordered one', () => {
    const unreadable = treatment('drug', 2, onDay(1), onDay(1), 'administration', { unit: '{tablet}' });
    const { amount, unusable } = over([order, unreadable], 0, 7);
    expect(amount).toBe(0);
    expect(unusable).toHaveLength(1);
  });
});

test('windows taken out count nothing, their first instant included and their last not', () => {
  const entries = [dose(2), dose(4), treatment('drug', 70, onDay(0), onDay(7), 'administration')];
  const without = [{ from: onDay(2).getTime(), to: onDay(4).getTime() }];
  const { amount } = exposureOver(drug, entries, onDay(0), onDay(7), testUnits, { without });
  expect(amount).toBeCloseTo(10 + 50, 12);
});

test('for any record, exposure over two adjacent intervals adds up to that over both, and is never negative', () => {
  const anyEntry = fc
    .record({
      from: fc.integer({ min: 0, max: 40 }),
      days: fc.integer({ min: 0, max: 20 }),
      amount: fc.integer({ min: 0, max: 100 }),
      evidence: fc.constantFrom('administration' as const, 'statement' as const, 'request' as const),
    })
    .map(({ from, days, amount, evidence }) => treatment('drug', amount, onDay(from), onDay(from + days), evidence));
  const cuts = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)).map((all) => all.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 10 }), cuts, (entries, [a, b, c]) => {
      const whole = over(entries, a!, c!, 60).amount;
      const parts = over(entries, a!, b!, 60).amount + over(entries, b!, c!, 60).amount;
      expect(parts).toBeCloseTo(whole, 8);
      expect(whole).toBeGreaterThanOrEqual(0);
      expect(over(entries.toReversed(), a!, c!, 60).amount).toBe(whole);
    }),
  );
});
