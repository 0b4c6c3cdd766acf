import type { Batch } from '../../engine/compile-train-step.ts';
import type { FeatureSpec } from '../personal/feature-spec.ts';
import type { CheckedSeries } from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import type { FeatureNetworkShape } from './effect-evidence.ts';
import { type InputTable, momentsOf } from './learned-inputs.ts';

/** How numbers are brought to order 1 for training. */
export interface FeatureScaling {
  /** By variable and input: [variables][inputs]. */
  readonly inputs: readonly (readonly { readonly mean: number; readonly sd: number }[])[];
  /** Standard deviation of a change, and length in days of an interval of reference, by variable. */
  readonly changes: readonly number[];
  readonly referenceDays: readonly number[];
}

/** Of training patients. */
export const scalingOf = ({ tables, values, inputs }: InputTable): FeatureScaling => ({
  inputs: values.map((own) =>
    Array.from({ length: inputs }, (_, input) => momentsOf(own.filter((_value, at) => at % inputs === input))),
  ),
  changes: tables.map(({ changes, rows }) => momentsOf([...changes.subarray(0, rows)]).sd),
  referenceDays: tables.map(({ days, rows }) => medianOf(days.subarray(0, rows))),
});

/** NaN of nothing. */
function medianOf(numbers: Float64Array): number {
  const sorted = numbers.slice().sort();
  return sorted.length === 0 ? NaN : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Most intervals that a patient has of one variable. */
export const longestSeries = ({ tables }: InputTable): number =>
  tables.reduce(
    (most, { from }) =>
      from.reduce((longest, start, k) => (k === 0 ? longest : Math.max(longest, start - from[k - 1]!)), most),
    1,
  );

/**
 * The intervals of some patients as arrays; missing patients and intervals are filled up with ones that count nothing.
 * @param keptAt shares that the table was counted for. @param windowStart draws the first interval of 0 ... count - 1 where a
 *   series is longer than the batch.
 */
export function featureBatch(
  { tables, values, slopes, designs, inputs: width }: InputTable,
  { variables, patients, intervals, offsets, treatments }: FeatureNetworkShape,
  { inputs: inputScaling, changes: changeScales, referenceDays }: FeatureScaling,
  { spec, inputs }: { readonly spec: PersonalSpec; readonly inputs: readonly FeatureSpec[] },
  chosen: readonly number[],
  keptAt: readonly number[],
  windowStart: (count: number) => number,
): Batch {
  const rows = variables * patients * intervals;
  const batch = {
    inputs: new Float32Array(rows * width),
    slopes: new Float32Array(rows * width),
    changes: new Float32Array(rows),
    durations: new Float32Array(rows),
    lengths: new Float32Array(rows).fill(1),
    present: new Float32Array(rows),
  };
  for (let v = 0; v < variables; v += 1) {
    const { from, changes, days } = tables[v]!;
    const scaling = inputScaling[v]!;
    chosen.forEach((patient, place) => {
      const [start, end] = [from[patient]!, from[patient + 1]!];
      const spare = end - start - intervals;
      const first = start + (spare > 0 ? windowStart(spare + 1) : 0);
      for (let row = first; row < Math.min(end, first + intervals); row += 1) {
        const at = (v * patients + place) * intervals + row - first;
        batch.changes[at] = changes[row]! / changeScales[v]!;
        batch.durations[at] = days[row]! / spec.timeUnitDays;
        batch.lengths[at] = days[row]! / referenceDays[v]!;
        batch.present[at] = 1;
        for (let input = 0; input < width; input += 1) {
          const { mean, sd } = scaling[input]!;
          batch.inputs[at * width + input] = (values[v]![row * width + input]! - mean) / sd;
          batch.slopes[at * width + input] = slopes[v]![row * width + input]! / sd;
        }
      }
    });
  }
  const ofDesigns = new Float32Array(variables * patients * offsets);
  if (offsets > 0) {
    for (let v = 0; v < variables; v += 1) {
      chosen.forEach((patient, place) => ofDesigns.set(designs[patient]!, (v * patients + place) * offsets));
    }
  }
  return {
    ...batch,
    ...(offsets > 0 ? { designs: ofDesigns } : {}),
    ...(treatments > 0 ? { owners: ownersOf(spec, inputs), keptAt: Float32Array.from(keptAt) } : {}),
  };
}

/** Which treatment's half-life an input depends on: [treatments, inputs]. */
const ownersOf = (spec: PersonalSpec, inputs: readonly FeatureSpec[]): Float32Array =>
  Float32Array.from(
    spec.treatments.flatMap(({ key }) =>
      inputs.map((input) => Number(input.kind === 'carry-over' && input.treatment === key)),
    ),
  );

/** The trained networks as features of a declaration, what brings inputs to order 1 folded into the first layer. */
export const networkFeatures = (
  weights: ReadonlyMap<string, Float32Array>,
  { variables, inputs: width, hidden, features }: FeatureNetworkShape,
  scaling: FeatureScaling,
  inputs: readonly FeatureSpec[],
): FeatureSpec[] =>
  Array.from({ length: variables }, (_, v): FeatureSpec => {
    const first = (input: number, unit: number): number =>
      weights.get('hidden.weights')![(v * width + input) * hidden + unit]! / scaling.inputs[v]![input]!.sd;
    const columns = Array.from({ length: width }, (_one, input) => input);
    return {
      kind: 'network',
      inputs,
      layers: [
        {
          weights: Array.from({ length: hidden }, (_one, unit) => columns.map((input) => first(input, unit))),
          biases: Array.from({ length: hidden }, (_one, unit) =>
            columns.reduce(
              (sum, input) => sum - first(input, unit) * scaling.inputs[v]![input]!.mean,
              weights.get('hidden.bias')![v * hidden + unit]!,
            ),
          ),
        },
        {
          weights: Array.from({ length: features }, (_one, feature) =>
            Array.from(
              { length: hidden },
              (_unit, unit) => weights.get('features.weights')![(v * hidden + unit) * features + feature]!,
            ),
          ),
          biases: Array.from(
            { length: features },
            (_one, feature) => weights.get('features.bias')![v * features + feature]!,
          ),
        },
      ],
    };
  });

/** Median distance of two neighbouring visits of a patient, in days. */
export const medianDistance = (population: readonly CheckedSeries[]): number =>
  medianOf(
    Float64Array.from(
      population.flatMap(({ visits }) => visits.slice(1).map(({ day }, before) => day - visits[before]!.day)),
    ),
  );
