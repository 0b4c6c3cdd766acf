import { EXPOSURES_PER_TREATMENT } from './feature-columns.ts';

/** An amount given at a moment (`fromDay` = `toDay`) or evenly over [fromDay, toDay). */
export interface Administration {
  readonly fromDay: number;
  readonly toDay: number;
  /** 0 or more, in the treatment's unit of record. */
  readonly amount: number;
}

const BY_TIME = (a: Administration, b: Administration): number =>
  a.fromDay - b.fromDay || a.toDay - b.toDay || a.amount - b.amount;

/** In the one order that sums are made in, whatever order they came in. */
export const inOrder = (administrations: readonly Administration[]): readonly Administration[] => {
  for (let k = 1; k < administrations.length; k += 1) {
    if (BY_TIME(administrations[k - 1]!, administrations[k]!) > 0) return administrations.toSorted(BY_TIME);
  }
  return administrations;
};

/** Administrations of shorter duration than this count as given at a moment. */
const SHORTEST_INFUSION_DAYS = 1;

/**
 * Adds what a treatment does in [fromDay, toDay) to the exposures of an interval.
 *
 * The amount still to act is one pool that halves every half-life: what acts during an interval is what was in the pool, plus
 * what came in, less what is left. So every amount acts in full in the end, however the time is cut into intervals.
 * @param administrations in order ({@link inOrder}); those outside of the days are passed over.
 * @param exposures as `IntervalInputs.exposures`. @param unit of the treatment. @returns the pool at `toDay`.
 */
export function addExposure(
  exposures: Float64Array,
  treatment: number,
  administrations: readonly Administration[],
  { pool, fromDay, toDay, halfLifeDays, unit, first = 0 }: ExposureWindow,
): number {
  let [amount, squares] = [0, 0];
  for (let k = first; k < administrations.length; k += 1) {
    const given = administrations[k]!;
    if (given.fromDay >= toDay) break;
    const days = given.toDay - given.fromDay;
    if (days < SHORTEST_INFUSION_DAYS) {
      if (given.fromDay < fromDay) continue;
      const inUnits = given.amount / unit;
      amount += inUnits;
      squares += inUnits * inUnits;
    } else {
      const start = Math.max(given.fromDay, fromDay);
      const end = Math.min(given.toDay, toDay);
      if (!(end > start)) continue;
      const perDay = given.amount / days / unit;
      amount += perDay * (end - start);
      squares += perDay * perDay * (end - start);
    }
  }
  const left = poolAfter(administrations, pool, fromDay, toDay, halfLifeDays, unit, first);
  const at = EXPOSURES_PER_TREATMENT * treatment;
  exposures[at]! += amount;
  exposures[at + 1]! += squares;
  exposures[at + 2]! += pool + amount - left;
  return left;
}

/** The pool at `toDay`, as {@link addExposure} returns it. */
export function poolAfter(
  administrations: readonly Administration[],
  pool: number,
  fromDay: number,
  toDay: number,
  halfLifeDays: number,
  unit: number,
  first: number,
): number {
  const decay = halfLifeDays > 0 ? Math.LN2 / halfLifeDays : Infinity;
  let left = fromDay === -Infinity ? 0 : pool * fading(decay, toDay - fromDay);
  for (let k = first; k < administrations.length; k += 1) {
    const given = administrations[k]!;
    if (given.fromDay >= toDay) break;
    const days = given.toDay - given.fromDay;
    if (days < SHORTEST_INFUSION_DAYS) {
      if (given.fromDay >= fromDay) left += (given.amount / unit) * fading(decay, toDay - given.fromDay);
    } else if (decay < Infinity) {
      const start = Math.max(given.fromDay, fromDay);
      const end = Math.min(given.toDay, toDay);
      if (!(end > start)) continue;
      left += (given.amount / days / unit / decay) * (fading(decay, toDay - end) - fading(decay, toDay - start));
    }
  }
  return left;
}

export interface ExposureWindow {
  /** Amount still to act at `fromDay`, in units. */
  readonly pool: number;
  readonly fromDay: number;
  readonly toDay: number;
  /** 0: an amount acts at once. */
  readonly halfLifeDays: number;
  readonly unit: number;
  /** Administrations before this index are over at `fromDay`. */
  readonly first?: number;
}

/** Index from `first` on of the first administration that is not over at a day. */
export function firstOpen(administrations: readonly Administration[], day: number, first: number): number {
  let k = first;
  while (k < administrations.length && administrations[k]!.fromDay < day && administrations[k]!.toDay <= day) k += 1;
  return k;
}

const fading = (decay: number, days: number): number => (decay === Infinity ? 0 : Math.exp(-decay * days));
