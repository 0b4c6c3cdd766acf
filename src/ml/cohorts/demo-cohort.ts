import { FaultError } from '../../errors.ts';
import { randomStream } from './random-stream.ts';
import { type ClinicalDay, drawClinicalCourse } from './tumour/clinical-course.ts';
import {
  LARGEST_IMAGED_VOLUME_CM3,
  type RenderedVisit,
  renderTumourVisit,
  TUMOUR_IMAGE_ORIGIN_MM,
  TUMOUR_IMAGE_SHAPE,
  TUMOUR_IMAGE_SPACING_MM,
} from './tumour/render-tumour-visit.ts';
import { simulateTumourPatient, type TumourCourse, type TumourDay } from './tumour/simulate-tumour-patient.ts';
import type { TumourStage } from './tumour/tumour-parameters.ts';
import { weeklyPolicy } from './tumour/treatment-policy.ts';

/** The smallest volume in cm3 that the cohort keeps; below it a lesion is a few voxels. */
const SMALLEST_IMAGED_VOLUME_CM3 = 0.5;
const IMAGE_GEOMETRY = {
  shape: TUMOUR_IMAGE_SHAPE,
  spacingMm: TUMOUR_IMAGE_SPACING_MM,
  originMm: TUMOUR_IMAGE_ORIGIN_MM,
} as const;
const DAYS_BETWEEN_VISITS = 7;
const MOST_CANDIDATES_PER_PATIENT = 400;

/** A patient as a hospital meets them: what happened, what was measured, what the scanner saw. */
export interface DemoPatient {
  /** Position in the cohort, from 0. */
  readonly position: number;
  readonly course: TumourCourse;
  readonly stage: TumourStage;
  readonly gender: 'male' | 'female';
  readonly ageYears: number;
  /** Tumour, doses and values by day, from the first visit (day 0). */
  readonly days: readonly (TumourDay & ClinicalDay)[];
  /** Days with a visit that the hospital already knows. */
  readonly visitDays: readonly number[];
  /** Days with a visit that is still to come, with known truth. */
  readonly futureVisitDays: readonly number[];
  /** Of every image: [slices, rows, columns], their spacing in mm, and the LPS place in mm of the first voxel's centre. */
  readonly imageGeometry: typeof IMAGE_GEOMETRY;
  /** @throws {FaultError} for a day without a visit. */
  renderVisit(day: number): RenderedVisit;
}

/**
 * The demo cohort: weekly visits, 8 to 10 known and `futureVisits` to come, treated on a weekly calendar with confounding gamma 2.
 *
 * Selection, stated because it biases: candidates are simulated in order, and one is kept only if neither
 * death nor recovery ended the course and the volume stayed within 0.5..60 cm3 on every day, visits to come included. So strong responders,
 * fast growers and the large tumours of the benchmark are missing; numbers on this cohort are not the benchmark's.
 * @param options.patients 1..500.
 * @throws {FaultError} when too few candidates can be kept.
 */
export function simulateDemoCohort(options: {
  readonly seed: number;
  readonly patients: number;
  readonly futureVisits?: number;
}): readonly DemoPatient[] {
  const { seed, patients, futureVisits = 4 } = options;
  const kept: DemoPatient[] = [];
  for (let candidate = 0; kept.length < patients; candidate++) {
    if (candidate >= patients * MOST_CANDIDATES_PER_PATIENT) {
      throw new FaultError(`only ${kept.length} of ${patients} simulated tumours stayed imageable`);
    }
    const known = 8 + randomStream(seed, candidate, 'follow-up').index(3);
    const visits = Array.from({ length: known + futureVisits }, (_, visit) => visit * DAYS_BETWEEN_VISITS);
    const days = visits.length * DAYS_BETWEEN_VISITS;
    const course = simulateTumourPatient(seed, candidate, { days, policy: weeklyPolicy(2) });
    if (isImageable(course)) {
      kept.push(patientOf(course, kept.length, visits.slice(0, known), visits.slice(known)));
    }
  }
  return kept;
}

const isImageable = ({ outcome, days }: TumourCourse): boolean =>
  outcome === 'followed' &&
  days.every(({ volumeCm3 }) => volumeCm3 >= SMALLEST_IMAGED_VOLUME_CM3 && volumeCm3 <= LARGEST_IMAGED_VOLUME_CM3);

function patientOf(
  course: TumourCourse,
  position: number,
  visitDays: readonly number[],
  futureVisitDays: readonly number[],
): DemoPatient {
  const clinical = drawClinicalCourse(course);
  return {
    position,
    course,
    stage: course.parameters.stage,
    gender: clinical.gender,
    ageYears: clinical.ageYears,
    days: course.days.map((day, index) => ({ ...day, ...clinical.days[index]! })),
    visitDays,
    futureVisitDays,
    imageGeometry: IMAGE_GEOMETRY,
    renderVisit: (day) => {
      const tumour = course.days[day];
      if (tumour === undefined || day % DAYS_BETWEEN_VISITS !== 0) {
        throw new FaultError(`day ${day} of the simulated course has no visit`);
      }
      return renderTumourVisit(course.seed, course.index, day / DAYS_BETWEEN_VISITS, tumour.volumeCm3);
    },
  };
}
