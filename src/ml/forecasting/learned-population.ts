import { z } from 'zod';
import { DomainError } from '../../errors.ts';
import type { ClinicalCourse } from '../../twins/clinical-course.ts';
import type { Dynamics } from '../../twins/dynamics.ts';
import {
  type CorrectableForecast,
  type HeldOutForecast,
  heldOutForecasts,
  type HeldOutQuestions,
} from './held-out-forecasts.ts';
import { seriesOf, specOf } from './personal-dynamics.ts';
import { logDensity } from './learned/choose-dynamics.ts';
import {
  correctionOfRecord,
  type CorrectionRecord,
  correctionRecord,
  recordOfCorrection,
} from './learned/correction-record.ts';
import { correctionShift, type DirectCorrection, shifted } from './learned/direct-correction.ts';
import { fitCorrection } from './learned/fit-correction.ts';
import { fitPopulation } from './personal/fit-population.ts';
import { modelOfRecord, type ModelRecord, recordOfModel } from './personal/model-record.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PersonalSpec } from './personal/personal-spec.ts';
import type { PopulationModel } from './personal/population-model.ts';
import { normalScore } from './personal/predictive-mixture.ts';
import { validationOf, type VariableValidation, variableValidation } from './validation-table.ts';

/** Everything that was learned from other patients: how patients differ, and what forecasts from it showed on patients left out. */
export interface LearnedPopulation {
  readonly model: PopulationModel;
  /** How its forecasts are corrected; null where they are answered as they are. */
  readonly correction: DirectCorrection | null;
  /** By variable. */
  readonly validation: Readonly<Record<string, VariableValidation>>;
  /** Mean amount per day of follow-up, by treatment that somebody received, over those who did. */
  readonly meanPerDay: Readonly<Record<string, number>>;
}

export interface LearnOptions {
  readonly seed: number;
  /** Whether boosted trees may correct forecasts beside a ridge: slower to learn. */
  readonly isWithTrees?: boolean;
  /** What patients left out are asked; their last visits where nothing is said. */
  readonly questions?: HeldOutQuestions;
  /** Told while it goes on, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Parts that the patients are divided into; each is forecast by a model of the others. */
const FOLDS = 5;
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
): JudgedPopulation | null {
  const spec = specOf(dynamics);
  const series = courses.map((course) => seriesOf(course, dynamics));
  return learnFrom(spec, series, options);
}

/** As {@link learnPopulation}, of series and a declaration that were made elsewhere. */
export function learnFrom(
  spec: PersonalSpec,
  series: readonly PatientSeries[],
  { seed, isWithTrees = false, questions = {}, onProgress = () => undefined }: LearnOptions,
): JudgedPopulation | null {
  const useful = series.filter(({ visits }) => isMeasuredTwice(visits));
  if (useful.length < FEWEST_PATIENTS) return null;
  const model = fitOrNull(useful, spec, seed);
  if (model === null) return null;
  const folds = Math.min(FOLDS, useful.length);
  onProgress(1 / (folds + 1));
  const settled = withWhatWasSearched(model);
  const heldOut: CorrectableForecast[][] = spec.variables.map(() => []);
  for (let fold = 0; fold < folds; fold += 1) {
    const others = useful.filter((_, index) => index % folds !== fold);
    const ofOthers = fitOrNull(others, settled, seed);
    useful.forEach((one, patient) => {
      if (ofOthers === null || patient % folds !== fold) return;
      heldOutForecasts(ofOthers, one, patient, questions).forEach((own, v) => heldOut[v]!.push(...own));
    });
    onProgress((fold + 2) / (folds + 1));
  }
  const fitted = heldOut.map((own) =>
    fitCorrection(
      own.map(({ patient, inputs, change }) => ({ fold: patient % folds, inputs, change })),
      { isWithTrees },
    ),
  );
  const shown = heldOut.map((own, v) => {
    const { correction, heldOut: shifts } = fitted[v]!;
    const shiftedOnes = own.map((one, row) => moved(spec, v, one, shifts[row]!, 1));
    if (correction === null) return { correction, forecasts: shiftedOnes };
    const spread = spreadOf(shiftedOnes);
    return {
      correction: { ...correction, spread },
      forecasts: own.map((one, row) => moved(spec, v, one, shifts[row]!, spread)),
    };
  });
  return judged(
    model,
    shown.map(({ correction }) => correction),
    shown.map(({ forecasts }) => forecasts),
    useful,
  );
}

/** The factor on the spread of forecasts under which normal errors are likeliest. */
function spreadOf(forecasts: readonly HeldOutForecast[]): number {
  const squares = forecasts.map(({ distribution, truth }) => normalScore(distribution, truth) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** The same model with what it shows on patients that it was not fitted on, all of whom it is tried on. */
export function judgeOn(
  { model, correction }: Pick<LearnedPopulation, 'model' | 'correction'>,
  series: readonly PatientSeries[],
  questions: HeldOutQuestions = {},
): JudgedPopulation {
  const heldOut: CorrectableForecast[][] = model.spec.variables.map(() => []);
  series.forEach((one, patient) => {
    heldOutForecasts(model, one, patient, questions).forEach((own, v) => {
      const correcting = correction?.[v] ?? null;
      heldOut[v]!.push(
        ...own.map((each) =>
          moved(
            model.spec,
            v,
            each,
            correcting === null ? 0 : correctionShift(correcting, each.inputs),
            correcting?.spread ?? 1,
          ),
        ),
      );
    });
  });
  return judged(model, correction, heldOut, series);
}

const moved = (
  spec: PersonalSpec,
  v: number,
  one: CorrectableForecast,
  shift: number,
  spread: number,
): CorrectableForecast => ({ ...one, distribution: shifted(spec.variables[v]!, one.distribution, shift, spread) });

/** With how likely what patients left out measured was, patient by patient. */
export interface JudgedPopulation extends LearnedPopulation {
  /** Mean natural logarithm of the density of what was measured, by patient who was tried. */
  readonly logDensities: readonly number[];
  /** What patients left out were forecast, by variable. */
  readonly heldOut: readonly (readonly HeldOutForecast[])[];
}

function judged(
  model: PopulationModel,
  correction: DirectCorrection | null,
  heldOut: readonly (readonly HeldOutForecast[])[],
  series: readonly PatientSeries[],
): JudgedPopulation {
  const { spec } = model;
  return {
    model,
    correction,
    heldOut,
    validation: Object.fromEntries(
      spec.variables.map(({ key, change }, v) => [
        key,
        validationOf(heldOut[v]!, model.stepDays, change === 'absolute' ? 'difference' : 'logarithm'),
      ]),
    ),
    meanPerDay: Object.fromEntries(
      spec.treatments.flatMap(({ key }): [string, number][] => {
        const perDay = series.flatMap((one) => dailyAmount(one, key) ?? []);
        return perDay.length === 0 ? [] : [[key, perDay.reduce((sum, amount) => sum + amount, 0) / perDay.length]];
      }),
    ),
    logDensities: [...Map.groupBy(heldOut.flat(), ({ patient }) => patient)]
      .toSorted(([one], [other]) => one - other)
      .map(([, own]) => own.reduce((sum, one) => sum + logDensity(one.distribution, one.truth) / own.length, 0)),
  };
}

/** Mean amount per day between the first and the last visit; null where it was not given then. */
function dailyAmount({ visits, treatments }: PatientSeries, key: string): number | null {
  const [from, to] = [visits[0]!.day, visits.at(-1)!.day];
  const total = (treatments[key] ?? [])
    .filter(({ fromDay }) => fromDay >= from && fromDay < to)
    .reduce((sum, { amount }) => sum + amount, 0);
  return total > 0 && to > from ? total / (to - from) : null;
}

/**
 * The declaration with half-lives and errors of measurement as they were found: few numbers of the whole population, which one patient
 * hardly moves, and which would be searched for in every turn again.
 */
const withWhatWasSearched = ({ spec, halfLivesDays, measurementSds }: PopulationModel): PersonalSpec => ({
  ...spec,
  variables: spec.variables.map((variable, v) => Object.assign({ ...variable }, { measurementSd: measurementSds[v]! })),
  treatments: spec.treatments.map((treatment, t) =>
    Object.assign({ ...treatment }, { halfLifeDays: halfLivesDays[t]! }),
  ),
});

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
  readonly correction: CorrectionRecord | null;
  readonly validation: Readonly<Record<string, VariableValidation>>;
  readonly meanPerDay: Readonly<Record<string, number>>;
}

const learnedRecord = z.strictObject({
  model: z.unknown(),
  correction: correctionRecord.nullable().default(null),
  validation: z.record(z.string(), variableValidation),
  meanPerDay: z.record(z.string(), z.number().nonnegative()),
});

/** What was learned of a population as JSON. */
export const recordOfLearned = ({
  model,
  correction,
  validation,
  meanPerDay,
}: LearnedPopulation): LearnedPopulationRecord => ({
  model: recordOfModel(model),
  correction: correction === null ? null : recordOfCorrection(correction),
  validation,
  meanPerDay,
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
  const model = modelOfRecord(parsed.data.model);
  const { correction } = parsed.data;
  const read = correction === null ? null : correctionOfRecord(correction, model.spec);
  if (correction !== null && read === null) {
    throw new DomainError(
      'INVALID_INPUT',
      'The stored model cannot be used: correction does not fit its declaration.',
      {
        field: 'model',
      },
    );
  }
  return { ...parsed.data, model, correction: read };
}
