/** A moment as an image states it. */
export interface DicomMoment {
  readonly at: Date;
  /** False where only the date is known; `at` is then noon, which is wrong by at most half a day. */
  readonly hasTimeOfDay: boolean;
  /** False where the image states no offset from UTC and the configured one was used. */
  readonly hasZone: boolean;
}

/**
 * DA and TM (PS3.5 table 6.2-1), e.g. `20240110` and `101500.25`; a time may stop after hours or minutes.
 * @param offset TimezoneOffsetFromUTC (0008,0201), e.g. `+0100`; null where the image states none.
 * @param defaultOffset used where it states none, same form.
 * @returns null where there is no valid date.
 */
export function parseDateAndTime(
  date: string | null,
  time: string | null,
  offset: string | null,
  defaultOffset: string,
): DicomMoment | null {
  // The old form with dots is still sent (PS3.5 section 6.2, DA note).
  const day = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date ?? '');
  if (day === null) return null;
  const clock = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(time ?? '');
  const zone = parseOffset(offset);
  const minutesEast = zone ?? parseOffset(defaultOffset) ?? 0;
  const part = (match: RegExpExecArray | null, index: number): number => Number(match?.[index] ?? 0);
  const [hours, minutes, seconds] =
    clock === null ? [12, 0, 0] : [part(clock, 1), part(clock, 2), Math.min(part(clock, 3), 59)];
  const milliseconds = clock?.[4] === undefined ? 0 : Math.floor(Number(`0.${clock[4]}`) * 1000);
  if (hours > 23 || minutes > 59) return parseDateAndTime(date, null, offset, defaultOffset);
  const [year, month, dayOfMonth] = [part(day, 1), part(day, 2), part(day, 3)];
  const midnight = new Date(Date.UTC(year, month - 1, dayOfMonth));
  // Date rolls an impossible day over to the next month.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== dayOfMonth || year < 1850) return null;
  const at = new Date(midnight.getTime() + ((hours * 60 + minutes - minutesEast) * 60 + seconds) * 1000 + milliseconds);
  return { at, hasTimeOfDay: clock !== null, hasZone: zone !== null };
}

/** DT, e.g. `20240110101500.25+0100`; its own offset wins over `offset`. */
export function parseDateTime(value: string | null, offset: string | null, defaultOffset: string): DicomMoment | null {
  const match = /^(\d{8})([\d.]*)([+-]\d{4})?$/.exec(value ?? '');
  if (match === null) return null;
  return parseDateAndTime(match[1]!, match[2] === '' ? null : match[2]!, match[3] ?? offset, defaultOffset);
}

/** `+HHMM`, `-HHMM` or the same with a colon, in minutes east of UTC; null where it is not an offset. */
export function parseOffset(offset: string | null): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(offset ?? '');
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 14 * 60 ? null : match[1] === '-' ? -minutes : minutes;
}
