import { describe, expect, test } from 'vitest';
import { readMedicationAdministration } from '../../../../src/integrations/fhir/read-medication-administration.ts';
import { readMedicationRequest } from '../../../../src/integrations/fhir/read-medication-request.ts';
import { readMedicationStatement } from '../../../../src/integrations/fhir/read-medication-statement.ts';
import type { Reading } from '../../../../src/integrations/fhir/refusal.ts';

const readAt = new Date('2026-01-01T00:00:00Z');
const nothing = (): null => null;
const ucum = (value: unknown, code: string) => ({ value, system: 'http://unitsofmeasure.org', code });
const drug = { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '37776' }] };
const common = {
  id: 'm',
  meta: { versionId: '3', lastUpdated: '2024-06-01T00:00:00Z' },
  medicationCodeableConcept: drug,
};
const brief = (reading: Reading): unknown => {
  if (reading.kind === 'refused') return reading.reason;
  return reading.drafts.map(({ sourceId, occurredAt, occurredUntil, body }) =>
    body.kind === 'treatment'
      ? [
          sourceId,
          body.amount,
          body.unit,
          body.evidence,
          occurredAt.toISOString().slice(0, 10),
          occurredUntil.toISOString().slice(0, 10),
        ]
      : [sourceId, body.kind],
  );
};

describe('MedicationAdministration', () => {
  const administration = (more: Record<string, unknown>): unknown =>
    brief(
      readMedicationAdministration(
        {
          resourceType: 'MedicationAdministration',
          ...common,
          status: 'completed',
          effectiveDateTime: '2024-05-01T10:00:00Z',
          dosage: { dose: ucum(150, 'mg') },
          ...more,
        },
        readAt,
        nothing,
      ),
    );
  const infusion = (dosage: unknown) => ({
    effectiveDateTime: undefined,
    effectivePeriod: { start: '2024-05-01T10:00:00Z', end: '2024-05-01T14:00:00Z' },
    dosage,
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    [
      'a dose at one instant',
      {},
      [['MedicationAdministration/m', 150, 'mg', 'administration', '2024-05-01', '2024-05-01']],
    ],
    [
      'a rate per hour',
      infusion({ rateQuantity: ucum(10, 'mg/h') }),
      [['MedicationAdministration/m', 40, 'mg', 'administration', '2024-05-01', '2024-05-01']],
    ],
    [
      'a rate as a ratio',
      infusion({ rateRatio: { numerator: ucum(1, 'mg'), denominator: ucum(30, 'min') } }),
      [['MedicationAdministration/m', 8, 'mg', 'administration', '2024-05-01', '2024-05-01']],
    ],
    [
      'a rate per weight and time, whose weight is not known',
      infusion({ rateQuantity: ucum(1, 'mg/h/kg') }),
      'ambiguous-dose',
    ],
    ['a rate without a period', { dosage: { rateQuantity: ucum(10, 'mg/h') } }, 'no-dose'],
    [
      'a period without an end',
      { effectiveDateTime: undefined, effectivePeriod: { start: '2024-05-01' } },
      'open-ended',
    ],
    ['a negative dose', { dosage: { dose: ucum(-1, 'mg') } }, 'unreadable-number'],
    ['a dose that is a bound', { dosage: { dose: { ...ucum(1, 'mg'), comparator: '>' } } }, 'ambiguous-dose'],
    ['tablets', { dosage: { dose: { value: 2, unit: 'TAB' } } }, 'unknown-unit'],
    ['no dosage', { dosage: undefined }, 'no-dose'],
    ['a dose that was not given', { status: 'not-done' }, [['MedicationAdministration/m', 'retraction']]],
    ['one that still runs', { status: 'in-progress' }, 'not-yet-available'],
    ['one that was stopped', { status: 'stopped' }, 'stopped-midway'],
    [
      'a medication elsewhere',
      { medicationCodeableConcept: undefined, medicationReference: { reference: 'Medication/x' } },
      'unresolved-medication',
    ],
    [
      'a contained medication',
      {
        medicationCodeableConcept: undefined,
        medicationReference: { reference: '#a' },
        contained: [{ resourceType: 'Medication', id: 'a', code: drug }],
      },
      [['MedicationAdministration/m', 150, 'mg', 'administration', '2024-05-01', '2024-05-01']],
    ],
  ])('%s', (_, more, expected) => {
    expect(administration(more)).toEqual(expected);
  });
});

describe('MedicationRequest', () => {
  const dosage = (repeat: unknown, more: Record<string, unknown> = {}) => ({
    timing: { repeat },
    doseAndRate: [{ doseQuantity: ucum(20, 'mg') }],
    ...more,
  });
  const week = { boundsPeriod: { start: '2024-05-01', end: '2024-05-07' } };
  const request = (dosageInstruction: unknown, more: Record<string, unknown> = {}): unknown =>
    brief(
      readMedicationRequest(
        {
          resourceType: 'MedicationRequest',
          ...common,
          status: 'active',
          intent: 'order',
          authoredOn: '2024-04-30',
          dosageInstruction: [dosageInstruction],
          ...more,
        },
        readAt,
        nothing,
      ),
    );
  const amountOf = (repeat: unknown, more: Record<string, unknown> = {}): unknown => {
    const drafts = request(dosage(repeat, more));
    return Array.isArray(drafts) ? (drafts[0] as unknown[])[1] : drafts;
  };

  test('twice a day for a week is fourteen doses over that week', () => {
    expect(request(dosage({ frequency: 2, period: 1, periodUnit: 'd', ...week }))).toEqual([
      ['MedicationRequest/m', 280, 'mg', 'request', '2024-05-01', '2024-05-07'],
    ]);
  });

  test.each<[unknown, Record<string, unknown>, unknown]>([
    [{ frequency: 1, period: 8, periodUnit: 'h', ...week }, {}, 420],
    [{ timeOfDay: ['08:00:00', '20:00:00'], ...week }, {}, 280],
    [{ when: ['ACM'], ...week }, {}, 140],
    [{ dayOfWeek: ['mon', 'wed', 'fri'], ...week }, {}, 60],
    [{ frequency: 1, period: 1, periodUnit: 'd', boundsDuration: ucum(10, 'd') }, {}, 200],
    [{ frequency: 1, period: 1, periodUnit: 'd', count: 5 }, {}, 100],
    [week, { timing: { repeat: week, code: { coding: [{ code: 'TID' }] } } }, 420],
    [{}, { timing: { event: ['2024-05-01', '2024-05-03'] } }, 40],
    [{ frequency: 1, period: 1, periodUnit: 'd' }, {}, 'open-ended'],
    [{ frequency: 1, frequencyMax: 2, period: 1, periodUnit: 'd', ...week }, {}, 'ambiguous-timing'],
    [{ frequency: 1, period: 1, periodUnit: 'fortnight', ...week }, {}, 'ambiguous-timing'],
    [{ frequency: 1, period: 1e-9, periodUnit: 's', ...week }, {}, 'ambiguous-timing'],
    [week, {}, 'no-timing'],
    [{ frequency: 1, period: 1, periodUnit: 'd', ...week }, { asNeededBoolean: true }, 'as-needed'],
    [{ frequency: 1, period: 1, periodUnit: 'd', ...week }, { doseAndRate: [{ doseRange: {} }] }, 'ambiguous-dose'],
    [{ frequency: 1, period: 1, periodUnit: 'd', ...week }, { doseAndRate: [] }, 'no-dose'],
    [
      { frequency: 1, period: 1, periodUnit: 'd', duration: 2, durationUnit: 'h', ...week },
      { doseAndRate: [{ rateQuantity: ucum(5, 'mg/h') }] },
      70,
    ],
  ])('%j with %j amounts to %s', (repeat, more, expected) => {
    expect(amountOf(repeat, more)).toEqual(expected);
  });

  test('each dosage is told by itself, an unreadable one as a gap', () => {
    const good = dosage({ frequency: 1, period: 1, periodUnit: 'd', ...week });
    expect(request(null, { dosageInstruction: [good, good, dosage({})] })).toEqual([
      ['MedicationRequest/m', 140, 'mg', 'request', '2024-05-01', '2024-05-07'],
      ['MedicationRequest/m#2', 140, 'mg', 'request', '2024-05-01', '2024-05-07'],
      ['MedicationRequest/m#3', 'gap'],
    ]);
  });

  test.each<[Record<string, unknown>, unknown]>([
    [{ doNotPerform: true }, 'do-not-perform'],
    [{ intent: 'proposal' }, 'only-planned'],
    [{ status: 'draft' }, 'only-planned'],
    [{ status: 'stopped' }, 'stopped-midway'],
    [{ status: 'unknown' }, 'unknown-status'],
    [{ status: 'cancelled' }, [['MedicationRequest/m', 'retraction']]],
  ])('%j is not an order in force', (more, expected) => {
    expect(request(dosage({ frequency: 1, period: 1, periodUnit: 'd', ...week }), more)).toEqual(expected);
  });
});

describe('MedicationStatement', () => {
  const statement = (more: Record<string, unknown>): unknown =>
    brief(
      readMedicationStatement(
        {
          resourceType: 'MedicationStatement',
          ...common,
          status: 'active',
          effectivePeriod: { start: '2024-05-01T00:00:00Z' },
          dateAsserted: '2024-05-11T00:00:00Z',
          dosage: [
            {
              timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
              doseAndRate: [{ doseQuantity: ucum(5, 'mg') }],
            },
          ],
          ...more,
        },
        readAt,
        nothing,
      ),
    );

  test('what is still taken counts up to when somebody said so, not beyond', () => {
    expect(statement({})).toEqual([['MedicationStatement/m', 50, 'mg', 'statement', '2024-05-01', '2024-05-11']]);
  });
  test.each<[Record<string, unknown>, unknown]>([
    [{ status: 'stopped' }, 'stopped-midway'],
    [
      { status: 'stopped', effectivePeriod: { start: '2024-05-01', end: '2024-05-04' } },
      [['MedicationStatement/m', 20, 'mg', 'statement', '2024-05-01', '2024-05-04']],
    ],
    [
      {
        effectivePeriod: { start: '2024-05-01', end: '2024-05-30' },
        dosage: [
          {
            timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: ucum(3, 'd') } },
            doseAndRate: [{ doseQuantity: ucum(5, 'mg') }],
          },
        ],
      },
      [['MedicationStatement/m', 15, 'mg', 'statement', '2024-05-01', '2024-05-03']],
    ],
    [{ status: 'intended' }, 'only-planned'],
    [{ status: 'not-taken' }, [['MedicationStatement/m', 'retraction']]],
    [{ dosage: undefined }, 'no-dose'],
  ])('%j', (more, expected) => {
    expect(statement(more)).toEqual(expected);
  });
});
