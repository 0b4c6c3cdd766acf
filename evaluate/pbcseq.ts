import { readFileSync } from 'node:fs';
import type { BenchReport } from '../bench/report.ts';
import { sharedData } from '../test/support/shared-data.ts';
import { runValues, type ValueExperiment } from './judge/run-values.ts';
import { TABLE_SPLITS } from './judge/table-splits.ts';
import { writeResults } from './judge/write-results.ts';
import { PBCSEQ_DYNAMICS, pbcseqCohort } from './value-cohorts/pbcseq-cohort.ts';

/** Laboratory values of real patients at irregular visits, under two arms of a trial. */
export default async function pbcseq({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const { report, plots } = await runValues(experimentOf(quick));
  if (!quick) writeResults(report, { pbcseq: plots });
  return report;
}

export function experimentOf(quick: boolean): ValueExperiment {
  const path = sharedData('tables/pbcseq.csv');
  if (path === null) {
    throw new Error(
      'pbcseq.csv is not beside the repository (data/tables/pbcseq.csv); get it from the R package survival',
    );
  }
  const table = readFileSync(path, 'utf8');
  return {
    seeds: quick ? TABLE_SPLITS.slice(0, 1) : TABLE_SPLITS,
    cohortOf: () => pbcseqCohort(table),
    declared: PBCSEQ_DYNAMICS,
    effort: { steps: quick ? 200 : 400, epochs: quick ? 40 : 100, hidden: 12, features: 1 },
    notes: [
      'pbcseq of the R package survival: 312 patients, 1,945 visits; the same patients in every seed, split anew. What is declared was chosen on the split of seed 1, which is not judged here.',
    ],
  };
}
