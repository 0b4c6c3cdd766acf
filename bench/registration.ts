import { ConfigurationError } from '../src/errors.ts';
import { benchCaptureRange } from './registration/capture-range.ts';
import { benchCrossContrast } from './registration/cross-contrast.ts';
import { benchLearned } from './registration/learned.ts';
import { benchRealPairs } from './registration/real-pairs.ts';
import { benchSynthetic, type BenchOptions, type Findings } from './registration/synthetic.ts';
import { ELASTIX, installRealServers, PLASTIMATCH } from '../test/support/real-servers.ts';
import { describeMachine, type BenchReport } from './report.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Findings>>> = {
  'pairs-256': (options) => benchSynthetic('256', options),
  'pairs-512': (options) => benchSynthetic('512', options),
  'pairs-96': (options) => benchSynthetic('96', options),
  capture: benchCaptureRange,
  real: benchRealPairs,
  contrasts: benchCrossContrast,
  learned: benchLearned,
};

interface RegistrationBenchOptions extends Partial<BenchOptions> {
  /** One part alone. */
  readonly only?: string;
}

/** Registration on pairs with a known map, turned pairs, and real pairs, beside elastix and plastimatch. */
export default async function benchRegistration(options: RegistrationBenchOptions): Promise<BenchReport> {
  const { quick = false, seed = 1, only } = options;
  const parts = Object.entries(PARTS).filter(([name]) => only === undefined || name === only);
  if (parts.length === 0) {
    throw new ConfigurationError('there is no such part', [`only: one of ${Object.keys(PARTS).join(', ')}`]);
  }
  installRealServers([ELASTIX, PLASTIMATCH]);
  const found: Findings[] = [];
  for (const [, part] of parts) found.push(await part({ quick, seed }));
  return {
    name: 'registration',
    machine: describeMachine(1),
    seeds: [seed],
    rows: found.flatMap(({ rows }) => rows),
    targets: found.flatMap(({ targets }) => targets),
    notes: [
      'ratios of time are of processor time, which other work on the machine disturbs least; that of programs includes their start and the reading of two uncompressed files',
      'ours is the search alone, as that of the peers: neither side measures what it achieved',
      'error: mean distance over the foreground of a pair; rows give the median pair, the best and the worst',
      'plastimatch knows volumes only: a slice was copied 8 times, and its time divided by 8',
      ...new Set(found.flatMap(({ notes }) => notes)),
    ],
  };
}
