import { EXPOSURES_PER_TREATMENT, type IntervalInputs } from './feature-columns.ts';
import type { FeatureSpec } from './feature-spec.ts';
import type { PersonalSpec } from './personal-spec.ts';

/** One number of an interval that the features of a variable are made of. */
export interface InputCoordinate {
  /** The variable, static or treatment that it tells of; `time` for the day. */
  readonly key: string;
  readonly kind: 'level' | 'log-level' | 'static' | 'time' | 'given' | 'acting';
  /** NaN where unknown. Amounts per day, in the treatment's unit of record. */
  readonly value: (inputs: IntervalInputs) => number;
}

/** What the features of a variable look at, each once, whatever they make of it. */
export function inputCoordinates(spec: PersonalSpec, variable: number): readonly InputCoordinate[] {
  const found = new Map<string, InputCoordinate>();
  for (const feature of spec.variables[variable]!.features.flatMap(leavesOf)) {
    const coordinate = coordinateOf(feature, spec);
    if (coordinate !== null) found.set(`${coordinate.kind} ${coordinate.key}`, coordinate);
  }
  return [...found.values()];
}

function leavesOf(feature: FeatureSpec): readonly FeatureSpec[] {
  if (feature.kind === 'spline') return leavesOf(feature.of);
  if (feature.kind === 'interaction') return feature.of.flatMap(leavesOf);
  return feature.kind === 'network' ? feature.inputs.flatMap(leavesOf) : [feature];
}

function coordinateOf(feature: FeatureSpec, spec: PersonalSpec): InputCoordinate | null {
  switch (feature.kind) {
    case 'log-state': {
      const index = spec.variables.findIndex(({ key }) => key === feature.variable);
      const { floor } = spec.variables[index]!;
      const value = ({ values }: IntervalInputs): number => Math.log(Math.max(values[index]!, floor));
      return { key: feature.variable, kind: 'log-level', value };
    }
    case 'state': {
      const index = spec.variables.findIndex(({ key }) => key === feature.variable);
      return { key: feature.variable, kind: 'level', value: ({ values }) => values[index]! };
    }
    case 'static': {
      const index = spec.statics.findIndex(({ key }) => key === feature.static);
      return { key: feature.static, kind: 'static', value: ({ statics }) => statics[index]! };
    }
    case 'time':
      return { key: 'time', kind: 'time', value: ({ day }) => day };
    case 'dose':
    case 'dose-squared':
      return amount(feature.treatment, 'given', 0, spec);
    case 'carry-over':
      return amount(feature.treatment, 'acting', 2, spec);
    case 'intercept':
    case 'spline':
    case 'interaction':
    case 'network':
      return null;
  }
}

function amount(treatment: string, kind: 'given' | 'acting', place: 0 | 2, spec: PersonalSpec): InputCoordinate {
  const index = spec.treatments.findIndex(({ key }) => key === treatment);
  const { unit } = spec.treatments[index]!;
  const at = EXPOSURES_PER_TREATMENT * index + place;
  const { timeUnitDays } = spec;
  const value = ({ exposures, duration }: IntervalInputs): number =>
    (exposures[at]! * unit) / (duration * timeUnitDays);
  return { key: treatment, kind, value };
}
