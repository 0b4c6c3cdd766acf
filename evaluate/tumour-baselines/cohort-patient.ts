import { readFileSync } from 'node:fs';
import { type DemoPatient, simulateDemoCohort } from '../../src/ml/cohorts/demo-cohort.ts';
import { demoDoses, demoExposures, demoValues } from '../../src/ml/cohorts/demo-course.ts';
import { renderTumourVisit, TUMOUR_IMAGE_SHAPE } from '../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { drawClinicalCourse } from '../../src/ml/cohorts/tumour/clinical-course.ts';
import { simulateTumourPatient } from '../../src/ml/cohorts/tumour/simulate-tumour-patient.ts';
import { prescribedDoses } from '../../src/ml/cohorts/tumour/treatment-policy.ts';
import type { DailyDoses } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import type { ClinicalCourse } from '../../src/twins/clinical-course.ts';
import { dynamicsOf, parseDiseaseDefinition } from '../../src/twins/disease-definition.ts';
import type { ForecastInput, ForecastVisit } from '../../src/twins/forecast.ts';
import type { ChangeHistory } from '../../src/twins/ports.ts';

/** Variables as the disease definition of a tumour under treatment has them. */
export const VARIABLES = [
  { key: 'carcinoembryonicAntigen', unit: 'ng/mL', plausible: [0, 100_000] },
  { key: 'haemoglobin', unit: 'g/dL', plausible: [2, 25] },
  { key: 'bodyWeight', unit: 'kg', plausible: [2, 400] },
] as const satisfies readonly {
  readonly key: string;
  readonly unit: string;
  readonly plausible: readonly [number, number];
}[];

const TREATMENT_KEYS = ['chemotherapy', 'radiotherapy'];
const DEFINITION_FILE = new URL('../../diseases/tumour-response.json', import.meta.url);
/** As the disease definition declares them. */
const DYNAMICS = dynamicsOf(parseDiseaseDefinition('tumour-response.json', readFileSync(DEFINITION_FILE, 'utf8')));
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);

/** Everything that can be seen of a patient on one day. */
export interface Truth {
  readonly values: Readonly<Record<string, number>>;
  readonly voxels: Float32Array | null;
}

/** A simulated patient as a forecaster may see them, with what came afterwards. */
export interface CohortPatient {
  /** The known visits. */
  readonly history: ChangeHistory;
  /** Day of the last known visit in the simulated course. */
  readonly originDay: number;
  /** What is measured so many days after the last known visit. */
  readonly truthAfter: (days: number) => Truth;
  /** The same noise under other doses from the origin on, given by day from there. */
  readonly truthUnder: (doses: readonly DailyDoses[]) => (days: number) => Truth;
  /** Doses that were really given, by day from the origin on. */
  readonly dosesAfter: (days: number) => readonly DailyDoses[];
}

/**
 * The demo cohort as forecasters see it. Images lie in one pose, as after a perfect registration; gain, bias field and noise
 * of the scanner stay.
 * @param options.withImages false leaves them out, for measurements of values alone.
 */
export function simulateCohort(options: {
  readonly seed: number;
  readonly patients: number;
  readonly withImages: boolean;
}): readonly CohortPatient[] {
  return simulateDemoCohort(options).map((patient) => cohortPatient(patient, options.withImages));
}

function cohortPatient(patient: DemoPatient, withImages: boolean): CohortPatient {
  const { course, days, visitDays } = patient;
  const originDay = visitDays.at(-1)!;
  const imageOf = (day: number, volumeCm3: number): Float32Array | null =>
    withImages
      ? Float32Array.from(renderTumourVisit(course.seed, course.index, day / 7, volumeCm3, { isPosed: false }).voxels)
      : null;
  const visits = visitDays.map((day, index): ForecastVisit => ({
    day: day - originDay,
    voxels: imageOf(day, days[day]!.volumeCm3),
    values: demoValues(days[day]!),
    exposures: demoExposures(days.slice(index === 0 ? day : visitDays[index - 1]!, day)),
  }));
  const times = visitDays.map((day) => START_MS + day * DAY_MS);
  const truthUnder = (doses: readonly DailyDoses[]): ((days: number) => Truth) => {
    const given = [...course.days.slice(0, originDay), ...doses];
    const other = simulateTumourPatient(course.seed, course.index, {
      days: course.days.length,
      policy: prescribedDoses(given),
    });
    const clinical = drawClinicalCourse(other);
    return (after) => {
      const day = Math.min(originDay + after, other.days.length - 1);
      return {
        values: demoValues(clinical.days[day]!),
        voxels: imageOf(originDay + after, other.days[day]!.volumeCm3),
      };
    };
  };
  return {
    history: {
      visits,
      occurredAtMs: times,
      knownAtMs: times,
      shape: withImages ? TUMOUR_IMAGE_SHAPE : null,
      variables: VARIABLES.map(({ key, plausible }) => ({ key, plausible })),
      treatmentKeys: TREATMENT_KEYS,
      course: {
        measurements: visitDays.flatMap((day, index) =>
          Object.entries(demoValues(days[day]!)).map(([variable, value]) => ({
            variable,
            day: day - originDay,
            value,
            knownAtMs: times[index]!,
          })),
        ),
        doses: dosesFrom(days.slice(0, originDay), -originDay),
        statics: { gender: patient.gender, age: patient.ageYears },
      },
    },
    originDay,
    truthAfter: (after) => {
      const day = days[originDay + after]!;
      return { values: demoValues(day), voxels: imageOf(originDay + after, day.volumeCm3) };
    },
    truthUnder,
    dosesAfter: (count) => days.slice(originDay, originDay + count),
  };
}

const dosesFrom = (days: readonly DailyDoses[], firstDay: number): ClinicalCourse['doses'] =>
  demoDoses(days, firstDay, (index) => START_MS + (firstDay + index) * DAY_MS);

/** The question of a forecast from the last known visit, the doses being known. */
export function questionOf(
  { history }: CohortPatient,
  horizonDays: number,
  doses: readonly DailyDoses[],
  population: readonly Uint8Array[],
): ForecastInput {
  const exposures = demoExposures(doses);
  const { values } = history.visits.at(-1)!;
  return {
    horizonDays,
    populationAsOfMs: Number.MAX_SAFE_INTEGER,
    visits: history.visits,
    shape: history.shape,
    valueOrigins: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { value, intervalDays: horizonDays, exposures }]),
    ),
    variables: history.variables,
    treatmentKeys: history.treatmentKeys,
    dynamics: DYNAMICS,
    course: { ...history.course, doses: [...history.course.doses, ...dosesFrom(doses, 0)] },
    plannedExposures: exposures,
    population,
    seed: 1,
  };
}
