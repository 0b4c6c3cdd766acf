/** Milliseconds of a day of 24 hours; all intervals of the domain are in such days. */
export const DAY_MS = 86_400_000;

/** Days from one instant to another, with their fraction; negative when `to` is earlier. */
export const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / DAY_MS;

/** Number of the UTC calendar day that an instant lies in, counted from 1970-01-01. */
export const utcDay = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

/** The last millisecond of the UTC calendar day that an instant lies in. */
export const endOfUtcDay = (at: Date): Date => new Date((utcDay(at) + 1) * DAY_MS - 1);
