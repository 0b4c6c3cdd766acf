import { describe, expect, test } from 'vitest';
import { searchSettings } from '../../../src/ml/training/settings-search.ts';

const CANDIDATES = { narrow: 8, wide: 64, broken: -1, slow: 16 };

/** The wider the better in the end; each training takes as long as it has steps. */
function trainings(): {
  now: () => number;
  asked: string[];
  judge: (one: { name: string; settings: number }, steps: number) => Promise<number>;
} {
  let clock = 0;
  const asked: string[] = [];
  return {
    now: () => clock,
    asked,
    judge: ({ name, settings }, steps) => {
      clock += steps;
      asked.push(`${name} ${steps}`);
      return Promise.resolve(settings < 0 ? NaN : 1 / settings + 1 / steps);
    },
  };
}

describe('a search for settings', () => {
  test('halves the candidates and doubles the steps until one is left', async () => {
    const { now, asked, judge } = trainings();
    const found = await searchSettings({ candidates: CANDIDATES, judge, steps: 10, budgetMs: 1e6, now });
    expect(asked).toEqual(['narrow 10', 'wide 10', 'broken 10', 'slow 10', 'wide 20', 'slow 20', 'wide 40']);
    expect(found.map(({ name, steps }) => `${name} ${steps}`)).toEqual([
      'wide 40',
      'slow 20',
      'narrow 10',
      'broken 10',
    ]);
    expect(found[0]!.settings).toBe(64);
  });

  test('ends with its time, and ranks what was tried longest first', async () => {
    const { now, asked, judge } = trainings();
    const found = await searchSettings({ candidates: CANDIDATES, judge, steps: 10, budgetMs: 55, now });
    expect(asked).toEqual(['narrow 10', 'wide 10', 'broken 10', 'slow 10', 'wide 20']);
    expect(found[0]).toMatchObject({ name: 'wide', steps: 20 });
    expect(await searchSettings({ candidates: CANDIDATES, judge, steps: 10, budgetMs: 0, now })).toEqual([]);
  });
});
