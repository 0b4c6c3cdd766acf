import { randomStream } from '../random-stream.ts';
import type { TumourCourse } from './simulate-tumour-patient.ts';

/** What a laboratory and a scale would read on one day. */
export interface ClinicalDay {
  /** Carcinoembryonic antigen in serum, ng/mL: the patient's own base plus shedding in proportion to the tumour volume. */
  readonly ceaNgPerMl: number;
  /** Falls with the drug at work, recovers over about a month. g/dL. */
  readonly haemoglobinGPerDl: number;
  readonly bodyWeightKg: number;
}

/** A simulated patient's laboratory course beside the tumour's, one entry per day. */
export interface ClinicalCourse {
  readonly gender: 'male' | 'female';
  /** At day 0. */
  readonly ageYears: number;
  readonly days: readonly ClinicalDay[];
}

const CEA_NOISE = 0.05;
const HAEMOGLOBIN_LOSS_PER_UNIT_DAY = 0.028;
const HAEMOGLOBIN_RECOVERY_DAYS = 35;
const HAEMOGLOBIN_NOISE_SD = 0.15;
const WEIGHT_LOSS_PER_UNIT_DAY = 0.012;
const WEIGHT_RECOVERY_DAYS = 60;
const WEIGHT_NOISE_SD = 0.3;

/**
 * Adds values of the same state to a tumour course, so that image and laboratory agree. Pure; the law is ours, the
 * benchmark has none. Magnitudes are those of ordinary care: CEA from normal (below 5 ng/mL) to some tens, haemoglobin 8 to 15 g/dL.
 */
export function drawClinicalCourse(course: TumourCourse): ClinicalCourse {
  const person = randomStream(course.seed, course.index, 'person');
  const assay = randomStream(course.seed, course.index, 'assay');
  const gender = person.uniform() < 0.5 ? 'female' : 'male';
  const ageYears = Math.round(person.between(44, 82));
  const ceaBase = 1.8 * Math.exp(0.3 * person.normal());
  const ceaPerCm3 = 0.8 * Math.exp(0.35 * person.normal());
  const haemoglobinBase = (gender === 'female' ? 13.1 : 14.2) + 0.6 * person.normal();
  const weightBase = Math.max(45, (gender === 'female' ? 66 : 79) + 9 * person.normal());

  let haemoglobin = haemoglobinBase;
  let weight = weightBase;
  const days = course.days.map((day) => {
    const read = {
      ceaNgPerMl: (ceaBase + ceaPerCm3 * day.volumeCm3) * (1 + CEA_NOISE * assay.normal()),
      haemoglobinGPerDl: haemoglobin + HAEMOGLOBIN_NOISE_SD * assay.normal(),
      bodyWeightKg: weight + WEIGHT_NOISE_SD * assay.normal(),
    };
    haemoglobin +=
      (haemoglobinBase - haemoglobin) / HAEMOGLOBIN_RECOVERY_DAYS -
      HAEMOGLOBIN_LOSS_PER_UNIT_DAY * day.chemoConcentration;
    weight += (weightBase - weight) / WEIGHT_RECOVERY_DAYS - WEIGHT_LOSS_PER_UNIT_DAY * day.chemoConcentration;
    return read;
  });
  return { gender, ageYears, days };
}
