import { progressBar } from '../../scripts/progress-bar.ts';
import type { BenchRow, BenchTarget } from '../report.ts';
import { elastixVersion } from './elastix.ts';
import { measurePair, type Measured } from './measure-pair.ts';
import { plastimatchVersion } from './plastimatch.ts';
import { rowsOf, targetsOf } from './size-findings.ts';
import { FULL, QUICK } from './size-plans.ts';
import { syntheticPair } from './synthetic-pair.ts';
import { loadTextures, type Size } from './textures.ts';

/** What a part of the benchmark found. */
export interface Findings {
  readonly rows: readonly BenchRow[];
  readonly targets: readonly BenchTarget[];
  readonly notes: readonly string[];
}

export interface BenchOptions {
  readonly quick: boolean;
  readonly seed: number;
}

/** Pairs with a known map: error, folds and time, beside elastix and plastimatch. */
export async function benchSynthetic(size: Size, { quick, seed }: BenchOptions): Promise<Findings> {
  const plan = (quick ? QUICK : FULL)[size];
  const [elastix, plastimatch] = [elastixVersion(), plastimatchVersion()];
  const notes = [
    elastix === null ? 'elastix is not installed (Debian: elastix)' : `native ${elastix}, one thread`,
    plastimatch === null ? 'plastimatch is not installed (Debian: plastimatch)' : `${plastimatch}, one thread`,
  ];
  const textures = await loadTextures(size);
  if (textures.length === 0) {
    return {
      rows: [],
      targets: [],
      notes: [...notes, 'the real images are not beside this repository (../shared/data)'],
    };
  }
  const show = progressBar();
  const has = { elastix: elastix !== null, plastimatch: plastimatch !== null };
  const measured: Measured = new Map();
  for (let number = 0; number < plan.pairs; number++) {
    const texture = textures[number % textures.length]!;
    const pair = syntheticPair(texture, { maximumDegrees: 10, isWarped: true }, seed, number);
    await measurePair(measured, pair, number, plan, has);
    show(`pairs of ${plan.label}`, (number + 1) / plan.pairs);
  }
  return { rows: rowsOf(plan.label, measured), targets: targetsOf(size, plan.label, measured), notes };
}
