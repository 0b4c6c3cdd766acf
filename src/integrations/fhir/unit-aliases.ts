const UCUM_SYSTEM = 'http://unitsofmeasure.org';

/**
 * Common spellings that are not UCUM, each with the one UCUM unit that it can mean. What could mean two things (`C`,
 * `G/L`, `K`, `ng/mL FEU` without saying so) is not here on purpose.
 */
const ALIASES: Readonly<Record<string, string>> = {
  mmHg: 'mm[Hg]',
  'mm Hg': 'mm[Hg]',
  cmH2O: 'cm[H2O]',
  'cm H2O': 'cm[H2O]',
  mcg: 'ug',
  'mcg/mL': 'ug/mL',
  'mcg/dL': 'ug/dL',
  'mcg/L': 'ug/L',
  'mcg/kg/min': 'ug/kg/min',
  'mcg/min': 'ug/min',
  'mcg/h': 'ug/h',
  'mcg/hr': 'ug/h',
  'mg/hr': 'mg/h',
  'mL/hr': 'mL/h',
  'mg/24h': 'mg/(24.h)',
  'mg/24 h': 'mg/(24.h)',
  'mg/day': 'mg/d',
  'mg/kg/day': 'mg/kg/d',
  cc: 'mL',
  mcmol: 'umol',
  'mcmol/L': 'umol/L',
  'x10E9/L': '10*9/L',
  'x10*9/L': '10*9/L',
  'x10^9/L': '10*9/L',
  'X10^9/L': '10*9/L',
  '10E9/L': '10*9/L',
  '10^9/L': '10*9/L',
  '10e9/L': '10*9/L',
  'x10E12/L': '10*12/L',
  'x10*12/L': '10*12/L',
  'x10^12/L': '10*12/L',
  '10E12/L': '10*12/L',
  '10^12/L': '10*12/L',
  'x10E3/uL': '10*3/uL',
  'x10*3/uL': '10*3/uL',
  'x10^3/uL': '10*3/uL',
  '10E3/uL': '10*3/uL',
  '10^3/uL': '10*3/uL',
  'K/uL': '10*3/uL',
  'K/ul': '10*3/uL',
  'K/mm3': '10*3/mm3',
  'x10E6/uL': '10*6/uL',
  'x10*6/uL': '10*6/uL',
  'x10^6/uL': '10*6/uL',
  '10E6/uL': '10*6/uL',
  '10^6/uL': '10*6/uL',
  'M/uL': '10*6/uL',
  'mL/min/1.73m2': 'mL/min/{1.73_m2}',
  'mL/min/1.73 m2': 'mL/min/{1.73_m2}',
  'mL/min/1.73m^2': 'mL/min/{1.73_m2}',
  'mL/min/1.73m²': 'mL/min/{1.73_m2}',
  'mL/min/1.73_m2': 'mL/min/{1.73_m2}',
  'mL/min/{1.73m2}': 'mL/min/{1.73_m2}',
  'mL/min/1.73.m2': 'mL/min/{1.73_m2}',
  'ml/min/1.73m2': 'mL/min/{1.73_m2}',
  'kg/m^2': 'kg/m2',
  'kg/m²': 'kg/m2',
  'g/cm^2': 'g/cm2',
  'g/cm²': 'g/cm2',
  IU: '[iU]',
  'IU/L': '[iU]/L',
  'IU/mL': '[iU]/mL',
  'mIU/L': 'm[iU]/L',
  'mIU/mL': 'm[iU]/mL',
  'uIU/mL': 'u[iU]/mL',
  'µIU/mL': 'u[iU]/mL',
  mEq: 'meq',
  'mEq/L': 'meq/L',
  degC: 'Cel',
  '°C': 'Cel',
  'degrees C': 'Cel',
  'deg C': 'Cel',
  degF: '[degF]',
  '°F': '[degF]',
  'degrees F': '[degF]',
  'deg F': '[degF]',
  kgs: 'kg',
  Kg: 'kg',
  gm: 'g',
  lb: '[lb_av]',
  lbs: '[lb_av]',
  inch: '[in_i]',
  inches: '[in_i]',
  bpm: '/min',
  'beats/min': '/min',
  'beats/minute': '/min',
  'beats per minute': '/min',
  'breaths/min': '/min',
  'breaths/minute': '/min',
  'breaths per minute': '/min',
  sec: 's',
  msec: 'ms',
  hr: 'h',
  hrs: 'h',
  hours: 'h',
  days: 'd',
  years: 'a',
  pH: '[pH]',
  ppm: '[ppm]',
  score: '{score}',
  '(score)': '{score}',
};

/**
 * Units that are valid UCUM but, written without a claim to be UCUM, more often mean something else: `C` is coulomb,
 * `K` kelvin, `F` farad, `M` no unit, `G/L` gauss per litre, `T/L` tesla per litre, `a` a year, `in` and `pt` nothing.
 */
const AMBIGUOUS = /^(?:[A-Za-z]|[GTKMC]\/.*|U|pt|Lb)$/;
const CERTAIN_LETTERS = new Set(['g', 'L', 'l', 'm', 's', 'h', 'd', 'U']);

/** Both micro signs (U+00B5, U+03BC) are `u` in UCUM. */
const withUcumMicro = (unit: string): string => unit.replaceAll(/[\u00B5\u03BC]/g, 'u');

/**
 * The UCUM unit that a source's unit certainly means; null where that is not certain.
 * @param system the Quantity's `system`; a unit of another code system than UCUM is read by its text.
 * @param isUcum tells whether a string is a valid UCUM expression.
 */
export function ucumUnitOf(
  quantity: { readonly system: string | null; readonly code: string | null; readonly unit: string | null },
  isUcum: (unit: string) => boolean,
): string | null {
  const { system, code, unit } = quantity;
  if (system === UCUM_SYSTEM && code !== null) {
    // `10^9/L` and `K/uL` parse as UCUM yet mean an unknown power of ten and kelvin: the alias is what was meant.
    const alias = Object.hasOwn(ALIASES, code) && code.includes('^') ? ALIASES[code] : undefined;
    return alias ?? (isUcum(code) ? code : aliasOf(code));
  }
  const text = unit ?? (system === null ? code : null);
  if (text === null) return null;
  const alias = aliasOf(text);
  if (alias !== null) return alias;
  const spelled = withUcumMicro(text);
  const isUncertain = AMBIGUOUS.test(spelled) && !CERTAIN_LETTERS.has(spelled);
  return !isUncertain && isUcum(spelled) ? spelled : null;
}

function aliasOf(unit: string): string | null {
  const spelled = withUcumMicro(unit);
  return (
    (Object.hasOwn(ALIASES, unit) ? ALIASES[unit] : Object.hasOwn(ALIASES, spelled) ? ALIASES[spelled] : null) ?? null
  );
}
