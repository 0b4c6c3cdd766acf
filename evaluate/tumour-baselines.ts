import type { BenchReport } from '../bench/report.ts';
import { tumourReport } from './tumour-baselines/report.ts';

/** The models that come with the server on the simulated tumour cohort, values and images; see `tumourReport`. */
export default async function tumourBaselines({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  return tumourReport('tumour-baselines', { quick, withImages: true });
}
