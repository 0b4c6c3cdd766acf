import { z } from 'zod';

/**
 * One declared feature of a variable's rate of change. A feature is worth a plain number at the start of an interval
 * (dimensionless, of order 1) times the duration of the interval, or what a treatment delivers during it. What the start
 * does not know counts as its reference, that is 0.
 */
export type FeatureSpec =
  /** 1: the rate that goes on by itself. */
  | { readonly kind: 'intercept' }
  /** (ln x - ln reference) / scale of a variable's value; its own or another one's. */
  | { readonly kind: 'log-state'; readonly variable: string; readonly reference: number; readonly scale: number }
  /** (x - reference) / scale of a variable's value. */
  | { readonly kind: 'state'; readonly variable: string; readonly reference: number; readonly scale: number }
  /** (x - reference) / scale of a static variable; for interactions, as statics shift every effect anyway. */
  | { readonly kind: 'static'; readonly static: string; readonly reference: number; readonly scale: number }
  /** (day - reference) / scale, days on the clock of the series. */
  | { readonly kind: 'time'; readonly reference: number; readonly scale: number }
  /** Amount given during the interval, in units of the treatment. */
  | ({ readonly kind: 'dose' } & OfTreatment)
  /** Square of the amount per day, summed over the days of the interval: the quadratic part of a dose response. */
  | ({ readonly kind: 'dose-squared' } & OfTreatment)
  /** Part of all past and present amounts that acts during the interval; the half-life is learned or declared. */
  | ({ readonly kind: 'carry-over' } & OfTreatment)
  /** Restricted cubic spline of a feature at these knots (Harrell 2001): one column per knot but the first, linear first. */
  | { readonly kind: 'spline'; readonly of: FeatureSpec; readonly knots: readonly number[] }
  /** Product of two features, of which one at most is about a treatment. */
  | { readonly kind: 'interaction'; readonly of: readonly [FeatureSpec, FeatureSpec] }
  /**
   * Features that a small network makes of declared ones: tanh after each layer, one column per unit of the last. Its
   * weights are data and were fitted elsewhere. `weights[to][from]`.
   */
  | {
      readonly kind: 'network';
      readonly inputs: readonly FeatureSpec[];
      readonly layers: readonly {
        readonly weights: readonly (readonly number[])[];
        readonly biases: readonly number[];
      }[];
    };

interface OfTreatment {
  readonly treatment: string;
  /**
   * Where it is known what the treatment can only do: what measurements leave possible beyond is taken for no effect, so that more of it never
   * does the opposite. Patients whom it hardly touches would else, measured with noise, be told that it harms or helps them.
   */
  readonly direction?: EffectDirection | undefined;
}

/** What a treatment does to a variable in everybody whom it does something to. */
const EFFECT_DIRECTIONS = ['lowers', 'raises'] as const;
export type EffectDirection = (typeof EFFECT_DIRECTIONS)[number];

const key = z.string().min(1).max(128);
const number = z.number();
const scale = z.number().refine((value) => value !== 0, { error: 'must not be 0' });
const direction = z.enum(EFFECT_DIRECTIONS).optional();

/** Reads a feature; see {@link FeatureSpec}. What the names refer to is checked with the whole model. */
export const featureSpec: z.ZodType<FeatureSpec> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('intercept') }),
    z.strictObject({ kind: z.literal('log-state'), variable: key, reference: number.positive(), scale }),
    z.strictObject({ kind: z.literal('state'), variable: key, reference: number, scale }),
    z.strictObject({ kind: z.literal('static'), static: key, reference: number, scale }),
    z.strictObject({ kind: z.literal('time'), reference: number, scale }),
    z.strictObject({ kind: z.literal('dose'), treatment: key, direction }),
    z.strictObject({ kind: z.literal('dose-squared'), treatment: key, direction }),
    z.strictObject({ kind: z.literal('carry-over'), treatment: key, direction }),
    z.strictObject({ kind: z.literal('spline'), of: featureSpec, knots: z.array(number).min(3).max(9) }),
    z.strictObject({ kind: z.literal('interaction'), of: z.tuple([featureSpec, featureSpec]) }),
    z.strictObject({
      kind: z.literal('network'),
      inputs: z.array(featureSpec).min(1).max(64),
      layers: z
        .array(
          z.strictObject({
            weights: z.array(z.array(number).max(256)).min(1).max(256),
            biases: z.array(number).min(1).max(256),
          }),
        )
        .min(1)
        .max(8),
    }),
  ]),
);
