import { DAY } from '../page/words.ts';

const STEPS_DAYS = [1, 2, 7, 14, 30, 91, 182, 365, 730, 1826];
const MOST_TICKS = 9;

/** Times to label on an axis: whole days in even steps. */
export function axisTicks([from, to]: readonly [number, number]): readonly number[] {
  const step = (STEPS_DAYS.find((days) => (to - from) / (days * DAY) <= MOST_TICKS) ?? 3650) * DAY;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / DAY) * DAY + (step > DAY ? DAY : 0); at <= to; at += step) ticks.push(at);
  return ticks;
}

/** The places, of those wanted, that can be shown without touching each other; the last always can. */
export function spread(places: readonly number[], apart: number): ReadonlySet<number> {
  const shown = new Set<number>();
  let next = Infinity;
  for (let index = places.length - 1; index >= 0; index--) {
    const place = places[index] ?? 0;
    if (next - place >= apart) {
      shown.add(index);
      next = place;
    }
  }
  return shown;
}
