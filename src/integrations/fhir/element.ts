/**
 * Reading elements out of JSON that nobody has validated. A wrong type reads as absent, never as an error: what an
 * absent element means is the reader's to say.
 */
export type Element = Readonly<Record<string, unknown>>;

/** The value as an object with members; null where it is anything else. */
export function asElement(value: unknown): Element | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : null;
}

/** The objects of an array, in order; empty where the value is no array. */
export function elementsOf(value: unknown): Element[] {
  return Array.isArray(value) ? value.map(asElement).filter((element) => element !== null) : [];
}

/** A string with something in it, trimmed; null where there is none. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

/** The strings of an array; empty where the value is no array. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf).filter((text) => text !== null) : [];
}

/** A finite number; null where it is absent, not finite, or written as a string. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
