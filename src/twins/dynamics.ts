import { z } from 'zod';

/**
 * How a disease's values move, as its definition declares it: per dynamic variable the kind of change and what it depends
 * on. How strongly is learned, from other patients and then from the patient.
 */
const key = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a camelCase name');
const scale = z.number().refine((value) => value !== 0, 'must not be 0');

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
  z.strictObject({ kind: z.literal('dose'), treatment: key }),
  /** The square of the amount per day, summed over the days. */
  z.strictObject({ kind: z.literal('dose-squared'), treatment: key }),
  /** What of all amounts acts during the interval, as they fade with the treatment's half-life. */
  z.strictObject({ kind: z.literal('carry-over'), treatment: key }),
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

type Feature = z.output<typeof feature>;

/** The dynamics of a disease, complete: what is not declared has its default. */
export interface Dynamics {
  readonly timeUnitDays: number;
  readonly components: number;
  readonly statics: z.output<typeof populationDynamics>['statics'];
  readonly variables: readonly {
    readonly key: string;
    readonly title: string;
    readonly plausible: readonly [low: number, high: number];
    readonly change: 'log' | 'absolute';
    readonly scale: number;
    readonly measurementSd: number | 'learned';
    readonly features: readonly Feature[];
  }[];
  readonly treatments: readonly {
    readonly key: string;
    readonly title: string;
    readonly ordinaryAmount: number;
    readonly halfLifeDays: number | 'learned';
    readonly maximumPerDay: number;
  }[];
}

/** Names in declared dynamics that are no variable of the role that they are used in, each with its path in the file. */
export function dynamicsFaults(of: {
  readonly variables: readonly {
    readonly key: string;
    readonly role: 'dynamic' | 'treatment' | 'static';
    readonly dynamics?: unknown;
  }[];
  readonly forecasting: { readonly dynamics?: z.output<typeof populationDynamics> | undefined };
}): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const isA = (role: string, name: string): boolean =>
    of.variables.some((variable) => variable.key === name && variable.role === role);
  const unknown = (role: string, name: string, path: readonly (string | number)[]) =>
    isA(role, name) ? [] : [{ path, message: `"${name}" is no ${role} variable` }];
  const inFeature = (one: Feature, path: readonly (string | number)[]): ReturnType<typeof unknown> => {
    switch (one.kind) {
      case 'intercept':
        return [];
      case 'log-state':
      case 'state':
        return unknown('dynamic', one.variable, [...path, 'variable']);
      case 'static':
        return unknown('static', one.static, [...path, 'static']);
      case 'interaction':
        return one.of.flatMap((part, index) => inFeature(part, [...path, 'of', index]));
      default:
        return unknown('treatment', one.treatment, [...path, 'treatment']);
    }
  };
  return [
    ...of.variables.flatMap((variable, index) => {
      const declared = variableDynamics.safeParse(variable.dynamics);
      if (variable.role !== 'dynamic' || !declared.success) return [];
      return declared.data.features.flatMap((one, at) =>
        inFeature(one, ['variables', index, 'dynamics', 'features', at]),
      );
    }),
    ...(of.forecasting.dynamics?.statics ?? []).flatMap((one, index) =>
      unknown('static', one.key, ['forecasting', 'dynamics', 'statics', index, 'key']),
    ),
  ];
}
