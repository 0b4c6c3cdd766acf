import { z } from 'zod';

/**
 * How a disease's values move, as its definition declares it: per dynamic variable the kind of change and what it depends
 * on. How strongly is learned, from other patients and then from the patient.
 */
const key = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a camelCase name');
const scale = z.number().refine((value) => value !== 0, 'must not be 0');
/** Where it is known what a treatment can only do: more of it is never forecast to do the opposite. */
const direction = z.enum(['lowers', 'raises']).optional();

const plainFeature = z.discriminatedUnion('kind', [
  /** The rate that goes on by itself. */
  z.strictObject({ kind: z.literal('intercept') }),
  /** (ln x - ln reference) / scale of a dynamic variable, its own or another one. */
  z.strictObject({ kind: z.literal('log-state'), variable: key, reference: z.number().positive(), scale }),
  /** (x - reference) / scale of a dynamic variable. */
  z.strictObject({ kind: z.literal('state'), variable: key, reference: z.number(), scale }),
  /** (x - reference) / scale of a numeric static variable. */
  z.strictObject({ kind: z.literal('static'), static: key, reference: z.number(), scale }),
  /** The amount of a treatment during the interval. */
  z.strictObject({ kind: z.literal('dose'), treatment: key, direction }),
  /** The square of the amount per day, summed over the days. */
  z.strictObject({ kind: z.literal('dose-squared'), treatment: key, direction }),
  /** What of all amounts acts during the interval, as they fade with the treatment's half-life. */
  z.strictObject({ kind: z.literal('carry-over'), treatment: key, direction }),
]);

/** What a variable's rate of change depends on; an interaction is the product of two. */
const feature = z.union([
  plainFeature,
  z.strictObject({ kind: z.literal('interaction'), of: z.tuple([plainFeature, plainFeature]) }),
]);

export const variableDynamics = z.strictObject({
  /** `log`: ln(x'/x), for values above 0; `absolute`: (x' - x) / scale. */
  change: z.enum(['log', 'absolute']),
  /** Unit of an absolute change; an ordinary one. */
  scale: z.number().positive().default(1),
  /**
   * Standard deviation of a measurement about what it measures: relative to the value for a `log` change, in units of `scale` for an
   * absolute one; 0: exact.
   */
  measurementSd: z.union([z.number().nonnegative().max(2), z.literal('learned')]).default('learned'),
  features: z.array(feature).min(1).max(16),
});

export const treatmentDynamics = z.strictObject({
  /** An ordinary amount per day, in the treatment's unit; effects are told per this amount. */
  ordinaryAmount: z.number().positive(),
  /** Half-life in days of what still acts; 0: an amount acts at once. */
  halfLifeDays: z.union([z.number().nonnegative().max(3650), z.literal('learned')]),
});

export const populationDynamics = z.strictObject({
  /** Effects are rates per so many days. */
  timeUnitDays: z.number().positive().max(36_525),
  /** Gaussians that describe how patients differ. */
  components: z.number().int().min(1).max(8).default(1),
  /** Static variables that shift what is usual: numbers in proportion, categories by their own offset. */
  statics: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('number'), key, centre: z.number(), scale: z.number().positive() }),
        z.strictObject({
          kind: z.literal('category'),
          key,
          levels: z.array(z.union([z.string(), z.number()])).min(2),
        }),
      ]),
    )
    .max(8)
    .default([]),
});

export type DynamicsFeature = z.output<typeof feature>;
export type VariableDynamics = z.output<typeof variableDynamics>;
export type PopulationDynamics = z.output<typeof populationDynamics>;

/** The dynamics of a disease, complete: what is not declared has its default. */
export interface Dynamics {
  readonly timeUnitDays: number;
  readonly components: number;
  readonly statics: PopulationDynamics['statics'];
  readonly variables: readonly {
    readonly key: string;
    readonly title: string;
    readonly plausible: readonly [low: number, high: number];
    readonly change: 'log' | 'absolute';
    readonly scale: number;
    readonly measurementSd: number | 'learned';
    readonly features: readonly DynamicsFeature[];
  }[];
  readonly treatments: readonly {
    readonly key: string;
    readonly title: string;
    readonly ordinaryAmount: number;
    readonly halfLifeDays: number | 'learned';
    readonly maximumPerDay: number;
  }[];
}
