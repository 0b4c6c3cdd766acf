import { rankOfCode } from './coding.ts';
import { DAY_MS, utcDay } from './day.ts';
import type { TreatmentVariable } from './disease-definition.ts';
import type { UnitConverter } from './ports.ts';
import { intersection, subtractSpan } from './time-span.ts';
import type { TimeSpan } from './time-span.ts';
import type { TimelineEntry, TreatmentBody } from './timeline.ts';
import type { TreatmentExposure } from './visit.ts';

export type TreatmentEntry = TimelineEntry & { readonly body: TreatmentBody };

/** How much a piece of evidence is worth: what was given, what somebody says was taken, what was ordered. */
const RANK: Record<TreatmentBody['evidence'], number> = { administration: 0, statement: 1, request: 2 };

export interface ExposureOptions {
  /**
   * Until when administrations can be on record: the moment of knowledge of a forecast. After it an order counts even
   * where doses were already given under it. Default: `to`.
   */
  readonly recordEndsAt?: Date;
  /** Windows [from, to) in which nothing of the record counts. */
  readonly without?: readonly TimeSpan[];
}

/** An amount of a treatment in the variable's unit, spread evenly over (from, to]; an instant where they are equal. */
export interface Dose {
  readonly span: TimeSpan;
  readonly amount: number;
  /** Entries that it comes from. */
  readonly entryIds: readonly string[];
}

/** How much of a treatment the patient had in (from, to], in the variable's unit: the sum of `dosesOver`. */
export function exposureOver(
  variable: TreatmentVariable,
  entries: readonly TimelineEntry[],
  from: Date,
  to: Date,
  convert: UnitConverter,
  options: ExposureOptions = {},
): TreatmentExposure {
  return exposureOf(dosesOver(variable, entries, from, to, convert, options));
}

/** The sum of doses. */
export const exposureOf = ({ doses, unusable }: ReturnType<typeof dosesOver>): TreatmentExposure => ({
  amount: doses.reduce((sum, dose) => sum + dose.amount, 0),
  entryIds: [...new Set(doses.flatMap((dose) => dose.entryIds))],
  unusable,
});

/**
 * What the patient had of a treatment in (from, to], dose by dose.
 *
 * A dose given at one instant counts where the instant lies inside; an interval counts in proportion to its overlap,
 * its amount being spread evenly. Nothing is counted twice:
 *
 * 1. Statements and orders under which an administration is on record (on the same UTC days) count nothing before
 *    `recordEndsAt`: a dose that was ordered and not recorded as given, was held.
 * 2. Time that a statement covers is not counted from an order; a statement of one instant covers its UTC day.
 *
 * Entries of equal evidence add up. An entry that cannot be converted is listed as unusable, yet still replaces weaker
 * evidence, so that an unreadable dose never turns into the ordered one.
 */
export function dosesOver(
  variable: TreatmentVariable,
  entries: readonly TimelineEntry[],
  from: Date,
  to: Date,
  convert: UnitConverter,
  options: ExposureOptions = {},
): { readonly doses: readonly Dose[]; readonly unusable: TreatmentExposure['unusable'] } {
  const treatments = treatmentEntries(variable, entries);
  const recordEnd = (options.recordEndsAt ?? to).getTime();
  const asked = (options.without ?? []).reduce<TimeSpan[]>(subtractSpan, [{ from: from.getTime(), to: to.getTime() }]);
  const isAsked = (at: number): boolean =>
    at > from.getTime() &&
    at <= to.getTime() &&
    !(options.without ?? []).some((window) => at >= window.from && at < window.to);

  const doses: Dose[] = [];
  const unusable: { entryId: string; reason: string }[] = [];
  for (const entry of treatments) {
    const holes = replacedTime(entry, treatments, recordEnd);
    const spans = countedSpans(entry, asked, isAsked, holes);
    if (spans.length === 0) continue;
    const { amount: total, unit } = entry.body;
    const converted = Number.isFinite(total) && total >= 0 ? convert.convert(total, unit, variable.unit) : null;
    if (converted === null || !Number.isFinite(converted)) {
      unusable.push({ entryId: entry.id, reason: `its amount does not convert to ${variable.unit}` });
    } else {
      const duration = entry.occurredUntil.getTime() - entry.occurredAt.getTime();
      for (const span of spans) {
        const amount = duration === 0 ? converted : (converted * (span.to - span.from)) / duration;
        doses.push({ span, amount, entryIds: [entry.id] });
      }
    }
  }
  return { doses, unusable };
}

/** The entries of one treatment, oldest first, in an order that does not depend on how they are stored. */
export function treatmentEntries(variable: TreatmentVariable, entries: readonly TimelineEntry[]): TreatmentEntry[] {
  return entries
    .filter(isTreatment)
    .filter((entry) => rankOfCode(variable.codes, entry.body.codes) >= 0)
    .toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** The time of an entry that better evidence speaks for (both ends included for the days of instants). */
function replacedTime(entry: TreatmentEntry, all: readonly TreatmentEntry[], recordEnd: number): TimeSpan[] {
  const better = all.filter((other) => RANK[other.body.evidence] < RANK[entry.body.evidence]);
  const days = daysOf(entry);
  const wasGiven = better.some((other) => other.body.evidence === 'administration' && overlaps(daysOf(other), days));
  const holes = better.filter((other) => other.body.evidence === 'statement').map(spanOrDay);
  return wasGiven ? [...holes, { from: -Infinity, to: recordEnd }] : holes;
}

/** The parts of an entry's own time that count; an instant is a span of no length. */
function countedSpans(
  entry: TreatmentEntry,
  asked: readonly TimeSpan[],
  isAsked: (at: number) => boolean,
  holes: readonly TimeSpan[],
): TimeSpan[] {
  const own: TimeSpan = { from: entry.occurredAt.getTime(), to: entry.occurredUntil.getTime() };
  if (own.to <= own.from) {
    const isReplaced = holes.some((hole) => own.from >= hole.from && own.from <= hole.to);
    return isAsked(own.from) && !isReplaced ? [{ from: own.from, to: own.from }] : [];
  }
  return intersection(holes.reduce<TimeSpan[]>(subtractSpan, [...asked]), own);
}

function spanOrDay(entry: TreatmentEntry): TimeSpan {
  return entry.occurredUntil.getTime() > entry.occurredAt.getTime()
    ? { from: entry.occurredAt.getTime(), to: entry.occurredUntil.getTime() }
    : daysOf(entry);
}

function daysOf(entry: TreatmentEntry): TimeSpan {
  return { from: utcDay(entry.occurredAt) * DAY_MS, to: (utcDay(entry.occurredUntil) + 1) * DAY_MS };
}

function overlaps(a: TimeSpan, b: TimeSpan): boolean {
  return a.from < b.to && b.from < a.to;
}

function isTreatment(entry: TimelineEntry): entry is TreatmentEntry {
  return entry.body.kind === 'treatment';
}
