import type { BenchReport } from '../bench/report.ts';
import { evaluateMovie } from './movies/movie-experiment.ts';
import { readPages, shrunk } from './movies/read-movie.ts';

/** Real label stacks of a mother machine: where cells are in the next frames. */
export default async function motherMachine({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const { width, height, pages } = await readPages('mother-machine', '_xy001_p0033_seg_unet.tif');
  // Labels count cells; where there is one is what can be forecast.
  const cells = pages.map((page) => page.map((label) => Number(label > 0)));
  const { frames, size } = shrunk([{ width, height, pages: cells }], 3, [1]);
  return evaluateMovie(
    {
      name: 'mother-machine',
      frames,
      size,
      note: `Share of cell per 3 x 3 pixels of a segmented channel, ${frames.length} frames, ${size.join(' x ')}. One channel alone.`,
    },
    { quick },
  );
}
