import { simulateDemoCohort } from '../demo-cohort.ts';
import type { Administration } from '../../forecasting/personal/exposure.ts';
import { type ClinicalDay, drawClinicalCourse } from './clinical-course.ts';
import { renderTumourVisit, TUMOUR_IMAGE_SPACING_MM } from './render-tumour-visit.ts';
import { simulateTumourPatient, type TumourCourse } from './simulate-tumour-patient.ts';
import { prescribedDoses } from './treatment-policy.ts';
import type { DailyDoses } from './tumour-dynamics.ts';

/** A simulated patient of whom any day can be imaged, under the doses that were given or others. */
export interface ImagedTumourPatient {
  /** Distinct and stable. */
  readonly key: string;
  readonly course: TumourCourse;
  readonly clinical: readonly ClinicalDay[];
  /** Days with a visit. */
  readonly visitDays: readonly number[];
}

/** mg/m2 of cisplatin that a unit of the simulator is taken for, as the demo hospital does. */
const CHEMO_MG_PER_M2_PER_UNIT = 15;
/** Volume of a voxel of these images in mL. */
export const VOXEL_ML = (TUMOUR_IMAGE_SPACING_MM[0] * TUMOUR_IMAGE_SPACING_MM[1] * TUMOUR_IMAGE_SPACING_MM[2]) / 1000;
const DAYS_BETWEEN_VISITS = 7;
const LAST_VISITS = 8;

/** The demo cohort with eight more weekly visits, see `simulateDemoCohort` for its selection. */
export const imagedTumourCohort = (seed: number, patients: number): readonly ImagedTumourPatient[] =>
  simulateDemoCohort({ seed, patients, futureVisits: LAST_VISITS }).map(({ course, visitDays, futureVisitDays }) => ({
    key: `${seed}/${course.index}`,
    course,
    clinical: drawClinicalCourse(course).days,
    visitDays: [...visitDays, ...futureVisitDays],
  }));

/** The image of a visit in one pose, as after a perfect registration, [D,H,W]. */
export const imageOf = ({ seed, index, days }: TumourCourse, day: number, isNoisy: boolean): Float32Array => {
  const visit = Math.round(day / DAYS_BETWEEN_VISITS);
  const options = { isPosed: false, isNoisy };
  return Float32Array.from(renderTumourVisit(seed, index, visit, days[day]!.volumeCm3, options).voxels);
};

/** The same patient and noise with other doses from a day on, by day from there. */
export const courseUnder = (
  { seed, index, days }: TumourCourse,
  fromDay: number,
  doses: readonly DailyDoses[],
): TumourCourse =>
  simulateTumourPatient(seed, index, {
    days: days.length,
    policy: prescribedDoses([...days.slice(0, fromDay), ...doses]),
  });

/** Doses as the record of a hospital has them: mg/m2 and Gy, each over the day on which it acts. */
export function administrationsOf(
  days: readonly DailyDoses[],
  firstDay: number,
): Readonly<Record<'chemotherapy' | 'radiotherapy', readonly Administration[]>> {
  const given = (amountOf: (day: DailyDoses) => number): Administration[] =>
    days.flatMap((day, index) => {
      const amount = amountOf(day);
      const fromDay = firstDay + index;
      return amount === 0 ? [] : [{ fromDay, toDay: fromDay, amount }];
    });
  return {
    chemotherapy: given(({ chemoUnits }) => chemoUnits * CHEMO_MG_PER_M2_PER_UNIT),
    radiotherapy: given(({ radioGy }) => radioGy),
  };
}
