import type { ForecastInput } from '../../twins/forecast.ts';
import type { Population } from './population.ts';
import { horizonBinOf } from './skill.ts';
import { treatmentTitle } from './treatment-title.ts';

/** Sums of amounts differ by rounding. */
const TOLERANCE = 1e-9;

/**
 * One sentence for every treatment whose planned amount lies outside what the other patients received: over intervals
 * of the horizon's bin, or on average per day over any interval. Such a forecast is answered, but goes on along a law where
 * nobody was seen. An amount planned over less than the shortest interval seen is compared as if over that.
 * @returns no sentence at horizon 0, and without others, where every forecast is declined anyway.
 */
export function exposureCaveats(
  { horizonDays, treatmentKeys, plannedExposures, dynamics }: ForecastInput,
  { records }: Population,
): string[] {
  const seen = records.flatMap(({ origins }) => origins.flatMap(({ changes }) => changes));
  if (horizonDays === 0 || seen.length === 0) return [];
  const bin = horizonBinOf(horizonDays);
  const shortest = seen.reduce((least, { intervalDays }) => Math.min(least, intervalDays), Infinity);
  const comparable = seen.filter(({ intervalDays }) => intervalDays >= bin.from && intervalDays < bin.until);
  const days = Math.max(horizonDays, shortest);
  return treatmentKeys.flatMap((key, index) => {
    const planned = plannedExposures[key]!;
    const title = treatmentTitle(dynamics, key);
    const amounts = rangeOf(comparable.map(({ exposures }) => exposures[index]!));
    const daily = rangeOf(seen.map(({ intervalDays, exposures }) => exposures[index]! / intervalDays));
    if (planned > 0 && daily.most === 0) {
      return [
        `No other patient received ${title}; ${short(planned)} over ${short(horizonDays)} days cannot be judged.`,
      ];
    }
    const timesInAll = amounts.most > 0 ? planned / amounts.most : 0;
    const timesDaily = daily.most > 0 ? planned / days / daily.most : 0;
    const who = `any of ${records.length} other patients received`;
    // Both would say the same; the one that lies further outside is told.
    if (timesInAll > 1 + TOLERANCE && timesInAll > timesDaily * (1 - TOLERANCE)) {
      return [
        `${title}: what is planned, ${short(planned)} over ${short(horizonDays)} days, is ${times(timesInAll)} the largest amount that ${who} over a comparable time (${short(amounts.most)}).`,
      ];
    }
    if (timesDaily > 1 + TOLERANCE) {
      return [
        `${title}: what is planned, ${short(planned / days)} a day, is ${times(timesDaily)} the largest daily mean that ${who} (${short(daily.most)}).`,
      ];
    }
    if (planned < amounts.least * (1 - TOLERANCE)) {
      return [
        `${title}: what is planned, ${short(planned)} over ${short(horizonDays)} days, is less than the smallest amount that ${who} over a comparable time (${short(amounts.least)}).`,
      ];
    }
    return [];
  });
}

/** Of nothing: no largest, and no smallest that anything could be below. */
const rangeOf = (amounts: readonly number[]): { readonly least: number; readonly most: number } =>
  amounts.length === 0
    ? { least: 0, most: Infinity }
    : amounts.reduce(({ least, most }, one) => ({ least: Math.min(least, one), most: Math.max(most, one) }), {
        least: Infinity,
        most: 0,
      });

const short = (amount: number): string => String(Number(amount.toPrecision(3)));
/** Rounded up, so that it never reads as if it were within. */
const times = (ratio: number): string => `${(Math.ceil(ratio * 10 - TOLERANCE) / 10).toFixed(1)} times`;
