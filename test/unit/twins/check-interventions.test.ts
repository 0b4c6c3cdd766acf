import { describe, expect, test } from 'vitest';
import { checkInterventions, MAXIMUM_INTERVENTIONS } from '../../../src/twins/check-interventions.ts';
import type { Intervention } from '../../../src/twins/forecast.ts';
import { onDay } from '../../support/timeline-entry-builders.ts';
import { diseaseDefinition } from '../../support/twin-builders.ts';

const drug = (more: Partial<Extract<Intervention, { kind: 'treatment' }>> = {}): Intervention => ({
  kind: 'treatment',
  variable: 'drug',
  from: onDay(10),
  to: onDay(20),
  amountPerDay: 5,
  ...more,
});
const marker = (value: number, variable = 'marker'): Intervention => ({ kind: 'value', variable, value });

/** Origin on day 10, target on day 20. */
const check = (interventions: readonly Intervention[]) => (): void =>
  checkInterventions(diseaseDefinition(), interventions, onDay(10), onDay(20));

describe('accepted is', () => {
  test.each([
    ['no change at all', []],
    ['a dose from nothing to the maximum, over the whole time', [drug({ amountPerDay: 0 })]],
    ['the maximum dose', [drug({ amountPerDay: 100 })]],
    ['adjacent windows of one treatment', [drug({ to: onDay(15) }), drug({ from: onDay(15) })]],
    ['a value at the edge of the plausible', [marker(0)]],
    ['a treatment and a value together', [drug(), marker(1000)]],
  ])('%s', (_, interventions: Intervention[]) => {
    expect(check(interventions)).not.toThrow();
  });
});

describe('refused, naming the field, is', () => {
  test.each<[string, Intervention[], string]>([
    ['an unknown treatment', [drug({ variable: 'other' })], 'interventions[0].variable'],
    ['a measured variable as a treatment', [drug({ variable: 'marker' })], 'interventions[0].variable'],
    ['a treatment as a measured variable', [marker(1, 'drug')], 'interventions[0].variable'],
    ['a static variable', [marker(1, 'age')], 'interventions[0].variable'],
    ['a negative dose', [drug({ amountPerDay: -0.1 })], 'interventions[0].amountPerDay'],
    ['an absurd dose', [drug({ amountPerDay: 100.1 })], 'interventions[0].amountPerDay'],
    ['a dose that is no number', [drug({ amountPerDay: NaN })], 'interventions[0].amountPerDay'],
    ['a window before the origin', [drug({ from: onDay(9) })], 'interventions[0].from'],
    ['a window beyond the target', [drug({ to: onDay(20.1) })], 'interventions[0].to'],
    ['an empty window', [drug({ from: onDay(15), to: onDay(15) })], 'interventions[0].to'],
    ['a window that runs backwards', [drug({ from: onDay(16), to: onDay(15) })], 'interventions[0].to'],
    ['a window that is no date', [drug({ from: new Date(NaN) })], 'interventions[0].from'],
    ['an implausible value', [marker(1000.1)], 'interventions[0].value'],
    ['a value that is no number', [marker(NaN)], 'interventions[0].value'],
    ['two changes of one value', [marker(1), marker(2)], 'interventions[1].variable'],
    ['two changes of one treatment at one time', [drug(), drug({ from: onDay(19) })], 'interventions[1].from'],
  ])('%s', (_, interventions, field) => {
    expect(check(interventions)).toThrow(
      expect.objectContaining({
        name: 'DomainError',
        reason: 'INVALID_INPUT',
        field,
        message: expect.stringMatching(/^["A-Z].*\.$/) as string,
      }) as Error,
    );
  });

  test('a crowd of changes', () => {
    expect(check(Array.from({ length: MAXIMUM_INTERVENTIONS + 1 }, () => drug()))).toThrow(
      expect.objectContaining({ reason: 'TOO_LARGE', field: 'interventions' }) as Error,
    );
  });
});
