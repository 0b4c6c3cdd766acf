import { describe, expect, it } from 'vitest';
import { fitPooledChange, RIDGE_STRENGTHS } from '../../../src/ml/forecasting/pooled-change-model.ts';
import type { OriginSample } from '../../../src/ml/forecasting/population.ts';
import { solveRidge } from '../../../src/ml/forecasting/ridge.ts';
import { randomStream, range } from '../../support/change-world.ts';

interface Row {
  readonly patient: number;
  readonly local: readonly number[];
  readonly days: number;
  readonly dose: number;
  readonly y: number;
}

const { normal, uniform } = randomStream(4);
/** Two changes start from every level. */
const levels = range(30).map(() => 3 + normal());
const rows: Row[] = range(60).map((index) => {
  const [level, days, dose] = [levels[index % 30]!, 30 + 100 * uniform(), 5 * uniform()];
  return { patient: (index % 30) % 7, local: [1, level], days, dose, y: 0.01 * days - 0.2 * dose * level + normal() };
});
/** Rows of one patient with the same local features are changes from one origin. */
const samples: OriginSample[] = [...Map.groupBy(rows, ({ patient, local }) => `${patient} ${local[1]}`).values()].map(
  (changes) => {
    const { patient, local } = changes[0]!;
    return {
      patient,
      day: 0,
      features: Float64Array.from(local.flatMap((left) => local.map((right) => left * right))),
      changes: changes.map(({ days, dose, y }) => ({
        intervalDays: days,
        exposures: [dose],
        cross: Float64Array.from(local, (value) => value * y),
        square: y * y,
      })),
    };
  },
);

/** The same model, fitted the long way: from rows, without sums. */
function bruteForce(fitOn: readonly Row[], strength: number): (row: Row) => number {
  const mean = rows.reduce((sum, { local }) => sum + local[1]! / rows.length, 0);
  const design = ({ local, days, dose }: Row): number[] =>
    [1, local[1]! - mean].flatMap((value) => [(value * days) / 100, value * (1 - Math.exp(-days / 7)), value * dose]);
  const gram = new Float64Array(36);
  const moment = new Float64Array(6);
  for (const row of fitOn) {
    const x = design(row);
    for (let a = 0; a < 6; a += 1) {
      moment[a]! += x[a]! * row.y;
      for (let b = 0; b < 6; b += 1) gram[a * 6 + b]! += x[a]! * x[b]!;
    }
  }
  const weights = solveRidge(gram, moment, strength);
  return (row) => design(row).reduce((sum, value, index) => sum + value * weights[index]!, 0);
}

describe('the pooled model of change', () => {
  it('knows how it does on each patient left out as if it had been fitted again without it', () => {
    const model = fitPooledChange(samples, 2);
    expect(model.heldOut).toHaveLength(rows.length);
    const sorted = range(7).flatMap((patient) =>
      [
        ...Map.groupBy(
          rows.filter((row) => row.patient === patient),
          ({ local }) => local[1],
        ).values(),
      ].flat(),
    );
    model.heldOut.forEach(({ patient, yy, yf, ff }, index) => {
      const row = sorted[index]!;
      const without = bruteForce(
        rows.filter((other) => other.patient !== row.patient),
        model.strength,
      );
      expect(patient).toBe(row.patient);
      expect(yy).toBeCloseTo(row.y ** 2, 9);
      expect(yf).toBeCloseTo(row.y * without(row), 9);
      expect(ff).toBeCloseTo(without(row) ** 2, 9);
    });
  });

  it('takes the ridge strength with the least error on patients left out', () => {
    const errorOf = (strength: number): number =>
      rows.reduce((sum, row) => {
        const without = bruteForce(
          rows.filter(({ patient }) => patient !== row.patient),
          strength,
        );
        return sum + (row.y - without(row)) ** 2;
      }, 0);
    const errors = RIDGE_STRENGTHS.map(errorOf);
    expect(fitPooledChange(samples, 2).strength).toBe(RIDGE_STRENGTHS[errors.indexOf(Math.min(...errors))]);
  });

  it('expects no change of the only patient that it has', () => {
    const alone = samples.filter(({ patient }) => patient === 0);
    expect(fitPooledChange(alone, 2).heldOut.every(({ ff }) => ff === 0)).toBe(true);
  });
});
