import { compileFeatures } from '../personal/feature-columns.ts';
import type { FeatureSpec } from '../personal/feature-spec.ts';
import { countActing, cutIntervals, fillFeatures, type IntervalTable } from '../personal/interval-table.ts';
import { type CheckedSeries, designSize, staticDesign } from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';

/**
 * What a network is shown where no law is declared: the last level of every variable (its logarithm, where changes are
 * relative), numeric statics, and of every treatment the dose and what still acts.
 */
export function plainInputs(spec: PersonalSpec, population: readonly CheckedSeries[]): FeatureSpec[] {
  return [
    ...spec.variables.map(({ key, change }, v): FeatureSpec => {
      const isLogarithmic = change !== 'absolute';
      const levels = population.flatMap(({ visits }) =>
        visits.map(({ values }) => (isLogarithmic ? Math.log(values[v]!) : values[v]!)).filter(Number.isFinite),
      );
      const { mean, sd } = momentsOf(levels);
      return isLogarithmic
        ? { kind: 'log-state', variable: key, reference: Math.exp(mean), scale: sd }
        : { kind: 'state', variable: key, reference: mean, scale: sd };
    }),
    ...spec.statics.flatMap((one): FeatureSpec[] =>
      one.kind === 'number' ? [{ kind: 'static', static: one.key, reference: one.centre, scale: one.scale }] : [],
    ),
    ...spec.treatments.flatMap(({ key, halfLifeDays }): FeatureSpec[] => [
      { kind: 'dose', treatment: key },
      ...(halfLifeDays === 0 ? [] : [{ kind: 'carry-over' as const, treatment: key }]),
    ]),
  ];
}

/** Every interval of a population as a network sees it: [variables][rows]. */
export interface InputTable {
  readonly inputs: number;
  readonly tables: readonly IntervalTable[];
  /** By variable: numbers per unit of time, [rows, inputs], and how they change with the kept share of their treatment. */
  readonly values: readonly Float32Array[];
  readonly slopes: readonly Float32Array[];
  /** Static offsets of each patient: [patients, offsets]. */
  readonly designs: readonly Float64Array[];
  /** Counts exposures anew for these kept shares per step, by treatment. */
  recount(kept: readonly number[]): void;
}

const SHARE_STEP = 0.01;

/** Half-life in days of a share that is kept per step of so many days. */
export const halfLifeOf = (kept: number, stepDays: number): number =>
  kept > 0 ? (stepDays * Math.LN2) / -Math.log(Math.min(kept, 0.999)) : 0;

/**
 * Cuts a population into intervals and fills in what a network is shown of each. A half-life enters through the share of an
 * amount that is kept per step; inputs come with their derivative by it, so that it can be trained with the network.
 * @param stepDays what a kept share is told per. @param averageDesign stands for unknown statics.
 */
export function inputTable(
  spec: PersonalSpec,
  inputs: readonly FeatureSpec[],
  population: readonly CheckedSeries[],
  stepDays: number,
  averageDesign: Float64Array,
): InputTable {
  const shown: PersonalSpec = { ...spec, variables: spec.variables.map((one) => ({ ...one, features: inputs })) };
  const columns = compileFeatures(shown);
  const halfLifeAt = (treatment: number, kept: number): number => {
    const declared = spec.treatments[treatment]!.halfLifeDays;
    return declared === 'learned' ? halfLifeOf(kept, stepDays) : declared;
  };
  const tables = cutIntervals(
    shown,
    columns,
    population,
    Float64Array.from(spec.treatments, (_, t) => halfLifeAt(t, 0.5)),
  );
  const width = inputs.length;
  const values = tables.map(({ rows }) => new Float32Array(rows * width));
  const slopes = tables.map(({ rows }) => new Float32Array(rows * width));
  const rate = ({ features, days }: IntervalTable, at: number): number =>
    (features[at]! * spec.timeUnitDays) / days[Math.floor(at / width)]!;
  return {
    inputs: width,
    tables,
    values,
    slopes,
    designs: population.map(({ statics }) => staticDesign(spec.statics, statics, averageDesign)),
    recount(kept) {
      kept.forEach((share, t) => countActing(shown, tables, population, t, halfLifeAt(t, share)));
      fillFeatures(shown, columns, tables, population, false);
      tables.forEach((table, v) => values[v]!.forEach((_, at) => (values[v]![at] = rate(table, at))));
      spec.treatments.forEach(({ key, halfLifeDays }, t) => {
        if (halfLifeDays !== 'learned') return;
        const column = inputs.findIndex((input) => input.kind === 'carry-over' && input.treatment === key);
        countActing(shown, tables, population, t, halfLifeAt(t, kept[t]! + SHARE_STEP));
        fillFeatures(shown, columns, tables, population, true);
        countActing(shown, tables, population, t, halfLifeAt(t, kept[t]!));
        tables.forEach((table, v) => {
          for (let at = column; at < slopes[v]!.length; at += width) {
            slopes[v]![at] = (rate(table, at) - values[v]![at]!) / SHARE_STEP;
          }
        });
      });
    },
  };
}

/** Mean static offsets of a population, as a patient whose statics are unknown has. */
export function averageDesignOf(spec: PersonalSpec, population: readonly CheckedSeries[]): Float64Array {
  const unknown = new Float64Array(designSize(spec.statics)).fill(NaN);
  const designs = population.map(({ statics }) => staticDesign(spec.statics, statics, unknown));
  return unknown.map((_, at) => momentsOf(designs.map((design) => design[at]!).filter(Number.isFinite)).mean);
}

/** Mean and standard deviation; 0 and 1 of nothing, and a deviation of 1 where nothing differs. */
export function momentsOf(numbers: ArrayLike<number>): { readonly mean: number; readonly sd: number } {
  const n = numbers.length;
  if (n === 0) return { mean: 0, sd: 1 };
  let [mean, variance] = [0, 0];
  for (let k = 0; k < n; k += 1) mean += numbers[k]! / n;
  for (let k = 0; k < n; k += 1) variance += (numbers[k]! - mean) ** 2 / n;
  return { mean, sd: Math.sqrt(variance) || 1 };
}
