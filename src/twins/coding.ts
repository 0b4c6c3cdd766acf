import type { Coding } from './timeline.ts';

/**
 * The place of the first wanted code that a thing carries, 0 being the most wanted; -1 when it carries none. Both the
 * system and the code must be equal: the same digits mean other things in other terminologies.
 */
export function rankOfCode(wanted: readonly Coding[], carried: readonly Coding[]): number {
  return wanted.findIndex((want) => carried.some((have) => have.system === want.system && have.code === want.code));
}
