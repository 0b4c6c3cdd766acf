import type { BenchReport } from '../bench/report.ts';
import { evaluateMovie } from './movies/movie-experiment.ts';
import { brighterThan, readPages, shrunk } from './movies/read-movie.ts';

/** A real movie of a dividing cell, microtubules and DNA (the ImageJ sample): the next frames from four before. */
export default async function mitosis({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const channels = [await readPages('mitosis', 'C1-MAX_mitosis.tif'), await readPages('mitosis', 'C2-MAX_mitosis.tif')];
  const white = channels.map(({ pages }) => brighterThan(pages, 0.005));
  const { frames, size } = shrunk(channels, 3, white);
  return evaluateMovie(
    {
      name: 'mitosis',
      frames,
      size,
      note: `The ImageJ sample "mitosis": ${frames.length} frames of two channels, means over 3 x 3 pixels, ${size.join(' x ')}. One cell alone: nothing is said of others.`,
    },
    { quick },
  );
}
