import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ucumUnitOf } from '../../../../src/integrations/fhir/unit-aliases.ts';
import { createUnitConverter, isUcumUnit } from '../../../../src/integrations/fhir/unit-converter.ts';

const converter = createUnitConverter();
const convert: typeof converter.convert = (...conversion) => converter.convert(...conversion);
const GLUCOSE = 180.156;

test.each([
  [100, 'mg/dL', 'mg/L', undefined, 1000],
  [1, '10*3/uL', '10*9/L', undefined, 1],
  [37, 'Cel', '[degF]', undefined, 98.6],
  [0, 'Cel', 'K', undefined, 273.15],
  [2, 'Gy', 'cGy', undefined, 200],
  [5.5, 'mmol/L', 'mg/dL', GLUCOSE, 99.0858],
  [99.0858, 'mg/dL', 'mmol/L', GLUCOSE, 5.5],
  [90, 'mL/min/{1.73_m2}', 'mL/min/{1.73_m2}', undefined, 90],
  [-3, 'meq/L', 'meq/L', undefined, -3],
  [0.1 + 0.2, 'mg', 'g', undefined, 0.0003],
])('%d %s is known in %s', (value, from, to, molarMass, expected) => {
  expect(convert(value, from, to, molarMass)).toBe(expected);
});

test.each([
  ['another dimension', 1, 'mg', 'mg/d', undefined],
  ['a fibrinogen equivalent unit against none', 1, 'ug/mL{FEU}', 'ng/mL', undefined],
  ['two different equivalent units', 1, 'ug/mL{FEU}', 'ug/mL{DDU}', undefined],
  ['a normalised clearance against a plain one', 90, 'mL/min/{1.73_m2}', 'mL/min', undefined],
  ['a score against a number', 3, '{score}', '1', undefined],
  ['substance against mass without the molar mass', 5, 'mmol/L', 'mg/dL', undefined],
  ['substance against mass with a molar mass that is none', 5, 'mmol/L', 'mg/dL', 0],
  ['the two scales of HbA1c', 48, 'mmol/mol', '%', undefined],
  ['international against enzyme units', 1, '[iU]/L', 'U/L', undefined],
  ['equivalents against substance', 1, 'meq/L', 'mmol/L', undefined],
  ['a unit that is not UCUM', 1, 'mmHg', 'kPa', undefined],
  ['no number', Number.NaN, 'mg', 'mg', undefined],
  ['nothing', 1, '', 'mg', undefined],
  ['a member of every object', 1, '__proto__', 'mg', undefined],
  ['blanks, which the parser would print', 1, 'mm [Hg]', 'kPa', undefined],
])('refused: %s', (_, value, from, to, molarMass) => {
  expect(convert(value, from, to, molarMass)).toBeNull();
});

test('there and back again is the same value to 11 digits', () => {
  const pairs = [
    ['mg/dL', 'g/L'],
    ['[degF]', 'Cel'],
    ['[lb_av]', 'kg'],
    ['10*3/uL', '/L'],
    ['mm[Hg]', 'kPa'],
  ] as const;
  const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, fc.constantFrom(...pairs), (value, [from, to]) => {
      const back = convert(convert(value, from, to)!, to, from)!;
      expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(value)));
    }),
  );
});

test('no two strings make it throw or answer with something other than a finite number', () => {
  fc.assert(
    fc.property(fc.double(), fc.string(), fc.string(), (value, from, to) => {
      const converted = convert(value, from, to);
      expect(converted === null || Number.isFinite(converted)).toBe(true);
    }),
  );
});

const UCUM = 'http://unitsofmeasure.org';
test.each([
  [{ system: UCUM, code: 'mm[Hg]', unit: 'mmHg' }, 'mm[Hg]'],
  [{ system: UCUM, code: 'mmHg', unit: null }, 'mm[Hg]'],
  [{ system: UCUM, code: '10^9/L', unit: null }, '10*9/L'],
  [{ system: UCUM, code: null, unit: 'mg/dL' }, 'mg/dL'],
  [{ system: null, code: null, unit: 'x10E9/L' }, '10*9/L'],
  [{ system: null, code: null, unit: 'mL/min/1.73m2' }, 'mL/min/{1.73_m2}'],
  [{ system: null, code: null, unit: 'mcg' }, 'ug'],
  [{ system: null, code: null, unit: 'kgs' }, 'kg'],
  [{ system: null, code: null, unit: '\u00B5mol/L' }, 'umol/L'],
  [{ system: null, code: null, unit: '\u03BCg/L' }, 'ug/L'],
  [{ system: null, code: null, unit: 'K/uL' }, '10*3/uL'],
  [{ system: null, code: null, unit: 'mmol/l' }, 'mmol/l'],
  [{ system: 'http://snomed.info/sct', code: '258813002', unit: 'mmol/L' }, 'mmol/L'],
  [{ system: 'http://snomed.info/sct', code: '258813002', unit: null }, null],
  [{ system: null, code: null, unit: 'C' }, null],
  [{ system: null, code: null, unit: 'G/L' }, null],
  [{ system: null, code: null, unit: 'tablets' }, null],
  [{ system: null, code: null, unit: 'constructor' }, null],
  [{ system: UCUM, code: 'g/cm-2', unit: 'g/cm\u00B2' }, 'g/cm-2'],
])('the unit of %j is %s', (quantity, expected) => {
  expect(ucumUnitOf(quantity, isUcumUnit)).toBe(expected);
});
