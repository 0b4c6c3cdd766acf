import type { IntervalTable } from './interval-table.ts';

/**
 * What every patient's intervals say about the patient's effects, as sums with the weight 1/h of each interval: one record of
 * numbers per patient. Per variable v of F features: the lower triangle of sum f f'/h, row by row; sum f y/h; then
 * sum y^2/h, sum ln h, number of intervals.
 */
export interface EffectStatistics {
  readonly patients: number;
  readonly layout: EffectLayout;
  /** [patients, layout.stride] */
  readonly sums: Float64Array;
}

/** Where the effects of each variable lie in the vector of all effects, and its sums in a patient's record. */
export interface EffectLayout {
  readonly effects: number;
  readonly stride: number;
  readonly blocks: readonly EffectBlock[];
}

export interface EffectBlock {
  readonly variable: number;
  /** First effect and number of effects of the variable. */
  readonly first: number;
  readonly size: number;
  /** Places in a record: of f f', f y, and of the three single sums. */
  readonly products: number;
  readonly moments: number;
  readonly rest: number;
}

/** @param sizes number of features of each variable. */
export function effectLayout(sizes: readonly number[]): EffectLayout {
  const blocks: EffectBlock[] = [];
  let [first, place] = [0, 0];
  sizes.forEach((size, variable) => {
    const moments = place + (size * (size + 1)) / 2;
    blocks.push({ variable, first, size, products: place, moments, rest: moments + size });
    first += size;
    place = moments + size + 3;
  });
  return { effects: first, stride: place, blocks };
}

/** Variance of an interval's change relative to one of the reference length: measurement does not grow with time, process does. */
export const noiseShape = (days: number, referenceDays: number, measurementShare: number): number =>
  measurementShare + (1 - measurementShare) * (days / referenceDays);

/** @param referenceDays, measurementShares by variable, see {@link noiseShape}. */
export function effectStatistics(
  tables: readonly IntervalTable[],
  patients: number,
  layout: EffectLayout,
  referenceDays: Float64Array,
  measurementShares: Float64Array,
): EffectStatistics {
  const { stride, blocks } = layout;
  const sums = new Float64Array(patients * stride);
  for (const { variable, size, products, moments, rest } of blocks) {
    const { from, features, changes, days } = tables[variable]!;
    for (let patient = 0; patient < patients; patient += 1) {
      const record = patient * stride;
      for (let row = from[patient]!; row < from[patient + 1]!; row += 1) {
        const shape = noiseShape(days[row]!, referenceDays[variable]!, measurementShares[variable]!);
        const weight = 1 / shape;
        const change = changes[row]!;
        const f = row * size;
        let at = record + products;
        for (let a = 0; a < size; a += 1) {
          const weighted = features[f + a]! * weight;
          for (let b = 0; b <= a; b += 1, at += 1) sums[at]! += weighted * features[f + b]!;
          sums[record + moments + a]! += weighted * change;
        }
        sums[record + rest]! += change * change * weight;
        sums[record + rest + 1]! += Math.log(shape);
        sums[record + rest + 2]! += 1;
      }
    }
  }
  return { patients, layout, sums };
}
