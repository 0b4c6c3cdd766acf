import { readFileSync } from 'node:fs';
import { type BenchReport, describeMachine } from '../bench/report.ts';
import { sharedData } from '../test/support/shared-data.ts';
import { runValues, type ValueExperiment } from './judge/run-values.ts';
import { TABLE_SPLITS } from './judge/table-splits.ts';
import { writeResults } from './judge/write-results.ts';
import { LEASPY_TABLES, leaspyCohort, leaspyDynamics } from './value-cohorts/leaspy-cohort.ts';

type Disease = keyof typeof LEASPY_TABLES;
const DISEASES = Object.keys(LEASPY_TABLES) as Disease[];

/** Scores of the two tables of the leaspy package, Alzheimer's and Parkinson's disease, 200 simulated people each. */
export default async function leaspy({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const pages: Record<string, string> = {};
  const reports: BenchReport[] = [];
  for (const disease of DISEASES) {
    const { report, plots } = await runValues(experimentOf(quick, disease));
    reports.push({
      ...report,
      rows: report.rows.map((row) => ({ ...row, case: `${disease}: ${row.case}` })),
      targets: report.targets.map((target) => ({ ...target, name: `${disease}: ${target.name}` })),
      notes: report.notes.map((note) => `${disease}: ${note}`),
    });
    pages[`leaspy-${disease}`] = plots;
  }
  const whole: BenchReport = {
    name: 'leaspy',
    machine: describeMachine(1),
    seeds: reports[0]!.seeds,
    rows: reports.flatMap(({ rows }) => rows),
    targets: reports.flatMap(({ targets }) => targets),
    notes: [
      'Simulated people of the leaspy package; the same in every seed, split anew. What is declared was chosen on the split of seed 1 of the first table, which is not judged here.',
      ...reports.flatMap(({ notes }) => notes),
    ],
  };
  if (!quick) writeResults(whole, pages);
  return whole;
}

export function experimentOf(quick: boolean, disease: Disease): ValueExperiment {
  const path = sharedData(`tables/leaspy/data/${disease}.csv`);
  if (path === null) {
    throw new Error(
      `${disease}.csv is not beside the repository (data/tables/leaspy/data); get it from the leaspy package`,
    );
  }
  const table = readFileSync(path, 'utf8');
  return {
    seeds: quick ? TABLE_SPLITS.slice(0, 1) : TABLE_SPLITS,
    cohortOf: () => leaspyCohort(table, disease),
    declared: leaspyDynamics(disease),
    effort: { steps: quick ? 200 : 400, epochs: quick ? 40 : 100, hidden: 12, features: 1 },
    notes: [],
  };
}
