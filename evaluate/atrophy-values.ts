import type { BenchReport } from '../bench/report.ts';
import { runValues, type ValueExperiment } from './judge/run-values.ts';
import { writeResults } from './judge/write-results.ts';
import { ATROPHY_DYNAMICS, atrophyCohort } from './value-cohorts/atrophy-cohort.ts';

/** Values of simulated people with atrophy, whose visits are irregular, whose values are noisy and missing, under confounded doses. */
export default async function atrophyValues({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const { report, plots } = await runValues(experimentOf(quick));
  if (!quick) writeResults(report, { 'atrophy-values': plots });
  return report;
}

export function experimentOf(quick: boolean): ValueExperiment {
  const patients = quick ? 160 : 420;
  return {
    seeds: quick ? [51] : [51, 52, 53],
    cohortOf: (seed) => atrophyCohort(seed, patients),
    declared: ATROPHY_DYNAMICS,
    effort: { steps: quick ? 200 : 600, epochs: quick ? 40 : 80, hidden: 12, features: 1 },
    notes: [
      `${patients} simulated people per seed, others in each; measured values are forecast, their noise included. What is declared was chosen on people of another seed.`,
    ],
  };
}
