import { describe, expect, test } from 'vitest';
import { assembleVisits } from '../../../src/twins/assemble-visits.ts';
import type { DiseaseDefinition } from '../../../src/twins/disease-definition.ts';
import type { Intervention } from '../../../src/twins/forecast.ts';
import type { TimelineEntry } from '../../../src/twins/timeline.ts';
import { planTreatments } from '../../../src/twins/treatment-plan.ts';
import { image, onDay, treatment } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition, testUnits } from '../../support/twin-builders.ts';

/** Images on days 0 and 10; the forecast starts on day 10 and aims at day 20. */
const images = [image('a', onDay(0)), image('b', onDay(10))];
const given = (day: number, amount = 10) => treatment('drug', amount, onDay(day), onDay(day), 'administration');

function sourcesOf(
  entries: readonly TimelineEntry[],
  more: { interventions?: Intervention[]; asOfDay?: number; definition?: DiseaseDefinition } = {},
) {
  const definition = more.definition ?? diseaseDefinition();
  const all = [...images, ...entries];
  return {
    definition,
    entries: all,
    visits: assembleVisits({
      definition,
      patient: { birthDate: null, gender: null },
      entries: all,
      registrations: [],
      referenceEntryId: null,
      convert: testUnits,
    }),
    originAt: onDay(10),
    targetAt: onDay(20),
    asOfAt: onDay(more.asOfDay ?? 10),
    interventions: more.interventions ?? [],
    convert: testUnits,
  };
}
const planned = (...args: Parameters<typeof sourcesOf>) => {
  const plan = planTreatments(sourcesOf(...args));
  return { exposures: plan.exposures(onDay(10), onDay(20)), assumptions: plan.assumptions };
};
const change = (from: number, to: number, amountPerDay: number): Intervention => ({
  kind: 'treatment',
  variable: 'drug',
  from: onDay(from),
  to: onDay(to),
  amountPerDay,
});

describe('the plan', () => {
  test('is what is ordered', () => {
    const order = treatment('drug', 40, onDay(10), onDay(30), 'request');
    const { exposures, assumptions } = planned([given(5), order]);
    expect(exposures['drug']).toEqual({ amount: 20, entryIds: [order.id], unusable: [] });
    expect(assumptions).toEqual([]);
  });

  test('continues an order under which doses were already given, after the moment of knowledge', () => {
    const order = treatment('drug', 60, onDay(0), onDay(30), 'request');
    expect(planned([order, given(2), given(9)]).exposures['drug']?.amount).toBeCloseTo(20, 12);
    expect(planned([order, given(2), given(12)], { asOfDay: 15 }).exposures['drug']?.amount).toBeCloseTo(10 + 10, 12);
  });

  test('ends with an order that ends before the target', () => {
    const order = treatment('drug', 8, onDay(10), onDay(14), 'request');
    expect(planned([given(5), order]).exposures['drug']?.amount).toBeCloseTo(8, 12);
  });

  test('continues the last interval where nothing is ordered, and says so', () => {
    const { exposures, assumptions } = planned([given(5), given(6, 5)]);
    expect(exposures['drug']?.amount).toBeCloseTo(15, 12);
    expect(exposures['drug']?.entryIds).toHaveLength(2);
    expect(assumptions).toEqual([
      'No drug is planned up to the target; it is assumed to continue as in the last interval (15 mg in 10 days).',
    ]);
  });

  test('continues it only after the moment of knowledge where a dose is on record since the origin', () => {
    expect(planned([given(5, 20), given(12, 7)], { asOfDay: 15 }).exposures['drug']?.amount).toBeCloseTo(7 + 10, 12);
  });

  test('assumes none where none was given, and says so', () => {
    const { exposures, assumptions } = planned([]);
    expect(exposures['drug']).toEqual({ amount: 0, entryIds: [], unusable: [] });
    expect(assumptions).toEqual(['No drug is planned up to the target; none is assumed.']);
  });

  test('assumes none where the definition says so', () => {
    const base = diseaseDefinition();
    const definition = { ...base, forecasting: { ...base.forecasting, whenUnplanned: 'none' as const } };
    expect(planned([given(5)], { definition }).exposures['drug']?.amount).toBe(0);
  });
});

describe('an intervention', () => {
  test('replaces what is planned in its window, and leaves the rest', () => {
    const order = treatment('drug', 20, onDay(10), onDay(20), 'request');
    const { exposures } = planned([order], { interventions: [change(12, 15, 5)] });
    expect(exposures['drug']?.amount).toBeCloseTo(14 + 15, 12);
  });

  test('replaces a dose at its start and not one at its end', () => {
    const ordered = (day: number) => treatment('drug', 10, onDay(day), onDay(day), 'request');
    const { exposures } = planned([ordered(12), ordered(15)], { interventions: [change(12, 15, 0)] });
    expect(exposures['drug']?.amount).toBe(10);
  });

  test('replaces an assumption, which is then not made', () => {
    const { exposures, assumptions } = planned([given(5)], { interventions: [change(10, 20, 0)] });
    expect(exposures['drug']).toEqual({ amount: 0, entryIds: [], unusable: [] });
    expect(assumptions).toEqual([]);
  });

  test('is continuous: a little more dose is a little more exposure', () => {
    const amount = (perDay: number) =>
      planned([given(5)], { interventions: [change(12.5, 13, perDay)] }).exposures['drug']?.amount ?? NaN;
    expect(amount(3.25) - amount(3)).toBeCloseTo(0.125, 12);
  });

  test('counts in every part of the interval in proportion', () => {
    const plan = planTreatments(sourcesOf([], { interventions: [change(12, 16, 2)] }));
    expect(plan.exposures(onDay(14), onDay(20))['drug']?.amount).toBeCloseTo(4, 12);
    expect(plan.exposures(onDay(20), onDay(20))['drug']?.amount).toBe(0);
  });
});
