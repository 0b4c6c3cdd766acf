import type { ClinicalCourse } from '../../twins/clinical-course.ts';
import type { DemoPatient } from './demo-cohort.ts';
import type { DailyDoses } from './tumour/tumour-dynamics.ts';
import type { ClinicalDay } from './tumour/clinical-course.ts';

/** What a unit of the simulator is in mg/m2 of cisplatin, as in the demo hospital. */
const CISPLATIN_MG_PER_M2_PER_UNIT = 15;

/** What is measured on a day, by the keys of the disease definition `tumour-response`. */
export const demoValues = (day: ClinicalDay): Record<string, number> => ({
  carcinoembryonicAntigen: day.ceaNgPerMl,
  haemoglobin: day.haemoglobinGPerDl,
  bodyWeight: day.bodyWeightKg,
});

/** What is given over these days, by the keys and in the units of the definition. */
export const demoExposures = (days: readonly DailyDoses[]): Record<string, number> => ({
  chemotherapy: days.reduce((sum, { chemoUnits }) => sum + chemoUnits * CISPLATIN_MG_PER_M2_PER_UNIT, 0),
  radiotherapy: days.reduce((sum, { radioGy }) => sum + radioGy, 0),
});

/** Doses by day, each acting from its day on. @param firstDay of the course on which the first of them is given. */
export const demoDoses = (
  days: readonly DailyDoses[],
  firstDay: number,
  knownAtMs: (index: number) => number,
): ClinicalCourse['doses'] =>
  days.flatMap((day, index) =>
    Object.entries(demoExposures([day])).flatMap(([treatment, amount]) =>
      amount === 0
        ? []
        : [
            {
              treatment,
              fromDay: firstDay + index,
              toDay: firstDay + index + 1,
              amount,
              knownAtMs: knownAtMs(index),
            },
          ],
    ),
  );

/** A simulated patient with all visits, known ones and those to come, as the definition `tumour-response` sees one. Day 0 is the first visit. */
export function demoCourse({ days, visitDays, futureVisitDays, gender, ageYears }: DemoPatient): ClinicalCourse {
  const all = [...visitDays, ...futureVisitDays];
  return {
    measurements: all.flatMap((day) =>
      Object.entries(demoValues(days[day]!)).map(([variable, value]) => ({ variable, day, value, knownAtMs: 0 })),
    ),
    doses: demoDoses(days.slice(0, all.at(-1)), 0, () => 0),
    statics: { gender, age: ageYears },
  };
}
