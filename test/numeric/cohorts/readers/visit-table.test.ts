import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { parseCsv } from '../../../../src/ml/cohorts/readers/csv-table.ts';
import { LEASPY_ALZHEIMER, LEASPY_PARKINSON, PBCSEQ } from '../../../../src/ml/cohorts/readers/known-tables.ts';
import { readVisitTable, type VisitTableLayout } from '../../../../src/ml/cohorts/readers/visit-table.ts';
import { sharedData } from '../../../support/shared-data.ts';

const COMMA = { delimiter: ',', hasDecimalComma: false } as const;
const LAYOUT: VisitTableLayout = {
  ...COMMA,
  patient: 'id',
  time: { column: 'day', unit: 'day' },
  variables: [{ column: 'crp', key: 'crp' }],
  statics: [{ column: 'sex', key: 'sex', levels: ['f', 'm'] }],
  treatments: [{ column: 'dose', key: 'drug' }],
};
const TABLE = 'id,day,crp,sex,dose\na,0,5,f,\na,30,NA,f,100\na,61,7.5,f,0\nb,10,3,m,\n';

function refusalOf(read: () => unknown): DomainError {
  try {
    read();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a visit table', () => {
  it('becomes patients with visits, statics by level and amounts between visits', () => {
    expect(readVisitTable(TABLE, LAYOUT)).toEqual([
      {
        patient: 'a',
        series: {
          statics: { sex: 0 },
          visits: [
            { day: 0, values: { crp: 5 } },
            { day: 30, values: {} },
            { day: 61, values: { crp: 7.5 } },
          ],
          treatments: {
            drug: [
              { fromDay: 0, toDay: 30, amount: 100 },
              { fromDay: 30, toDay: 61, amount: 0 },
            ],
          },
        },
      },
      {
        patient: 'b',
        series: { statics: { sex: 1 }, visits: [{ day: 10, values: { crp: 3 } }], treatments: { drug: [] } },
      },
    ]);
  });

  it('may have decimal commas, another delimiter, a byte order mark and quotes', () => {
    const text = '\uFEFF"id";"year";"crp";"sex"\r\n"a";70,5;1,25;f\r\n';
    const layout = {
      ...LAYOUT,
      delimiter: ';',
      hasDecimalComma: true,
      time: { column: 'year', unit: 'year' },
      treatments: [],
    } as const;
    const [patient] = readVisitTable(text, layout);
    expect(patient!.series.visits).toEqual([{ day: 70.5 * 365.25, values: { crp: 1.25 } }]);
  });

  test.each([
    ['a value that is no number', TABLE.replace('7.5', 'high'), 'crp', /line 4/i],
    ['an infinite value', TABLE.replace('7.5', '1e999'), 'crp', /line 4/i],
    ['a visit without a time', TABLE.replace('a,61', 'a,'), 'day', /line 4.*missing/i],
    ['a visit twice', TABLE.replace('a,61', 'a,30'), 'day', /line 4.*repeats/i],
    ['visits out of order', TABLE.replace('a,61', 'a,29'), 'day', /line 4.*earlier/i],
    ['a static that changes', TABLE.replace('7.5,f', '7.5,m'), 'sex', /line 4.*changes/i],
    ['an unknown level', TABLE.replace('3,m', '3,x'), 'sex', /line 5.*f, m/i],
    ['a negative amount', TABLE.replace('NA,f,100', 'NA,f,-1'), 'dose', /line 3/i],
    ['a missing amount', TABLE.replace('NA,f,100', 'NA,f,'), 'dose', /line 3/i],
    ['a row without a patient', TABLE.replace('b,10', ',10'), 'id', /line 5/i],
    ['a missing column', TABLE.replace('crp', 'wbc'), 'crp', /no column "crp".*id, day, wbc/i],
  ])('refuses %s and tells where', (_, text, field, message) => {
    const refusal = refusalOf(() => readVisitTable(text, LAYOUT));
    expect(refusal.reason).toBe('INVALID_INPUT');
    expect(refusal.field).toBe(field);
    expect(refusal.message).toMatch(message);
  });

  test.each([
    ['without a header', '', /header/],
    ['with a header alone', 'id,day,crp,sex,dose\n', /no rows/],
    ['with a column twice', 'id,day,crp,crp\na,0,1,2\n', /"crp" twice/],
    ['with a short row', 'id,day,crp,sex,dose\na,0\n', /line 2 has 2 cells/i],
    ['with an open quote', 'id,day,crp,sex,dose\n"a,0,1,f,\n', /line 2 opens a quote/i],
  ])('refuses a table %s', (_, text, message) => {
    expect(refusalOf(() => readVisitTable(text, LAYOUT)).message).toMatch(message);
  });

  it('survives any text: rows or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r', ';', 'id', 'day') }), (text) => {
        expect(isRowsOrRefusal(text)).toBe(true);
      }),
    );
  });

  it('gives back the cells that were quoted, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 8 }), (rows) => {
        const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
        const text = `a,b\n${rows.map((row) => `${row.map(quoted).join(',')}\n`).join('')}`;
        const found = parseCsv(text, COMMA).rows.map(({ cells }) => cells);
        // A byte order mark can only be the first letter of the file, which is "a" here.
        expect(found).toEqual(rows.map((row) => [...row]));
      }),
    );
  });
});

describe('tables of the field', () => {
  const pbcseq = sharedData('tables/pbcseq.csv');
  it.skipIf(pbcseq === null)('pbcseq: 312 patients, 1,945 visits, both arms', () => {
    const patients = readVisitTable(readFileSync(pbcseq!, 'utf8'), PBCSEQ);
    expect(patients).toHaveLength(312);
    expect(patients.reduce((sum, { series }) => sum + series.visits.length, 0)).toBe(1945);
    const [first] = patients;
    expect(first!.series.statics).toEqual({ age: 58.76522929500342, sex: 0, arm: 1 });
    expect(first!.series.visits[1]).toEqual({
      day: 192,
      values: {
        bilirubin: 21.3,
        albumin: 2.94,
        alkalinePhosphatase: 1612,
        aspartateAminotransferase: 6.2,
        platelets: 183,
        prothrombinTime: 11.2,
      },
    });
    expect(new Set(patients.map(({ series }) => series.statics['arm']))).toEqual(new Set([0, 1]));
  });

  test.each([
    ['alzheimer', LEASPY_ALZHEIMER, 1975],
    ['parkinson', LEASPY_PARKINSON, 1997],
  ] as const)('leaspy %s: 200 people', (name, layout, visits) => {
    const path = sharedData(`tables/leaspy/data/${name}.csv`);
    if (path === null) {
      console.log(`skipped: tables/leaspy/data/${name}.csv is not there`);
      return;
    }
    const patients = readVisitTable(readFileSync(path, 'utf8'), layout);
    expect(patients).toHaveLength(200);
    expect(patients.reduce((sum, { series }) => sum + series.visits.length, 0)).toBe(visits);
    expect(Object.keys(patients[0]!.series.visits[0]!.values)).toHaveLength(layout.variables.length);
  });
});

/** Whether a text is read into rows with cells, or refused as bad input; any other error is a fault. */
function isRowsOrRefusal(text: string): boolean {
  try {
    return parseCsv(text, COMMA).rows.every(({ cells }) => cells.length > 0);
  } catch (error) {
    return error instanceof DomainError;
  }
}
