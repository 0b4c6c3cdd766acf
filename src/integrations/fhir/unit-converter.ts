import ucum from '@lhncbc/ucum-lhc';
import type { UnitConverter } from '../../twins/ports.ts';

const SIGNIFICANT_DIGITS = 12;
const MAXIMUM_UNIT_LENGTH = 64;
const CACHED_CONVERSIONS = 10_000;
const CACHED_UNITS = 2_000;

const knownUnits = new Map<string, boolean>();

/**
 * Whether a string is a valid case-sensitive UCUM expression. Blank or exotic strings are answered here, because the
 * parser prints what it cannot parse to the console.
 */
export function isUcumUnit(unit: string): boolean {
  const known = knownUnits.get(unit);
  if (known !== undefined) return known;
  const isValid = isParsable(unit) && asksSafely(() => utilities().validateUnitString(unit).status === 'valid', false);
  if (knownUnits.size >= CACHED_UNITS) knownUnits.clear();
  knownUnits.set(unit, isValid);
  return isValid;
}

/**
 * Conversion between UCUM units (https://ucum.org), rounded to 12 significant digits. Refuses (null) rather than guesses:
 *
 * - a unit that is not valid UCUM, units of different dimension, a value that is not finite;
 * - different annotations: UCUM ignores them, but `ug/mL{FEU}` is about twice `ug/mL{DDU}`, and `{score}` is not `1`;
 * - an amount of substance on one side only without the molar mass (g/mol); and a ratio of amounts against a plain ratio
 *   (`mmol/mol` and `%`), which UCUM calls equal though HbA1c is on two scales that are not proportional;
 * - equivalents and arbitrary units (`[iU]`) against anything else.
 */
export function createUnitConverter(): UnitConverter {
  const cache = new Map<string, number | null>();
  return {
    convert(value, fromUnit, toUnit, molarMassGPerMol) {
      if (!Number.isFinite(value)) return null;
      const key = JSON.stringify([value, fromUnit, toUnit, molarMassGPerMol]);
      const known = cache.get(key);
      if (known !== undefined) return known;
      const converted = convertUcum(value, fromUnit, toUnit, molarMassGPerMol);
      if (cache.size >= CACHED_CONVERSIONS) cache.clear();
      cache.set(key, converted);
      return converted;
    },
  };
}

function convertUcum(value: number, fromUnit: string, toUnit: string, molarMass: number | undefined): number | null {
  if (!isUcumUnit(fromUnit) || !isUcumUnit(toUnit)) return null;
  if (fromUnit === toUnit) return value;
  if (annotationsOf(fromUnit) !== annotationsOf(toUnit)) return null;
  const fromMoles = molesIn(fromUnit);
  const toMoles = molesIn(toUnit);
  const needsMolarMass = fromMoles !== toMoles;
  if (needsMolarMass && (Math.abs(fromMoles - toMoles) !== 1 || molarMass === undefined || !(molarMass > 0)))
    return null;
  const options = needsMolarMass && molarMass !== undefined ? { molecularWeight: molarMass } : {};
  const converted = asksSafely(() => {
    const answer = utilities().convertUnitTo(fromUnit, value, toUnit, options);
    return answer.status === 'succeeded' ? answer.toVal : null;
  }, null);
  return converted === null || !Number.isFinite(converted) ? null : Number(converted.toPrecision(SIGNIFICANT_DIGITS));
}

/** The annotations of a unit in a form that is equal exactly when they are. */
function annotationsOf(unit: string): string {
  return JSON.stringify((unit.match(/\{[^}]*\}/g) ?? []).sort());
}

/** How often a unit names an amount of substance. */
function molesIn(unit: string): number {
  return unit.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '').match(/mol/g)?.length ?? 0;
}

/** Printable, short, and no word that the parser's tables inherit from every object (`constructor` is no unit). */
function isParsable(unit: string): boolean {
  const words = unit.match(/\w+/g) ?? [];
  return unit.length <= MAXIMUM_UNIT_LENGTH && /^[!-~]+$/.test(unit) && !words.some((word) => word in Object.prototype);
}

// Loading the table of units takes a moment; a process that never converts never pays it.
const utilities = (): ReturnType<typeof ucum.UcumLhcUtils.getInstance> => ucum.UcumLhcUtils.getInstance();

/** The parser throws on some malformed expressions; to us they are as unknown as the rest. */
function asksSafely<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
