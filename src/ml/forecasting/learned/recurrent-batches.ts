import type { RandomStream } from '../../cohorts/random-stream.ts';
import type { Batch } from '../../engine/compile-train-step.ts';
import { addExposure } from '../personal/exposure.ts';
import { EXPOSURES_PER_TREATMENT } from '../personal/feature-columns.ts';
import { changeBetween, startsInterval } from '../personal/open-intervals.ts';
import type { CheckedSeries } from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import { halfLifeOf, momentsOf } from './learned-inputs.ts';
import type { RecurrentShape } from './recurrent-network.ts';
import {
  carryOverPlaces,
  intervalWidth,
  levelsAfter,
  nothingKnown,
  type RecurrentScaling,
  visitWidth,
  writeIntervalRow,
  writeVisitRow,
} from './recurrent-rows.ts';

/** A patient as sequences are made from. */
export interface RecurrentSeries {
  readonly series: CheckedSeries;
  readonly design: Float64Array;
  /** Dose and carry-over by treatment in the interval before each visit, and their slopes by the kept share: [visits, 2 treatments]. */
  readonly exposures: Float64Array;
  readonly slopes: Float64Array;
}

const SHARE_STEP = 0.01;

/** Counts exposures for these kept shares per step, with their slopes by the share of their own treatment. */
export function recurrentSeries(
  spec: PersonalSpec,
  series: CheckedSeries,
  design: Float64Array,
  kept: readonly number[],
  stepDays: number,
): RecurrentSeries {
  const halfLives = (extra: number): number[] =>
    spec.treatments.map(({ halfLifeDays }, t) =>
      halfLifeDays === 'learned' ? halfLifeOf(kept[t]! + extra, stepDays) : halfLifeDays,
    );
  const exposures = exposuresOf(spec, series, halfLives(0));
  const slopes = spec.treatments.some(({ halfLifeDays }) => halfLifeDays === 'learned')
    ? exposuresOf(spec, series, halfLives(SHARE_STEP)).map((after, at) => (after - exposures[at]!) / SHARE_STEP)
    : exposures.map(() => 0);
  return { series, design, exposures, slopes };
}

function exposuresOf(
  spec: PersonalSpec,
  { visits, treatments }: CheckedSeries,
  halfLives: readonly number[],
): Float64Array {
  const count = spec.treatments.length;
  const all = new Float64Array(visits.length * 2 * count);
  for (let t = 0; t < count; t += 1) {
    let pool = 0;
    visits.forEach(({ day }, visit) => {
      const sums = new Float64Array(EXPOSURES_PER_TREATMENT * count);
      const window = { fromDay: visits[visit - 1]?.day ?? -Infinity, toDay: day, unit: spec.treatments[t]!.unit };
      pool = addExposure(sums, t, treatments[t]!, { pool, ...window, halfLifeDays: halfLives[t]! });
      if (visit === 0) return;
      all[(visit * count + t) * 2] = sums[EXPOSURES_PER_TREATMENT * t]!;
      all[(visit * count + t) * 2 + 1] = sums[EXPOSURES_PER_TREATMENT * t + 2]!;
    });
  }
  return all;
}

/** What brings the numbers of training patients to order 1. */
export function recurrentScaling(
  spec: PersonalSpec,
  population: readonly RecurrentSeries[],
  referenceDays: number,
): RecurrentScaling {
  const levels = spec.variables.map(({ change, floor }, v) =>
    momentsOf(
      population.flatMap(({ series }) =>
        series.visits.flatMap(({ values }) => {
          const value = values[v]!;
          if (Number.isNaN(value)) return [];
          return [change === 'absolute' ? value : Math.log(Math.max(value, floor))];
        }),
      ),
    ),
  );
  const changes = spec.variables.map((variable, v) => {
    const found = population.flatMap(({ series }) => {
      const known = series.visits.filter(({ values }) => !Number.isNaN(values[v]!));
      return known.slice(1).flatMap(({ values }, before) => {
        const from = known[before]!.values[v]!;
        const change = startsInterval(variable, from) ? changeBetween(variable, from, values[v]!) : NaN;
        return Number.isNaN(change) ? [] : [change];
      });
    });
    return momentsOf(found).sd;
  });
  const exposures = spec.treatments.map((_, t) => {
    const rates = (place: number): number[] =>
      population.flatMap(({ series: { visits }, exposures: own }) =>
        visits.slice(1).map(({ day }, before) => {
          const days = day - visits[before]!.day;
          return (own[((before + 1) * spec.treatments.length + t) * 2 + place]! * spec.timeUnitDays) / days;
        }),
      );
    return { dose: momentsOf(rates(0)).sd, carryOver: momentsOf(rates(1)).sd };
  });
  return { levels, changes, exposures, referenceDays };
}

/** How a patient's visits are shown in one update. */
export interface Showing {
  /** Visits in order; those between are hidden. */
  readonly visits: readonly number[];
}

const CROP_PROBABILITY = 0.5;
const DROP_PROBABILITY = 0.5;

/**
 * Draws which visits are shown: half of the time the beginning is cut off, so that no place in a series is special, and, where
 * visits are uneven anyway, half of the time some are hidden, so that longer intervals are learned.
 */
export function drawShowing(visits: number, most: number, hides: boolean, random: RandomStream): Showing {
  let shown = Array.from({ length: visits }, (_, visit) => visit);
  if (hides && visits > 2 && random.uniform() < DROP_PROBABILITY) {
    const share = random.between(0.3, 0.9);
    shown = shown.filter((visit) => visit === 0 || visit === visits - 1 || random.uniform() < share);
  }
  const first =
    shown.length > 3 && random.uniform() < CROP_PROBABILITY ? random.index(Math.floor(shown.length / 2)) : 0;
  return { visits: shown.slice(first, first + most) };
}

/** @param levelPower weight of an interval is (level / reference)^levelPower where changes are relative. */
export function recurrentBatch(
  spec: PersonalSpec,
  shape: RecurrentShape,
  scaling: RecurrentScaling,
  chosen: readonly { readonly patient: RecurrentSeries; readonly showing: Showing }[],
  kept: readonly number[],
  levelPower: number,
): Batch {
  const { patients, intervals, variables, treatments } = shape;
  const rows = intervals * patients;
  const offsets = chosen[0]!.patient.design.length;
  const [visitSize, aheadSize] = [visitWidth(spec, offsets), intervalWidth(spec)];
  const places = carryOverPlaces(spec);
  const batch = {
    visits: new Float32Array(rows * visitSize),
    ahead: new Float32Array(rows * aheadSize),
    visitSlopes: new Float32Array(rows * visitSize),
    aheadSlopes: new Float32Array(rows * aheadSize),
    lengths: new Float32Array(rows),
    changes: new Float32Array(rows * variables),
    weights: new Float32Array(rows * variables),
  };
  const count = spec.treatments.length;
  const visitRow = new Float64Array(visitSize);
  const aheadRow = new Float64Array(aheadSize);
  chosen.forEach(({ patient: { series, design, exposures, slopes }, showing: { visits } }, place) => {
    let known = nothingKnown(spec);
    const between = (from: number, to: number, source: Float64Array): Float64Array => {
      const sums = new Float64Array(2 * count);
      for (let visit = from + 1; visit <= to; visit += 1) {
        for (let e = 0; e < 2 * count; e += 1) sums[e]! += source[visit * 2 * count + e]!;
      }
      return sums;
    };
    for (let k = 0; k + 1 < visits.length; k += 1) {
      const [visit, next] = [visits[k]!, visits[k + 1]!];
      const { day, values } = series.visits[visit]!;
      const before = k === 0 ? visit : visits[k - 1]!;
      // What was given in the interval before a cut is still known.
      const from = k === 0 ? Math.max(0, visit - 1) : before;
      const days = day - series.visits[from]!.day;
      const after = levelsAfter(known, values, day);
      const at = k * patients + place;
      writeVisitRow(visitRow, spec, scaling, {
        before: known,
        after,
        measured: values,
        exposures: between(from, visit, exposures),
        days,
        design,
      });
      batch.visits.set(visitRow, at * visitSize);
      const { day: nextDay, values: nextValues } = series.visits[next]!;
      const length = nextDay - day;
      writeIntervalRow(aheadRow, spec, scaling, {
        known: after,
        day,
        exposures: between(visit, next, exposures),
        days: length,
      });
      batch.ahead.set(aheadRow, at * aheadSize);
      if (treatments > 0) {
        const [past, coming] = [between(from, visit, slopes), between(visit, next, slopes)];
        for (let t = 0; t < count; t += 1) {
          const scale = spec.timeUnitDays / scaling.exposures[t]!.carryOver;
          if (days > 0) batch.visitSlopes[at * visitSize + places.visit[t]!] = (past[2 * t + 1]! * scale) / days;
          batch.aheadSlopes[at * aheadSize + places.interval[t]!] = (coming[2 * t + 1]! * scale) / length;
        }
      }
      batch.lengths[at] = length / scaling.referenceDays;
      spec.variables.forEach((variable, v) => {
        const [level, value] = [after.values[v]!, nextValues[v]!];
        if (Number.isNaN(level) || Number.isNaN(value) || !startsInterval(variable, level)) return;
        const change = changeBetween(variable, level, value);
        if (Number.isNaN(change)) return;
        batch.changes[at * variables + v] = change / scaling.changes[v]!;
        batch.weights[at * variables + v] =
          variable.change === 'relative' ? Math.exp(levelPower * (Math.log(level) - scaling.levels[v]!.mean)) : 1;
      });
      known = after;
    }
  });
  const { visitSlopes, aheadSlopes, ...plain } = batch;
  if (treatments === 0) return plain;
  const owners = (width: number, of: readonly number[]): Float32Array => {
    const matrix = new Float32Array(count * width);
    of.forEach((column, t) => (matrix[t * width + column] = 1));
    return matrix;
  };
  return {
    ...plain,
    visitSlopes,
    aheadSlopes,
    visitOwners: owners(visitSize, places.visit),
    aheadOwners: owners(aheadSize, places.interval),
    keptAt: Float32Array.from(kept),
  };
}
