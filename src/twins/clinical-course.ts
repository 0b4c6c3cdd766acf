import { daysBetween, DAY_MS } from './day.ts';
import { dynamicVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import { dosesOver } from './exposure.ts';
import { knownValues } from './last-known-value.ts';
import type { UnitConverter } from './ports.ts';
import { knownAt } from './timeline-view.ts';
import type { AsOf, TimelineEntry } from './timeline.ts';
import type { Dose } from './exposure.ts';
import type { StaticValue } from './visit.ts';

/** One measurement of a dynamic variable, in the definition's unit. */
export interface CourseMeasurement {
  readonly variable: string;
  /** Days relative to day 0 of the course; exact, not rounded. */
  readonly day: number;
  readonly value: number;
  /** Epoch milliseconds from which it may be used. */
  readonly knownAtMs: number;
}

/** An amount of a treatment, in the definition's unit, spread evenly over (fromDay, toDay]; an instant where they are equal. */
export interface CourseDose {
  readonly treatment: string;
  readonly fromDay: number;
  readonly toDay: number;
  readonly amount: number;
  readonly knownAtMs: number;
}

/**
 * What was measured of a patient and what the patient was given, each at its own time: what a model of dynamics reads.
 * Visits see the same values at the images' times; the course has those between, too.
 */
export interface ClinicalCourse {
  /** By rising day, then variable. */
  readonly measurements: readonly CourseMeasurement[];
  /** By rising start, then treatment. After the origin of a forecast they are what is planned or assumed. */
  readonly doses: readonly CourseDose[];
  /** Static variables as of day 0: numbers, and categories such as `female`; a missing one is absent. */
  readonly statics: Readonly<Record<string, number | string>>;
}

/** The same course, told from the day `first` on as its day 0. */
export const startingAt = ({ measurements, doses, statics }: ClinicalCourse, first: number): ClinicalCourse => ({
  measurements: measurements.map(({ variable, day, value, knownAtMs }) => ({
    variable,
    day: day - first,
    value,
    knownAtMs,
  })),
  doses: doses.map(({ treatment, fromDay, toDay, amount, knownAtMs }) => ({
    treatment,
    fromDay: fromDay - first,
    toDay: toDay - first,
    amount,
    knownAtMs,
  })),
  statics,
});

export interface ClinicalCourseSources {
  readonly definition: DiseaseDefinition;
  readonly entries: readonly TimelineEntry[];
  readonly statics: Readonly<Record<string, StaticValue>>;
  /** The moment that is day 0. */
  readonly dayZero: Date;
  /** Nothing measured later is taken. */
  readonly measuredUntil: Date;
  /** Doses up to here are taken from the record. */
  readonly dosesUntil: Date;
  /** What stands for the doses after `dosesUntil`. */
  readonly plannedDoses?: Readonly<Record<string, readonly Dose[]>>;
  readonly clock: AsOf['clock'];
  readonly convert: UnitConverter;
}

/** Before any record of a patient. */
const BEGINNING = new Date(-62_135_596_800_000);

/** Assembles the course and names the entries that it was made from, sorted. */
export function assembleClinicalCourse(sources: ClinicalCourseSources): {
  readonly course: ClinicalCourse;
  readonly entryIds: readonly string[];
} {
  const { definition, entries, dayZero, clock, convert } = sources;
  const dayOf = (at: Date): number => daysBetween(dayZero, at);
  const knownAtMsById = new Map(entries.map((entry) => [entry.id, knownAt(entry, clock).getTime()]));
  const knownAtMs = (ids: readonly string[]): number =>
    ids.reduce((latest, id) => Math.max(latest, knownAtMsById.get(id) ?? latest), -8.64e15);
  const entryIds = new Set<string>();

  const measurements = dynamicVariables(definition).flatMap((variable) =>
    knownValues(variable, entries, sources.measuredUntil, convert).map(({ value, observedAt, entryId }) => {
      entryIds.add(entryId);
      return { variable: variable.key, day: dayOf(observedAt), value, knownAtMs: knownAtMs([entryId]) };
    }),
  );
  const doses = treatmentVariables(definition).flatMap((variable) => {
    const recorded = dosesOver(variable, entries, BEGINNING, sources.dosesUntil, convert).doses;
    return [...recorded, ...(sources.plannedDoses?.[variable.key] ?? [])].map(({ span, amount, entryIds: ids }) => {
      ids.forEach((id) => entryIds.add(id));
      return {
        treatment: variable.key,
        fromDay: (span.from - dayZero.getTime()) / DAY_MS,
        toDay: (span.to - dayZero.getTime()) / DAY_MS,
        amount,
        knownAtMs: knownAtMs(ids),
      };
    });
  });
  const statics = Object.fromEntries(
    Object.entries(sources.statics).flatMap(([key, value]) => (value.status === 'known' ? [[key, value.value]] : [])),
  );
  return {
    course: {
      measurements: measurements.toSorted((a, b) => a.day - b.day || compare(a.variable, b.variable)),
      doses: doses.toSorted(
        (a, b) =>
          a.fromDay - b.fromDay || a.toDay - b.toDay || compare(a.treatment, b.treatment) || a.amount - b.amount,
      ),
      statics,
    },
    entryIds: [...entryIds].toSorted(),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
