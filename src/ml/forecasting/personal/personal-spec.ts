import { z } from 'zod';
import { DomainError } from '../../../errors.ts';
import { type FeatureSpec, featureSpec } from './feature-spec.ts';

/**
 * How the change of a variable over an interval is measured: `relative` x'/x - 1, for visits at even distances (a step of the
 * forecast is a step of the visits); `log` ln(x'/x), for positive values at uneven distances; `absolute` (x' - x) / scale, for
 * scores that cross zero.
 */
export type ChangeKind = 'relative' | 'log' | 'absolute';

/** A dynamic variable: how it changes, and with which features. */
export interface VariableSpec {
  readonly key: string;
  readonly change: ChangeKind;
  /** Unit of an absolute change, above 0; 1 for the others. */
  readonly scale: number;
  /** Above 0 unless the change is absolute: a value at or below it has no relative change and starts no interval. */
  readonly floor: number;
  /** A value outside of it is left out, with a caveat. */
  readonly plausible: readonly [number, number];
  /** Standard deviation of a measurement: relative to the value, or in units of `scale` where the change is absolute. */
  readonly measurementSd: number | 'learned';
  readonly features: readonly FeatureSpec[];
}

export interface TreatmentSpec {
  readonly key: string;
  /** An ordinary amount, above 0: features are in this unit. */
  readonly unit: number;
  /** Half-life in days of the part that still acts; 0: an amount acts at once. */
  readonly halfLifeDays: number | 'learned';
}

/** A static variable shifts the population's mean effects: a category by its own offset, a number in proportion. */
export type StaticSpec =
  | {
      readonly key: string;
      readonly kind: 'category';
      /** Values that were seen; the first one is the reference. Any other value, or none, counts as the average patient. */
      readonly levels: readonly number[];
    }
  | { readonly key: string; readonly kind: 'number'; readonly centre: number; readonly scale: number };

/** What a personal model is about: declared once per disease, the same for every patient. */
export interface PersonalSpec {
  /** Effects are rates per so many days: 1 for daily visits, 365.25 for yearly ones. */
  readonly timeUnitDays: number;
  readonly variables: readonly VariableSpec[];
  readonly treatments: readonly TreatmentSpec[];
  readonly statics: readonly StaticSpec[];
  /** Gaussians in the population prior, 1..8. */
  readonly components: number;
}

const key = z.string().min(1).max(128);
const positive = z.number().positive();

const variable = z.strictObject({
  key,
  change: z.enum(['relative', 'log', 'absolute']),
  scale: positive,
  floor: z.number().nonnegative(),
  plausible: z.tuple([z.number(), z.number()]),
  measurementSd: z.union([z.number().nonnegative().max(10), z.literal('learned')]),
  features: z.array(featureSpec).min(1).max(32),
});

/** Reads a declaration of unknown origin; {@link checkSpec} says whether it makes sense. */
export const personalSpec = z.strictObject({
  timeUnitDays: positive.max(36_525),
  variables: z.array(variable).min(1).max(32),
  treatments: z
    .array(
      z.strictObject({
        key,
        unit: positive,
        halfLifeDays: z.union([z.number().nonnegative().max(36_525), z.literal('learned')]),
      }),
    )
    .max(32),
  statics: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ key, kind: z.literal('category'), levels: z.array(z.number()).min(1).max(32) }),
        z.strictObject({ key, kind: z.literal('number'), centre: z.number(), scale: positive }),
      ]),
    )
    .max(32),
  components: z.number().int().min(1).max(8),
});

/**
 * Refuses a declaration that no model can be made of.
 * @throws {DomainError} INVALID_INPUT naming the field: unknown names, names that occur twice, a relative change without
 *   a floor, an empty plausible range, products of two treatments, layers that do not fit each other.
 */
export function checkSpec(spec: PersonalSpec): void {
  const parsed = personalSpec.safeParse(spec);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw refusal(issue.path.join('.'), `is not valid: ${issue.message}`);
  }
  const names = {
    variable: spec.variables.map((one) => one.key),
    treatment: spec.treatments.map((one) => one.key),
    static: spec.statics.map((one) => one.key),
  };
  for (const [role, keys] of Object.entries(names)) {
    const twice = keys.find((one, index) => keys.indexOf(one) !== index);
    if (twice !== undefined) throw refusal(`${role}s`, `has ${twice} twice`);
  }
  spec.variables.forEach(({ plausible, change, floor, features }, index) => {
    const field = `variables[${index}]`;
    if (!(plausible[0] < plausible[1])) throw refusal(`${field}.plausible`, 'must be a range from low to high');
    if (change !== 'absolute' && !(floor > 0))
      throw refusal(`${field}.floor`, `must be above 0 for a ${change} change`);
    features.forEach((feature, at) => checkFeature(feature, `${field}.features[${at}]`, spec, names));
  });
}

type Names = Readonly<Record<'variable' | 'treatment' | 'static', readonly string[]>>;

function checkFeature(feature: FeatureSpec, field: string, spec: PersonalSpec, names: Names): void {
  const known = (role: keyof Names, name: string): void => {
    if (!names[role].includes(name)) throw refusal(field, `names the ${role} ${name}, which is not declared`);
  };
  switch (feature.kind) {
    case 'intercept':
    case 'time':
      return;
    case 'log-state':
      known('variable', feature.variable);
      if (!(spec.variables.find((one) => one.key === feature.variable)!.floor > 0)) {
        throw refusal(field, `takes the logarithm of ${feature.variable}, whose floor is not above 0`);
      }
      return;
    case 'state':
      return known('variable', feature.variable);
    case 'static':
      return known('static', feature.static);
    case 'dose':
    case 'dose-squared':
    case 'carry-over':
      return known('treatment', feature.treatment);
    case 'spline':
      if (isAboutTreatment(feature.of) || !isSingle(feature.of)) {
        throw refusal(field, 'must be a spline of one number that is known at the start of an interval');
      }
      if (feature.knots.some((knot, index) => index > 0 && knot <= feature.knots[index - 1]!)) {
        throw refusal(field, 'must have knots in ascending order');
      }
      return checkFeature(feature.of, field, spec, names);
    case 'interaction':
      if (feature.of.every(isAboutTreatment)) throw refusal(field, 'multiplies two treatments; use a network for that');
      if (!feature.of.every(isSingle)) throw refusal(field, 'multiplies a feature of several columns');
      if (feature.of.some(isDirected))
        throw refusal(field, 'multiplies a feature with a direction; a product has none');
      return feature.of.forEach((one) => checkFeature(one, field, spec, names));
    case 'network': {
      let width = feature.inputs.length;
      for (const { weights, biases } of feature.layers) {
        if (weights.length !== biases.length || weights.some((row) => row.length !== width)) {
          throw refusal(field, 'has layers that do not fit each other');
        }
        width = biases.length;
      }
      if (!feature.inputs.every(isSingle)) throw refusal(field, 'has an input of several columns');
      return feature.inputs.forEach((one) => checkFeature(one, field, spec, names));
    }
  }
}

const isSingle = ({ kind }: FeatureSpec): boolean => kind !== 'spline' && kind !== 'network';

/** Whether a feature is worth what a treatment delivers, rather than a number at the start times the duration. */
function isAboutTreatment(feature: FeatureSpec): boolean {
  if (feature.kind === 'interaction') return feature.of.some(isAboutTreatment);
  return feature.kind === 'dose' || feature.kind === 'dose-squared' || feature.kind === 'carry-over';
}

const isDirected = (feature: FeatureSpec): boolean => 'direction' in feature && feature.direction !== undefined;

const refusal = (field: string, what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The declaration of the personal model: ${field} ${what}.`, { field });
