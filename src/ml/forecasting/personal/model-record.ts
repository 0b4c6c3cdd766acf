import { z } from 'zod';
import { DomainError } from '../../../errors.ts';
import { compileFeatures } from './feature-columns.ts';
import { designSize } from './patient-series.ts';
import { checkSpec, personalSpec } from './personal-spec.ts';
import type { PopulationModel } from './population-model.ts';
import { DISTANCE_QUANTILES } from './training-support.ts';

/** A population model as plain JSON, all bits kept. */
export type ModelRecord = z.infer<typeof modelRecord>;

const numbers = z.array(z.number());

const modelRecord = z.strictObject({
  version: z.literal(1),
  spec: personalSpec,
  prior: z.strictObject({
    weights: numbers,
    means: numbers,
    covariances: numbers,
    shifts: numbers,
    noiseVariances: numbers,
  }),
  halfLivesDays: numbers,
  referenceDays: numbers,
  measurementShares: numbers,
  measurementSds: numbers,
  /** Absent in older records: none. */
  hasHeavyTails: z.array(z.boolean()).optional(),
  averageDesign: numbers,
  stepDays: z.number().positive(),
  supports: z.array(
    z
      .strictObject({
        means: numbers,
        sds: numbers,
        lows: numbers,
        highs: numbers,
        rows: numbers,
        distances: numbers.length(DISTANCE_QUANTILES.length),
      })
      .nullable(),
  ),
  evidence: z.strictObject({
    patients: z.number(),
    intervals: z.number(),
    logLikelihoodPerInterval: z.number(),
    numbers: z.number(),
    seed: z.number(),
  }),
});

/** For the model registry. The same model gives the same text under `JSON.stringify`. */
export const recordOfModel = (model: PopulationModel): ModelRecord => ({
  version: 1,
  spec: personalSpec.parse(model.spec),
  prior: {
    weights: [...model.prior.weights],
    means: [...model.prior.means],
    covariances: [...model.prior.covariances],
    shifts: [...model.prior.shifts],
    noiseVariances: [...model.prior.noiseVariances],
  },
  halfLivesDays: [...model.halfLivesDays],
  referenceDays: [...model.referenceDays],
  measurementShares: [...model.measurementShares],
  measurementSds: [...model.measurementSds],
  ...(model.hasHeavyTails.includes(true) ? { hasHeavyTails: [...model.hasHeavyTails] } : {}),
  averageDesign: [...model.averageDesign],
  stepDays: model.stepDays,
  supports: model.supports.map((support) =>
    support === null
      ? null
      : {
          means: [...support.means],
          sds: [...support.sds],
          lows: [...support.lows],
          highs: [...support.highs],
          rows: [...support.rows],
          distances: [...support.distances],
        },
  ),
  evidence: { ...model.evidence },
});

/**
 * Reads what {@link recordOfModel} wrote.
 * @throws {DomainError} INVALID_INPUT where it is no such record or its parts do not fit its declaration.
 */
export function modelOfRecord(record: unknown): PopulationModel {
  const parsed = modelRecord.safeParse(record);
  if (!parsed.success) throw refusal(`it is not one (${parsed.error.issues[0]!.path.join('.')})`);
  const { spec, prior, evidence, stepDays, supports, ...rest } = parsed.data;
  const { hasHeavyTails = spec.variables.map(() => false) } = rest;
  checkSpec(spec);
  const effects = compileFeatures(spec).reduce((sum, { length }) => sum + length, 0);
  const offsets = designSize(spec.statics);
  const k = spec.components;
  const variables = spec.variables.length;
  const isFitting =
    prior.weights.length === k &&
    prior.means.length === k * effects &&
    prior.covariances.length === k * effects * effects &&
    prior.shifts.length === effects * offsets &&
    [prior.noiseVariances, rest.referenceDays, rest.measurementShares, rest.measurementSds, hasHeavyTails].every(
      ({ length }) => length === variables,
    ) &&
    rest.halfLivesDays.length === spec.treatments.length &&
    rest.averageDesign.length === offsets &&
    supports.length === variables;
  if (!isFitting) throw refusal('its parts do not fit its declaration');
  return {
    spec,
    prior: {
      effects,
      components: k,
      offsets,
      weights: Float64Array.from(prior.weights),
      means: Float64Array.from(prior.means),
      covariances: Float64Array.from(prior.covariances),
      shifts: Float64Array.from(prior.shifts),
      noiseVariances: Float64Array.from(prior.noiseVariances),
    },
    halfLivesDays: Float64Array.from(rest.halfLivesDays),
    referenceDays: Float64Array.from(rest.referenceDays),
    measurementShares: Float64Array.from(rest.measurementShares),
    measurementSds: Float64Array.from(rest.measurementSds),
    hasHeavyTails,
    averageDesign: Float64Array.from(rest.averageDesign),
    stepDays,
    supports: supports.map((support) =>
      support === null
        ? null
        : {
            means: Float64Array.from(support.means),
            sds: Float64Array.from(support.sds),
            lows: Float64Array.from(support.lows),
            highs: Float64Array.from(support.highs),
            rows: Float64Array.from(support.rows),
            distances: Float64Array.from(support.distances),
          },
    ),
    evidence,
  };
}

const refusal = (what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The stored population model cannot be used: ${what}.`, { field: 'model' });
