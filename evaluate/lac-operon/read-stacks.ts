import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '../../src/errors.ts';
import { readTiffStack } from '../../src/integrations/image-files/read-tiff.ts';
import { joinStack, readConditionTable } from '../../src/ml/cohorts/readers/microscopy-stack.ts';
import { type OperonSeries, seriesOfStack } from './operon-series.ts';

const CHANNELS = 2;
const FEWEST = 8;

/**
 * Real stacks of a folder: every `NAME.tif` holds phase contrast and GFP of each frame in turn, and `conditions.csv` has the columns
 * stack, frame, minutes and condition.
 * @throws {ConfigurationError} for a folder without them; {@link DomainError} naming what is wrong with a file.
 */
export async function readStacks(folder: string): Promise<OperonSeries[]> {
  const names = (await readdir(folder).catch((): string[] => [])).toSorted();
  const stacks = names.filter((name) => /\.tiff?$/i.test(name));
  if (!names.includes('conditions.csv') || stacks.length < FEWEST) {
    throw new ConfigurationError('the stacks cannot be read', [
      `expected conditions.csv and at least ${FEWEST} TIFF stacks in ${folder}, found ${stacks.length} stacks`,
    ]);
  }
  const table = readConditionTable(await readFile(path.join(folder, 'conditions.csv'), 'utf8'));
  const series: OperonSeries[] = [];
  for (const name of stacks) {
    const pages = readTiffStack({ name, bytes: await readFile(path.join(folder, name)) });
    const plain = pages.map(({ width, height, pixels }) => ({
      width,
      height,
      pixels: pixels instanceof Int16Array ? Float32Array.from(pixels) : pixels,
    }));
    series.push(seriesOfStack(joinStack(name.replace(/\.tiff?$/i, ''), plain, CHANNELS, table)));
  }
  const sizes = new Set(series.map(({ size }) => size.join(' x ')));
  if (sizes.size > 1) throw new ConfigurationError('the stacks are not of one size', [[...sizes].join(', ')]);
  return series;
}
