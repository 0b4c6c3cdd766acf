import type { BenchReport } from '../bench/report.ts';
import { runValues } from './judge/run-values.ts';
import { writeResults } from './judge/write-results.ts';
import { ATROPHY_DYNAMICS, atrophyCohort } from './value-cohorts/atrophy-cohort.ts';

/** Values of simulated people with atrophy, whose visits are irregular, whose values are noisy and missing, under confounded doses. */
export default async function atrophyValues({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const patients = quick ? 160 : 420;
  const { report, plots } = await runValues({
    seeds: quick ? [41] : [41, 42, 43],
    cohortOf: (seed) => atrophyCohort(seed, patients),
    declared: ATROPHY_DYNAMICS,
    effort: { steps: quick ? 200 : 800, epochs: quick ? 40 : 100, hidden: 16, features: 2 },
    notes: [
      `${patients} simulated people per seed, others in each; measured values are forecast, their noise included.`,
    ],
  });
  if (!quick) writeResults(report, { 'atrophy-values': plots });
  return report;
}
