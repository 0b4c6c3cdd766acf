import { type BenchReport, describeMachine } from '../bench/report.ts';
import { atrophyPage } from './cohort-plots/atrophy-page.ts';
import { lacOperonPage } from './cohort-plots/lac-operon-page.ts';
import { tumourPage } from './cohort-plots/tumour-page.ts';
import { writePages } from './judge/write-results.ts';

/** A page of plots of each simulated cohort, into `docs/results/cohort-*.svg`. */
export default async function cohortPlots(): Promise<BenchReport> {
  const pages = {
    'cohort-tumour': tumourPage(),
    'cohort-atrophy': atrophyPage(),
    'cohort-lac-operon': lacOperonPage(),
  };
  writePages(pages);
  return Promise.resolve({
    name: 'cohort-plots',
    machine: describeMachine(1),
    seeds: [7],
    rows: Object.entries(pages).map(([name, svg]) => ({
      case: name,
      subject: 'page',
      metric: 'size',
      value: svg.length / 1024,
      unit: 'KiB',
    })),
    targets: [],
    notes: ['Written to docs/results as SVG.'],
  });
}
