import type { DoseAnswers } from './dose-answers.ts';
import {
  CHEMO_GRID,
  type DoseCohort,
  PLAN_DAYS,
  RADIO_GRID,
} from '../../src/ml/cohorts/tumour-benchmark/continuous-doses.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';

/** Errors in percent of V(13 cm). */
export interface DoseErrors {
  /** Over all doses of the grid, and over those above 2 Gy alone. */
  readonly grid: number;
  readonly highGrid: number;
  /** Of the effect of each dose against none. */
  readonly effect: number;
  /** One to six steps of plans. */
  readonly plans: readonly number[];
  /** Part of neighbouring doses of which the larger is not told to leave a larger tumour. */
  readonly chemoOrder: number;
  readonly radioOrder: number;
}

const HIGH_GY = 2;
const percent = (squares: number, count: number): number => (Math.sqrt(squares / count) / DEATH_VOLUME_CM3) * 100;

export function doseErrors(cohort: DoseCohort, { grid, plans }: Pick<DoseAnswers, 'grid' | 'plans'>): DoseErrors {
  const { gridVolumesCm3, planVolumesCm3 } = cohort;
  const [chemos, radios] = [CHEMO_GRID.length, RADIO_GRID.length];
  const sums = { grid: 0, high: 0, effect: 0 };
  const counts = { grid: 0, high: 0, effect: 0 };
  const order = { chemo: 0, chemoPairs: 0, radio: 0, radioPairs: 0 };
  for (let at = 0; at < gridVolumesCm3.length; at += chemos * radios) {
    if (Number.isNaN(gridVolumesCm3[at]!)) continue;
    for (let c = 0; c < chemos; c += 1) {
      for (let r = 0; r < radios; r += 1) {
        const place = at + c * radios + r;
        const off = grid[place]! - gridVolumesCm3[place]!;
        sums.grid += off * off;
        counts.grid += 1;
        if (RADIO_GRID[r]! > HIGH_GY) {
          sums.high += off * off;
          counts.high += 1;
        }
        if (c + r > 0) {
          sums.effect += (off - (grid[at]! - gridVolumesCm3[at]!)) ** 2;
          counts.effect += 1;
        }
        if (c > 0) {
          order.chemo += Number(grid[place]! <= grid[place - radios]!);
          order.chemoPairs += 1;
        }
        if (r > 0) {
          order.radio += Number(grid[place]! <= grid[place - 1]!);
          order.radioPairs += 1;
        }
      }
    }
  }
  const squares = new Float64Array(PLAN_DAYS);
  const rows = new Float64Array(PLAN_DAYS);
  planVolumesCm3.forEach((truth, place) => {
    if (Number.isNaN(truth)) return;
    squares[place % PLAN_DAYS]! += (plans[place]! - truth) ** 2;
    rows[place % PLAN_DAYS]! += 1;
  });
  return {
    grid: percent(sums.grid, counts.grid),
    highGrid: percent(sums.high, counts.high),
    effect: percent(sums.effect, counts.effect),
    plans: Array.from(squares, (sum, h) => percent(sum, rows[h]!)),
    chemoOrder: order.chemo / order.chemoPairs,
    radioOrder: order.radio / order.radioPairs,
  };
}
