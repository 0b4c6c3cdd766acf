import { z } from 'zod';
import { DomainError } from '../../../errors.ts';
import type { ClinicalCourse } from '../../../twins/clinical-course.ts';

/** A patient of a cohort with the clinical course that twins read. */
export interface CohortCourse {
  readonly patient: string;
  readonly course: ClinicalCourse;
}

const key = z.string().min(1).max(128);
const day = z.number().min(-110_000).max(110_000);
const patient = z.strictObject({
  patient: key,
  statics: z.record(key, z.union([z.number(), z.string().max(256)])),
  measurements: z.array(z.strictObject({ variable: key, day, value: z.number() })).max(1_000_000),
  doses: z
    .array(z.strictObject({ treatment: key, fromDay: day, toDay: day, amount: z.number().nonnegative() }))
    .max(1_000_000),
});
const cohort = z.strictObject({
  format: z.literal('sequela-cohort'),
  version: z.literal(1),
  /** What is in which unit, for people. */
  units: z.record(key, z.string().max(64)),
  patients: z.array(patient).max(1_000_000),
});

/** The JSON form of a cohort: measurements and doses of each patient by day, in the units of the disease definition. */
export type CohortExport = z.infer<typeof cohort>;

const DAY_MS = 86_400_000;

/**
 * Writes what a server knows of patients for use without one. Days stay relative and keys are the definition's; moments
 * of recording are left out.
 */
export const writeCohortExport = (
  patients: readonly CohortCourse[],
  units: Readonly<Record<string, string>>,
): CohortExport => ({
  format: 'sequela-cohort',
  version: 1,
  units: { ...units },
  patients: patients.map(({ patient, course }) => ({
    patient,
    statics: { ...course.statics },
    measurements: course.measurements.map(({ variable, day, value }) => ({ variable, day, value })),
    doses: course.doses.map(({ treatment, fromDay, toDay, amount }) => ({ treatment, fromDay, toDay, amount })),
  })),
});

/**
 * Reads a cohort that {@link writeCohortExport} or another program wrote. Everything counts as known on its day.
 * @throws {DomainError} INVALID_INPUT that names the place: another format, a value that is no number, a patient twice, the
 *   same variable twice on a day, measurements out of order, a dose that ends before it begins.
 */
export function readCohortExport(content: unknown): CohortCourse[] {
  const parsed = cohort.safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw refusal(path.join('.') || 'the file', `is not valid: ${message}`);
  }
  const seen = new Set<string>();
  return parsed.data.patients.map(({ patient, statics, measurements, doses }, index) => {
    const field = `patients.${index}`;
    if (seen.has(patient)) throw refusal(`${field}.patient`, `names "${patient}", as an earlier entry does`);
    seen.add(patient);
    const moments = new Set<string>();
    measurements.forEach(({ variable, day }, at) => {
      const place = `${field}.measurements.${at}`;
      if (at > 0 && day < measurements[at - 1]!.day)
        throw refusal(place, 'is earlier than the one before; sort by day');
      const moment = `${day}/${variable}`;
      if (moments.has(moment)) throw refusal(place, `has ${variable} twice on day ${day}; keep one`);
      moments.add(moment);
    });
    doses.forEach(({ fromDay, toDay }, at) => {
      if (toDay < fromDay) throw refusal(`${field}.doses.${at}`, 'ends before it begins');
    });
    return {
      patient,
      course: {
        statics,
        measurements: measurements.map((one) => ({ ...one, knownAtMs: one.day * DAY_MS })),
        doses: doses.map((one) => ({ ...one, knownAtMs: one.fromDay * DAY_MS })),
      },
    };
  });
}

const refusal = (field: string, what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The cohort file: ${field} ${what}.`, { field });
