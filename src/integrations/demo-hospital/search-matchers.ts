import { FhirRefusal } from './fhir-refusal.ts';
import type { StoredResource } from './fhir-store.ts';

/** Whether a resource meets one value of a search parameter. */
export type Matcher = (resource: StoredResource, value: string, modifier: string) => boolean;
type Json = Readonly<Record<string, unknown>>;

/** Every value at a path, lists opened. */
export const at = (resource: StoredResource, path: string): unknown[] =>
  path.split('.').reduce<unknown[]>(
    (values, key) =>
      values.flatMap((value) => {
        const next = typeof value === 'object' && value !== null ? (value as Json)[key] : undefined;
        return next === undefined ? [] : next;
      }),
    [resource],
  );

/** A primitive as text; empty for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** `code`, `system|code`, `|code` or `system|` against codings, identifiers and plain codes. */
export const token =
  (...paths: readonly string[]): Matcher =>
  (resource, value, modifier) => {
    const bar = value.indexOf('|');
    const system = bar === -1 ? null : value.slice(0, bar);
    const code = value.slice(bar + 1);
    const matches = paths
      .flatMap((path) => at(resource, path))
      .some((found) => {
        if (typeof found !== 'object' || found === null) {
          return (system === null || system === '') && textOf(found) === code;
        }
        const coding = found as { system?: string; code?: string; value?: string };
        return (
          (system === null || (coding.system ?? '') === system) &&
          (code === '' || (coding.code ?? coding.value) === code)
        );
      });
    return modifier === 'not' ? !matches : matches;
  };

/** `Type/id`, or the id alone. */
export const reference =
  (path: string, type: string): Matcher =>
  (resource, value) =>
    at(resource, `${path}.reference`).some((found) => found === value || found === `${type}/${value}`);

/** The start of a text without regard to case; `:contains` and `:exact` as FHIR says. */
export const text =
  (...paths: readonly string[]): Matcher =>
  (resource, value, modifier) =>
    paths
      .flatMap((path) => at(resource, path))
      .some((found) => {
        const [have, want] = [textOf(found).toLowerCase(), value.toLowerCase()];
        return modifier === 'exact'
          ? textOf(found) === value
          : modifier === 'contains'
            ? have.includes(want)
            : have.startsWith(want);
      });

const COMPARISONS: Readonly<Record<string, (low: number, high: number, from: number, until: number) => boolean>> = {
  eq: (low, high, from, until) => low >= from && high <= until,
  ne: (low, high, from, until) => low < from || high > until,
  ge: (_low, high, from) => high >= from,
  gt: (_low, high, _from, until) => high > until,
  le: (low, _high, _from, until) => low <= until,
  lt: (low, _high, from) => low < from,
};

/** Dates and periods; a value of less precision stands for its whole interval (FHIR R4 3.1.1.4.7). */
export const date =
  (...paths: readonly string[]): Matcher =>
  (resource, value) => {
    const prefix = /^[a-z]{2}/.exec(value)?.[0] ?? 'eq';
    const compare = COMPARISONS[prefix];
    const asked = intervalOf(value.replace(/^[a-z]{2}/, ''));
    if (compare === undefined || asked === null) {
      throw new FhirRefusal(400, 'invalid', 'a date parameter is not prefix and dateTime');
    }
    return paths
      .flatMap((path) => at(resource, path))
      .some((found) => {
        const period =
          typeof found === 'object'
            ? (found as { start?: string; end?: string })
            : { start: textOf(found), end: textOf(found) };
        const low = period.start === undefined ? -Infinity : (intervalOf(period.start)?.[0] ?? NaN);
        const high = period.end === undefined ? Infinity : (intervalOf(period.end)?.[1] ?? NaN);
        return compare(low, high, asked[0], asked[1]);
      });
  };

/** First and last millisecond that a FHIR dateTime of any precision covers. */
function intervalOf(value: string): readonly [number, number] | null {
  if (!/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(value)) {
    return null;
  }
  const from = Date.parse(value);
  if (value.length <= 10) {
    const [year, month, day] = value.split('-').map(Number) as [number, number?, number?];
    const until =
      month === undefined
        ? Date.UTC(year + 1, 0)
        : day === undefined
          ? Date.UTC(year, month)
          : Date.UTC(year, month - 1, day + 1);
    return [from, until - 1];
  }
  const seconds = /:\d\d:\d\d/.test(value);
  return [from, from + (/\.\d/.test(value) ? 0 : seconds ? 999 : 59_999)];
}
