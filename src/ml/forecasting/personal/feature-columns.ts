import type { EffectDirection, FeatureSpec } from './feature-spec.ts';
import type { PersonalSpec } from './personal-spec.ts';

/** What an interval offers to features. Values and statics are in their own units, NaN where unknown. */
export interface IntervalInputs {
  /** At the start of the interval, in the order of the declared variables. */
  readonly values: Float64Array;
  /** In the order of the declared statics. */
  readonly statics: Float64Array;
  /** Of the start, on the clock of the series. */
  day: number;
  /** In time units of the declaration. */
  duration: number;
  /** Of treatment t: amount at 3t, sum of squares of the amount per day at 3t+1, amount that acts at 3t+2; in units of it. */
  readonly exposures: Float64Array;
}

/** Numbers per treatment in {@link IntervalInputs.exposures}. */
export const EXPOSURES_PER_TREATMENT = 3;

/** One number that a variable's change over an interval is linear in. */
export interface FeatureColumn {
  readonly name: string;
  readonly dependsOnState: boolean;
  /** Changes with the half-life of a treatment. */
  readonly dependsOnCarryOver: boolean;
  /** Where its effect can go one way only. */
  readonly direction: EffectDirection | null;
  readonly value: (inputs: IntervalInputs) => number;
}

/** Columns of each declared variable, in the order of its features. @param spec one that `checkSpec` accepts. */
export const compileFeatures = (spec: PersonalSpec): readonly (readonly FeatureColumn[])[] =>
  spec.variables.map(({ features }) => features.flatMap((feature) => columnsOf(feature, spec)));

/** A feature as a number at the start of the interval and, if it is about a treatment, the place of its exposure. */
interface SingleFeature {
  readonly name: string;
  readonly dependsOnState: boolean;
  readonly dependsOnCarryOver: boolean;
  readonly factor: ((inputs: IntervalInputs) => number) | null;
  readonly exposure: number | null;
}

function columnsOf(feature: FeatureSpec, spec: PersonalSpec): FeatureColumn[] {
  if (feature.kind === 'spline') return splineColumns(feature, spec);
  if (feature.kind === 'network') return networkColumns(feature, spec);
  const single = singleOf(feature, spec);
  const { factor, exposure } = single;
  const direction = ('direction' in feature ? feature.direction : undefined) ?? null;
  return [columnOf(single.name, [single], direction, valueOf(factor, exposure))];
}

/** Always with the same fields in the same order, so that engines treat all columns alike: their values are asked for millions of times. */
const columnOf = (
  name: string,
  parts: readonly SingleFeature[],
  direction: EffectDirection | null,
  value: FeatureColumn['value'],
): FeatureColumn => {
  const { dependsOnState, dependsOnCarryOver } = traitsOf(parts);
  return { name, dependsOnState, dependsOnCarryOver, direction, value };
};

function valueOf(factor: SingleFeature['factor'], exposure: number | null): FeatureColumn['value'] {
  if (exposure === null) {
    return factor === null ? (inputs) => inputs.duration : (inputs) => factor(inputs) * inputs.duration;
  }
  return factor === null
    ? (inputs) => inputs.exposures[exposure]!
    : (inputs) => factor(inputs) * inputs.exposures[exposure]!;
}

function singleOf(feature: FeatureSpec, spec: PersonalSpec): SingleFeature {
  const plain = { dependsOnState: false, dependsOnCarryOver: false, factor: null, exposure: null };
  switch (feature.kind) {
    case 'intercept':
      return { ...plain, name: 'intercept' };
    case 'log-state': {
      const index = spec.variables.findIndex(({ key }) => key === feature.variable);
      const { floor } = spec.variables[index]!;
      const origin = Math.log(feature.reference);
      const factor = ({ values }: IntervalInputs): number => {
        const value = values[index]!;
        return Number.isNaN(value) ? 0 : (Math.log(Math.max(value, floor)) - origin) / feature.scale;
      };
      return { ...plain, name: `ln ${feature.variable}`, dependsOnState: true, factor };
    }
    case 'state': {
      const index = spec.variables.findIndex(({ key }) => key === feature.variable);
      const factor = ({ values }: IntervalInputs): number => standardised(values[index]!, feature);
      return { ...plain, name: feature.variable, dependsOnState: true, factor };
    }
    case 'static': {
      const index = spec.statics.findIndex(({ key }) => key === feature.static);
      return { ...plain, name: feature.static, factor: ({ statics }) => standardised(statics[index]!, feature) };
    }
    case 'time':
      return { ...plain, name: 'time', factor: ({ day }) => standardised(day, feature) };
    case 'dose':
    case 'dose-squared':
    case 'carry-over': {
      const treatment = spec.treatments.findIndex(({ key }) => key === feature.treatment);
      const place = ['dose', 'dose-squared', 'carry-over'].indexOf(feature.kind);
      return {
        ...plain,
        name: `${feature.kind} ${feature.treatment}`,
        dependsOnCarryOver: feature.kind === 'carry-over',
        exposure: EXPOSURES_PER_TREATMENT * treatment + place,
      };
    }
    case 'interaction': {
      const [left, right] = [singleOf(feature.of[0], spec), singleOf(feature.of[1], spec)];
      const factors = [left.factor, right.factor].filter((one) => one !== null);
      const [one, other] = factors;
      return {
        ...traitsOf([left, right]),
        name: `${left.name} x ${right.name}`,
        exposure: left.exposure ?? right.exposure,
        factor:
          one === undefined
            ? null
            : other === undefined
              ? one
              : (inputs: IntervalInputs) => one(inputs) * other(inputs),
      };
    }
    case 'spline':
    case 'network':
      throw new TypeError(`a ${feature.kind} has several columns`);
  }
}

const standardised = (value: number, { reference, scale }: { reference: number; scale: number }): number =>
  Number.isNaN(value) ? 0 : (value - reference) / scale;

const traitsOf = (parts: readonly SingleFeature[]): Pick<FeatureColumn, 'dependsOnState' | 'dependsOnCarryOver'> => ({
  dependsOnState: parts.some((one) => one.dependsOnState),
  dependsOnCarryOver: parts.some((one) => one.dependsOnCarryOver),
});

/** Linear beyond the outer knots, so that a forecast never follows a cubic out of the data. */
function splineColumns(feature: FeatureSpec & { kind: 'spline' }, spec: PersonalSpec): FeatureColumn[] {
  const of = singleOf(feature.of, spec);
  const { knots } = feature;
  const [last, before] = [knots.at(-1)!, knots.at(-2)!];
  const width = (last - knots[0]!) ** 2;
  const cube = (x: number): number => (x > 0 ? x * x * x : 0);
  const number = of.factor ?? ((): number => 1);
  const bends = knots.slice(0, -2).map((knot) => (inputs: IntervalInputs): number => {
    const x = number(inputs);
    const tail = (cube(x - before) * (last - knot) - cube(x - last) * (before - knot)) / (last - before);
    return (cube(x - knot) - tail) / width;
  });
  return [number, ...bends].map((factor, index) =>
    columnOf(index === 0 ? of.name : `${of.name} bend ${index}`, [of], null, valueOf(factor, null)),
  );
}

function networkColumns(feature: FeatureSpec & { kind: 'network' }, spec: PersonalSpec): FeatureColumn[] {
  const inputs = feature.inputs.map((input) => singleOf(input, spec));
  const numberOf = ({ factor, exposure }: SingleFeature) => {
    const rate = exposure === null ? null : (at: IntervalInputs): number => at.exposures[exposure]! / at.duration;
    return (at: IntervalInputs): number => (factor?.(at) ?? 1) * (rate?.(at) ?? 1);
  };
  const [first, ...others] = feature.layers.map(({ weights, biases }) => denseLayer(weights, biases));
  // What depends on no level is the same for all sigma points of a step: its part of the first layer is kept.
  const partOf = (isOfState: boolean): NetworkPart => {
    const own = [...inputs.keys()].filter((input) => inputs[input]!.dependsOnState === isOfState);
    return {
      numbers: own.map((input) => numberOf(inputs[input]!)),
      known: new Float64Array(own.length).fill(NaN),
      weights: feature.layers[0]!.weights.map((row) => Float64Array.from(own, (input) => row[input]!)),
    };
  };
  const [fixed, ofState] = [partOf(false), partOf(true)];
  const ofFixed = first!.biases.slice();
  const hidden = first!.outputs;
  const last = others.at(-1)?.outputs ?? hidden;
  const place = new Place(spec);
  const run = (at: IntervalInputs): void => {
    if (readNumbers(fixed, at)) addWeighted(first!.biases, fixed, ofFixed);
    readNumbers(ofState, at);
    addWeighted(ofFixed, ofState, hidden);
    for (let unit = 0; unit < hidden.length; unit += 1) hidden[unit] = Math.tanh(hidden[unit]!);
    let from = hidden;
    for (let depth = 0; depth < others.length; depth += 1) {
      const { weights, biases, outputs } = others[depth]!;
      const width = from.length;
      for (let unit = 0, w = 0; unit < outputs.length; unit += 1) {
        let sum = biases[unit]!;
        for (let i = 0; i < width; i += 1, w += 1) sum += weights[w]! * from[i]!;
        outputs[unit] = Math.tanh(sum);
      }
      from = outputs;
    }
  };
  return Array.from(last, (_, column) =>
    columnOf(`learned ${column + 1}`, inputs, null, (at) => {
      // Columns are asked for one after the other at the same place: the network is run once for all of them.
      if (!place.isStill(at)) run(at);
      return last[column]! * at.duration;
    }),
  );
}

/** What was last offered to features. */
class Place {
  readonly #known: Float64Array;

  constructor({ variables, statics, treatments }: PersonalSpec) {
    const count = 2 + variables.length + statics.length + EXPOSURES_PER_TREATMENT * treatments.length;
    this.#known = new Float64Array(count).fill(Infinity);
  }

  /** Whether the same is offered again; if not, it is kept. */
  isStill({ day, duration, values, statics, exposures }: IntervalInputs): boolean {
    const known = this.#known;
    const isSameTime = Object.is(known[0], day) && Object.is(known[1], duration);
    known[0] = day;
    known[1] = duration;
    const [first, second] = [2 + values.length, 2 + values.length + statics.length];
    const isSameState = keep(known, 2, values);
    const isSamePatient = keep(known, first, statics);
    return keep(known, second, exposures) && isSameTime && isSameState && isSamePatient;
  }
}

/** Writes numbers from a place on. @returns whether they were there already. */
function keep(known: Float64Array, at: number, numbers: Float64Array): boolean {
  let isSame = true;
  for (let i = 0; i < numbers.length; i += 1) {
    if (!Object.is(known[at + i], numbers[i])) isSame = false;
    known[at + i] = numbers[i]!;
  }
  return isSame;
}

/** Some inputs of a network with what the first layer makes of them: by unit a weight per input. */
interface NetworkPart {
  readonly numbers: readonly ((at: IntervalInputs) => number)[];
  /** As they were last read. */
  readonly known: Float64Array;
  readonly weights: readonly Float64Array[];
}

const denseLayer = (weights: readonly (readonly number[])[], biases: readonly number[]) => ({
  weights: Float64Array.from(weights.flat()),
  biases: Float64Array.from(biases),
  outputs: new Float64Array(biases.length),
});

/** @returns whether any number is another than before. */
function readNumbers({ numbers, known }: NetworkPart, at: IntervalInputs): boolean {
  let isNew = false;
  for (let i = 0; i < known.length; i += 1) {
    const number = numbers[i]!(at);
    if (number === known[i]) continue;
    known[i] = number;
    isNew = true;
  }
  return isNew;
}

function addWeighted(start: Float64Array, { known, weights }: NetworkPart, sums: Float64Array): void {
  for (let unit = 0; unit < sums.length; unit += 1) {
    const own = weights[unit]!;
    let sum = start[unit]!;
    for (let i = 0; i < known.length; i += 1) sum += own[i]! * known[i]!;
    sums[unit] = sum;
  }
}
