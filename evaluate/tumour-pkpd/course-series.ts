import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import type { Administration } from '../../src/ml/forecasting/personal/exposure.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';

/** A recovery from less than this (cm3) is a coin about a few cells and says nothing about the patient. */
const RECOVERY_BY_CHANCE_CM3 = 1e-6;

/** Series to learn from: without the last day where it is a cut volume (death) or a recovery by chance. */
export function trainingSeries(courses: BenchmarkCourses): readonly PatientSeries[] {
  const { volumesCm3, days, lastDays, population } = courses;
  return Array.from({ length: population.patients }, (_, patient) => {
    const last = lastDays[patient]!;
    const volume = volumesCm3[patient * days + last]!;
    const before = volumesCm3[patient * days + last - 1]!;
    const isCut = volume >= DEATH_VOLUME_CM3;
    const isByChance = volume === 0 && before < RECOVERY_BY_CHANCE_CM3;
    return seriesUntil(courses, patient, isCut || isByChance ? last - 1 : last);
  });
}

/** What is known of a patient on a day, all treatments included. */
export const seriesUntil = (courses: BenchmarkCourses, patient: number, lastDay: number): PatientSeries => ({
  statics: { type: courses.population.types[patient]! },
  visits: Array.from({ length: lastDay + 1 }, (_, day) => ({
    day,
    values: { volume: courses.volumesCm3[patient * courses.days + day]! },
  })),
  treatments: treatmentsOf(courses, patient),
});

/** Everything given to a patient. */
export const treatmentsOf = (
  { chemoUnits, radioGy, days }: BenchmarkCourses,
  patient: number,
): PatientSeries['treatments'] => ({
  chemotherapy: givenDaily(chemoUnits.subarray(patient * days, (patient + 1) * days)),
  radiotherapy: givenDaily(radioGy.subarray(patient * days, (patient + 1) * days)),
});

/** @param first day of the first amount. */
export function givenDaily(amounts: ArrayLike<number>, first = 0): Administration[] {
  const given: Administration[] = [];
  for (let k = 0; k < amounts.length; k += 1) {
    if (amounts[k]! > 0) given.push({ fromDay: first + k, toDay: first + k, amount: amounts[k]! });
  }
  return given;
}
