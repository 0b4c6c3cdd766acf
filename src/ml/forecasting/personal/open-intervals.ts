import { addExposure, type Administration, firstOpen } from './exposure.ts';
import { EXPOSURES_PER_TREATMENT, type IntervalInputs } from './feature-columns.ts';
import type { CheckedVisit } from './patient-series.ts';
import type { PersonalSpec, VariableSpec } from './personal-spec.ts';

/**
 * What is open at a moment of a patient's time: per variable the interval since its last measurement, and per treatment the
 * amount still to act. All that the next interval needs of the past.
 */
export interface OpenIntervals {
  /** Of the last visit; -Infinity before the first one. */
  day: number;
  /** Amount still to act, by treatment. */
  readonly pools: Float64Array;
  /** By variable; null before its first measurement and after one that starts no interval. */
  readonly since: (OpenInterval | null)[];
  /** Last known values of all variables, NaN where there is none. */
  readonly lastValues: Float64Array;
}

/** Since the last measurement of a variable. `inputs.values` are those known at its start, `inputs.duration` so far. */
export interface OpenInterval {
  readonly inputs: IntervalInputs;
}

/** Of a patient before the first visit. */
export const noIntervals = (spec: PersonalSpec): OpenIntervals => ({
  day: -Infinity,
  pools: new Float64Array(spec.treatments.length),
  since: spec.variables.map(() => null),
  lastValues: new Float64Array(spec.variables.length).fill(NaN),
});

/** Walks a patient's time from visit to visit. */
export interface TimeWalk {
  readonly spec: PersonalSpec;
  readonly halfLivesDays: Float64Array;
  readonly treatments: readonly (readonly Administration[])[];
  /** Per treatment where to look on; zeros at the beginning of the walk. */
  readonly cursors: Int32Array;
}

/** @param treatments in order, as `checkTreatments` gives them. */
export const timeWalk = (
  spec: PersonalSpec,
  halfLivesDays: Float64Array,
  treatments: readonly (readonly Administration[])[],
): TimeWalk => ({ spec, halfLivesDays, treatments, cursors: new Int32Array(spec.treatments.length) });

/** Lets time pass up to a day: adds exposures and duration to all open intervals. */
export function passTime(open: OpenIntervals, walk: TimeWalk, toDay: number): void {
  const { spec, halfLivesDays, treatments, cursors } = walk;
  const exposures = new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length);
  for (let t = 0; t < spec.treatments.length; t += 1) {
    cursors[t] = firstOpen(treatments[t]!, open.day, cursors[t]!);
    open.pools[t] = addExposure(exposures, t, treatments[t]!, {
      pool: open.pools[t]!,
      fromDay: open.day,
      toDay,
      halfLifeDays: halfLivesDays[t]!,
      unit: spec.treatments[t]!.unit,
      first: cursors[t]!,
    });
  }
  for (const interval of open.since) {
    if (interval === null) continue;
    const { inputs } = interval;
    inputs.duration = (toDay - inputs.day) / spec.timeUnitDays;
    for (let e = 0; e < exposures.length; e += 1) inputs.exposures[e]! += exposures[e]!;
  }
  open.day = toDay;
}

/**
 * Closes the intervals of what was measured and opens new ones there.
 * @param levels of the variables that count as known from now on: the measurements, or estimates of what they measure.
 * @param statics of the patient.
 */
export function openNext(
  open: OpenIntervals,
  spec: PersonalSpec,
  { day, values }: Pick<CheckedVisit, 'day' | 'values'>,
  levels: Float64Array,
  statics: Float64Array,
): void {
  for (let v = 0; v < spec.variables.length; v += 1) {
    if (!Number.isNaN(values[v]!)) open.lastValues[v] = levels[v]!;
  }
  for (let v = 0; v < spec.variables.length; v += 1) {
    if (Number.isNaN(values[v]!)) continue;
    open.since[v] = startsInterval(spec.variables[v]!, levels[v]!)
      ? {
          inputs: {
            values: open.lastValues.slice(),
            statics,
            day,
            duration: 0,
            exposures: new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length),
          },
        }
      : null;
  }
}

/** Whether a change can be counted from a value: always, if it is no relative one. */
export const startsInterval = ({ change, floor }: VariableSpec, value: number): boolean =>
  change === 'absolute' || value > floor;

/** Change of a variable from one value to another, as its declaration counts it; NaN where a logarithm has none. */
export function changeBetween({ change, scale, floor }: VariableSpec, from: number, to: number): number {
  switch (change) {
    case 'relative':
      return to / from - 1;
    case 'log':
      return to > floor ? Math.log(to / from) : NaN;
    case 'absolute':
      return (to - from) / scale;
  }
}

/** The value after a change; the inverse of {@link changeBetween}. */
export function valueAfter({ change, scale }: VariableSpec, from: number, by: number): number {
  switch (change) {
    case 'relative':
      return from * (1 + by);
    case 'log':
      return from * Math.exp(by);
    case 'absolute':
      return from + scale * by;
  }
}
