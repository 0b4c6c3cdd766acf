import { z } from 'zod';
import { DomainError } from '../../../errors.ts';
import { compileModel, type PersonalPosterior } from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';

/** A posterior as plain JSON; what is unknown (NaN) and what was never (-Infinity) is null. Numbers keep all their bits. */
export type PosteriorRecord = z.infer<typeof posteriorRecord>;

const numbers = z.array(z.number().nullable());

const posteriorRecord = z.strictObject({
  version: z.literal(1),
  statics: numbers,
  visits: z.number().int().nonnegative(),
  day: z.number().nullable(),
  pools: z.array(z.number()),
  since: z.array(
    z
      .strictObject({ day: z.number(), duration: z.number(), values: numbers, exposures: z.array(z.number()) })
      .nullable(),
  ),
  lastValues: numbers,
  logWeights: z.array(z.number()),
  means: z.array(z.number()),
  covariances: z.array(z.number()),
  levels: numbers,
});

/** For storage with the twin. The same posterior gives the same text under `JSON.stringify`. */
export const recordOfPosterior = (posterior: PersonalPosterior): PosteriorRecord => ({
  version: 1,
  statics: orNull(posterior.statics),
  visits: posterior.visits,
  day: posterior.open.day === -Infinity ? null : posterior.open.day,
  pools: [...posterior.open.pools],
  since: posterior.open.since.map((interval) =>
    interval === null
      ? null
      : {
          day: interval.inputs.day,
          duration: interval.inputs.duration,
          values: orNull(interval.inputs.values),
          exposures: [...interval.inputs.exposures],
        },
  ),
  lastValues: orNull(posterior.open.lastValues),
  logWeights: [...posterior.logWeights],
  means: [...posterior.means],
  covariances: [...posterior.covariances],
  levels: orNull(posterior.levels),
});

/**
 * Reads what {@link recordOfPosterior} wrote.
 * @throws {DomainError} INVALID_INPUT where it is no such record or belongs to a model of another shape.
 */
export function posteriorOfRecord(model: PopulationModel, record: unknown): PersonalPosterior {
  const parsed = posteriorRecord.safeParse(record);
  if (!parsed.success) throw refusal(`it is not one (${parsed.error.issues[0]!.path.join('.')})`);
  const { spec, prior } = model;
  const { layout } = compileModel(model);
  const variables = spec.variables.length;
  const n = layout.effects + variables;
  const read = parsed.data;
  const isFitting =
    read.statics.length === spec.statics.length &&
    read.pools.length === spec.treatments.length &&
    read.since.length === variables &&
    read.lastValues.length === variables &&
    read.logWeights.length === prior.components &&
    read.means.length === prior.components * layout.effects &&
    read.covariances.length === prior.components * n * n &&
    read.levels.length === prior.components * variables;
  if (!isFitting) throw refusal('it belongs to another model; rebuild it from the timeline');
  const statics = orNaN(read.statics);
  return {
    statics,
    open: {
      day: read.day ?? -Infinity,
      pools: Float64Array.from(read.pools),
      since: read.since.map((interval) =>
        interval === null
          ? null
          : {
              inputs: {
                statics,
                day: interval.day,
                duration: interval.duration,
                values: orNaN(interval.values),
                exposures: Float64Array.from(interval.exposures),
              },
            },
      ),
      lastValues: orNaN(read.lastValues),
    },
    visits: read.visits,
    logWeights: Float64Array.from(read.logWeights),
    means: Float64Array.from(read.means),
    covariances: Float64Array.from(read.covariances),
    levels: orNaN(read.levels),
  };
}

const orNull = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value));

const orNaN = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (value) => value ?? NaN);

const refusal = (what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The stored posterior cannot be used: ${what}.`, { field: 'posterior' });
