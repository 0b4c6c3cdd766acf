import type { BenchReport } from '../bench/report.ts';
import { tumourReport } from './tumour-baselines/report.ts';

/** The values of `tumour-baselines` alone, without rendering an image: the same patients, forecasts and truths. */
export default async function tumourValues({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  return tumourReport('tumour-values', { quick, withImages: false });
}
