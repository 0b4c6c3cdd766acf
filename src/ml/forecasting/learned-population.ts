import { z } from 'zod';
import { DomainError } from '../../errors.ts';
import type { ClinicalCourse } from '../../twins/clinical-course.ts';
import type { Dynamics } from '../../twins/dynamics.ts';
import { type HeldOutForecast, heldOutForecasts } from './held-out-forecasts.ts';
import { seriesOf, specOf } from './personal-dynamics.ts';
import { fitPopulation } from './personal/fit-population.ts';
import { modelOfRecord, type ModelRecord, recordOfModel } from './personal/model-record.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PersonalSpec } from './personal/personal-spec.ts';
import type { PopulationModel } from './personal/population-model.ts';
import { validationOf, type VariableValidation, variableValidation } from './validation-table.ts';

/** Everything that was learned from other patients: how patients differ, and what forecasts from it showed on patients left out. */
export interface LearnedPopulation {
  readonly model: PopulationModel;
  /** By variable. */
  readonly validation: Readonly<Record<string, VariableValidation>>;
  /** Treatments that somebody received. */
  readonly seenTreatments: readonly string[];
}

export interface LearnOptions {
  readonly seed: number;
  /** Told while it goes on, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Parts that the patients are divided into; each is forecast by a model of the others. */
const FOLDS = 10;
/** Smallest population that a model can be validated on at all: with fewer, somebody is left out and nobody is left. */
const FEWEST_PATIENTS = 3;

/**
 * Fits the population prior and validates it: patients are left out in turn and forecast by a model of the others.
 * @returns null where too few patients have a value measured twice.
 * @throws {DomainError} INVALID_INPUT as `fitPopulation`.
 */
export function learnPopulation(
  courses: readonly ClinicalCourse[],
  dynamics: Dynamics,
  options: LearnOptions,
): LearnedPopulation | null {
  const spec = specOf(dynamics);
  const series = courses.map((course) => seriesOf(course, dynamics));
  return learnFrom(spec, series, options);
}

/** As {@link learnPopulation}, of series and a declaration that were made elsewhere. */
export function learnFrom(
  spec: PersonalSpec,
  series: readonly PatientSeries[],
  { seed, onProgress = () => undefined }: LearnOptions,
): LearnedPopulation | null {
  const useful = series.filter(({ visits }) => isMeasuredTwice(visits));
  if (useful.length < FEWEST_PATIENTS) return null;
  const folds = Math.min(FOLDS, useful.length);
  const heldOut: HeldOutForecast[][] = spec.variables.map(() => []);
  for (let fold = 0; fold < folds; fold += 1) {
    const others = useful.filter((_, index) => index % folds !== fold);
    const model = fitOrNull(others, spec, seed);
    useful.forEach((one, patient) => {
      if (model === null || patient % folds !== fold) return;
      heldOutForecasts(model, one, patient).forEach((own, v) => heldOut[v]!.push(...own));
    });
    onProgress((fold + 1) / (folds + 1));
  }
  const model = fitOrNull(useful, spec, seed);
  if (model === null) return null;
  onProgress(1);
  return {
    model,
    validation: Object.fromEntries(
      spec.variables.map(({ key, change }, v) => [
        key,
        validationOf(heldOut[v]!, model.stepDays, change === 'absolute' ? 'difference' : 'logarithm'),
      ]),
    ),
    seenTreatments: spec.treatments
      .map(({ key }) => key)
      .filter((key) => useful.some(({ treatments }) => treatments[key]?.some(({ amount }) => amount > 0) ?? false)),
  };
}

function fitOrNull(series: readonly PatientSeries[], spec: PersonalSpec, seed: number): PopulationModel | null {
  try {
    return fitPopulation(series, spec, { seed }).model;
  } catch (error) {
    if (error instanceof DomainError && error.reason === 'INSUFFICIENT_HISTORY') return null;
    throw error;
  }
}

function isMeasuredTwice(visits: PatientSeries['visits']): boolean {
  const seen = new Set<string>();
  return visits.some(({ values }) =>
    Object.keys(values).some((key) => {
      const isAgain = seen.has(key);
      seen.add(key);
      return isAgain;
    }),
  );
}

/** A learned population as plain JSON, all bits kept. */
export interface LearnedPopulationRecord {
  readonly model: ModelRecord;
  readonly validation: Readonly<Record<string, VariableValidation>>;
  readonly seenTreatments: readonly string[];
}

const learnedRecord = z.strictObject({
  model: z.unknown(),
  validation: z.record(z.string(), variableValidation),
  seenTreatments: z.array(z.string()),
});

export const recordOfLearned = ({ model, validation, seenTreatments }: LearnedPopulation): LearnedPopulationRecord => ({
  model: recordOfModel(model),
  validation,
  seenTreatments,
});

/** Reads what {@link recordOfLearned} wrote. @throws {DomainError} INVALID_INPUT */
export function learnedOfRecord(record: unknown): LearnedPopulation {
  const parsed = learnedRecord.safeParse(record);
  if (!parsed.success) {
    throw new DomainError(
      'INVALID_INPUT',
      `The stored model cannot be used: ${parsed.error.issues[0]!.path.join('.')} is at fault.`,
      { field: 'model' },
    );
  }
  return { ...parsed.data, model: modelOfRecord(parsed.data.model) };
}
