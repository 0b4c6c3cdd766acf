import type { ForecastVisit } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';

/** Pairs of visits up to this many usable visits apart, so that several horizons are covered. */
const MAXIMUM_LAG = 6;
/** Older visits than these many are left out, which bounds the cost. */
const MAXIMUM_VISITS = 48;

/** An earlier and a later visit, with everything of the patient that was known at the earlier one. */
export interface VisitPair {
  /** Usable visits up to the earlier one of the pair, oldest first; the last one is the earlier visit. */
  readonly past: readonly ForecastVisit[];
  readonly later: ForecastVisit;
  /** Above 0. */
  readonly intervalDays: number;
  /** Days from the first visit of the history to the earlier one of the pair. */
  readonly day: number;
  /** Sums over the interval, in the order of the history's `treatmentKeys`. */
  readonly exposures: readonly number[];
  /** The latest of the moments from which the visits behind this pair may be used. */
  readonly knownAtMs: number;
}

/**
 * The pairs of those visits of a history that `isUsable` accepts. A pair is left out where its visits are not in order
 * of time, or where the exposure of a treatment between them is not known.
 */
export function visitPairs(history: ChangeHistory, isUsable: (visit: ForecastVisit) => boolean): VisitPair[] {
  const { visits, knownAtMs, treatmentKeys } = history;
  const usable = [...visits.keys()].filter((index) => isUsable(visits[index]!)).slice(-MAXIMUM_VISITS);
  const pairs: VisitPair[] = [];
  for (let from = 0; from < usable.length; from += 1) {
    const past = usable.slice(0, from + 1);
    for (const to of usable.slice(from + 1, from + 1 + MAXIMUM_LAG)) {
      const between = visits.slice(usable[from]! + 1, to + 1);
      const intervalDays = visits[to]!.day - visits[usable[from]!]!.day;
      const exposures = treatmentKeys.map((key) =>
        between.reduce((sum, { exposures }) => sum + (exposures[key] ?? NaN), 0),
      );
      const known = Math.max(...knownAtMs.slice(past[0], to + 1));
      if (intervalDays > 0 && exposures.every((amount) => amount >= 0) && Number.isFinite(known)) {
        pairs.push({
          past: past.map((index) => visits[index]!),
          later: visits[to]!,
          intervalDays,
          day: visits[usable[from]!]!.day - visits[0]!.day,
          exposures,
          knownAtMs: known,
        });
      }
    }
  }
  return pairs;
}
