import { DAY_MS } from './day.ts';
import { treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition, TreatmentVariable } from './disease-definition.ts';
import { dosesOver, exposureOf, treatmentEntries } from './exposure.ts';
import type { Dose } from './exposure.ts';
import type { Intervention } from './forecast.ts';
import { FIRST_VISIT_EXPOSURE_DAYS } from './assemble-visits.ts';
import type { UnitConverter } from './ports.ts';
import { intersection, overlapMs, subtractSpan } from './time-span.ts';
import type { TimeSpan } from './time-span.ts';
import type { TimelineEntry } from './timeline.ts';
import type { TreatmentExposure, Visit } from './visit.ts';

export interface TreatmentPlanSources {
  readonly definition: DiseaseDefinition;
  /** The entries in force at the moment of knowledge. */
  readonly entries: readonly TimelineEntry[];
  readonly visits: readonly Visit[];
  readonly originAt: Date;
  readonly targetAt: Date;
  /** The moment of knowledge: until then the record tells what was given, after it the orders tell what will be. */
  readonly asOfAt: Date;
  /** Checked before (`checkInterventions`). */
  readonly interventions: readonly Intervention[];
  readonly convert: UnitConverter;
}

/** What a patient is taken to receive between the origin and the target of a forecast. */
export interface TreatmentPlan {
  /** Exposure in (from, to] by treatment key; `from` not before the origin, `to` not after the target. */
  exposures(from: Date, to: Date): Readonly<Record<string, TreatmentExposure>>;
  /** The same dose by dose. */
  doses(from: Date, to: Date): Readonly<Record<string, readonly Dose[]>>;
  /** What had to be assumed, each in one sentence. */
  readonly assumptions: readonly string[];
}

/**
 * Lays out the treatment of (origin, target]: what is on record up to the moment of knowledge, what is ordered after
 * it, and where nothing is, what the definition's `whenUnplanned` says.
 *
 * `continue-last-interval` continues the mean daily amount of the interval that ended with the origin's visit. It fills
 * all of (origin, target] when no entry of the treatment touches it, and the time after the moment of knowledge when
 * none touches that; an order that ends before the target has ended, nothing continues it.
 *
 * A treatment intervention replaces all of this inside its [from, to) by `amountPerDay` times the overlapping days,
 * continuously.
 */
export function planTreatments(sources: TreatmentPlanSources): TreatmentPlan {
  const courses = treatmentVariables(sources.definition).map((variable) => courseOf(variable, sources));
  return {
    exposures: (from, to) =>
      Object.fromEntries(courses.map((course) => [course.variable.key, exposureOf(course.given(from, to))])),
    doses: (from, to) =>
      Object.fromEntries(courses.map((course) => [course.variable.key, course.given(from, to).doses])),
    assumptions: courses.flatMap((course) => course.assumption ?? []),
  };
}

type Given = ReturnType<typeof dosesOver>;

interface Course {
  readonly variable: TreatmentVariable;
  given(from: Date, to: Date): Given;
  readonly assumption: string | null;
}

function courseOf(variable: TreatmentVariable, sources: TreatmentPlanSources): Course {
  const { entries, convert, asOfAt } = sources;
  const windows = sources.interventions
    .filter((intervention) => intervention.kind === 'treatment')
    .filter((intervention) => intervention.variable === variable.key)
    .map(({ from, to, amountPerDay }) => ({ from: from.getTime(), to: to.getTime(), amountPerDay }));
  const continued = continuation(variable, sources);
  const assumed = windows.reduce<TimeSpan[]>(subtractSpan, continued.spans);
  return {
    variable,
    given: (from, to) => {
      const asked = { from: from.getTime(), to: to.getTime() };
      const recorded = dosesOver(variable, entries, from, to, convert, { recordEndsAt: asOfAt, without: windows });
      const spread = (spans: readonly TimeSpan[], amountPerDay: number, entryIds: readonly string[]): Dose[] =>
        amountPerDay === 0
          ? []
          : intersection(spans, asked).map((span) => ({
              span,
              amount: (amountPerDay * (span.to - span.from)) / DAY_MS,
              entryIds,
            }));
      return {
        doses: [
          ...recorded.doses,
          ...spread(assumed, continued.amountPerDay, continued.entryIds),
          ...windows.flatMap((window) => spread([window], window.amountPerDay, [])),
        ],
        unusable: recorded.unusable,
      };
    },
    assumption: overlapMs(assumed, { from: -Infinity, to: Infinity }) > 0 ? continued.sentence : null,
  };
}

interface Continuation {
  readonly amountPerDay: number;
  readonly spans: TimeSpan[];
  readonly entryIds: readonly string[];
  readonly sentence: string;
}

function continuation(variable: TreatmentVariable, sources: TreatmentPlanSources): Continuation {
  const none = { amountPerDay: 0, entryIds: [] };
  const unplanned = unplannedSpans(variable, sources);
  const title = variable.title.toLowerCase();
  const nothing = { ...none, spans: unplanned, sentence: `No ${title} is planned up to the target; none is assumed.` };
  if (sources.definition.forecasting.whenUnplanned === 'none') return nothing;
  const origin = sources.visits.findLast((visit) => visit.occurredAt.getTime() <= sources.originAt.getTime());
  const exposure = origin?.exposures[variable.key];
  if (origin === undefined || exposure === undefined || exposure.amount === 0) return nothing;
  const days = origin.intervalDays ?? FIRST_VISIT_EXPOSURE_DAYS;
  return {
    amountPerDay: exposure.amount / days,
    spans: unplanned,
    entryIds: exposure.entryIds,
    sentence:
      `No ${title} is planned up to the target; it is assumed to continue as in the last interval ` +
      `(${round(exposure.amount)} ${variable.unit} in ${round(days)} days).`,
  };
}

/** The time of (origin, target] for which no entry says anything. */
function unplannedSpans(variable: TreatmentVariable, sources: TreatmentPlanSources): TimeSpan[] {
  const all = { from: sources.originAt.getTime(), to: sources.targetAt.getTime() };
  const ahead = { from: Math.max(all.from, sources.asOfAt.getTime()), to: all.to };
  const own = treatmentEntries(variable, sources.entries);
  const isTouched = (span: TimeSpan): boolean =>
    own.some((entry) => entry.occurredUntil.getTime() > span.from && entry.occurredAt.getTime() <= span.to);
  if (all.to <= all.from) return [];
  if (!isTouched(all)) return [all];
  return ahead.to > ahead.from && !isTouched(ahead) ? [ahead] : [];
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
