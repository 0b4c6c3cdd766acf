/**
 * On which scale a variable's change is modelled: `log` (relative change) where a value is always above 0, or where it
 * is 0 or more and spans orders of magnitude, as a tumour marker does; else the plain difference.
 */
export type ValueScale = 'log' | 'difference';

/** What is known of a variable at the origin, in this order. Levels and rates are on the variable's scale. */
export const LOCAL_VALUE_FEATURES = ['one', 'level', 'rate'] as const;

/** Upper end of a plausible range from 0 on, in the variable's unit, from which a value is taken to span orders of magnitude. */
const ORDERS_OF_MAGNITUDE = 1000;
const RATE_UNIT_DAYS = 100;

/** Log where a value cannot reach 0, or starts at 0 and spans three orders of magnitude; else plain difference. */
export const valueScaleOf = (plausible: readonly [number, number]): ValueScale =>
  plausible[0] > 0 || (plausible[0] === 0 && plausible[1] >= ORDERS_OF_MAGNITUDE) ? 'log' : 'difference';

/** Name of what is fitted: a variable on its scale, e.g. `log/haemoglobin`. */
export const valueTarget = (scale: ValueScale, variable: string): string => `${scale}/${variable}`;

/** Null where the value has no place on the scale. */
export function toScale(scale: ValueScale, value: number): number | null {
  if (scale === 'difference') return value;
  return value > 0 ? Math.log(value) : null;
}

/** The value at a level of the scale. */
export const fromScale = (scale: ValueScale, level: number): number =>
  scale === 'difference' ? level : Math.exp(level);

/** A change on the scale as a change in the variable's own unit, starting from a value. */
export const changeInOwnUnit = (scale: ValueScale, value: number, change: number): number =>
  scale === 'difference' ? change : value * Math.expm1(change);

/** A measurement on the scale at a day. */
export interface ScaledPoint {
  readonly day: number;
  readonly level: number;
}

/**
 * Features at the origin.
 * @param points measurements up to the origin, oldest first. The rate between the last two at different times (per 100
 *   days) is 0 where there are none. @param level of the origin.
 */
export function localValueFeatures(points: readonly ScaledPoint[], level: number): number[] {
  const last = points.at(-1);
  const before = points.findLast((point) => point.day < last!.day);
  if (last === undefined || before === undefined) return [1, level, 0];
  return [1, level, ((last.level - before.level) / (last.day - before.day)) * RATE_UNIT_DAYS];
}

/** A forecast value kept where a value can be, unless the origin itself was already beyond. */
export const withinPlausible = (value: number, origin: number, [low, high]: readonly [number, number]): number =>
  Math.min(Math.max(value, Math.min(low, origin)), Math.max(high, origin));
