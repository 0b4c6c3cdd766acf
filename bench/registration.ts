import { benchCaptureRange } from './registration/capture-range.ts';
import { benchRealPairs } from './registration/real-pairs.ts';
import { benchSynthetic, type BenchOptions, type Findings } from './registration/synthetic.ts';
import { describeMachine, type BenchReport } from './report.ts';

const PARTS: readonly ((options: BenchOptions) => Promise<Findings>)[] = [
  benchSynthetic,
  benchCaptureRange,
  benchRealPairs,
];

/** Registration on pairs with a known map, turned pairs, and real pairs, beside elastix and plastimatch. */
export default async function benchRegistration({
  quick = false,
  seed = 1,
}: Partial<BenchOptions>): Promise<BenchReport> {
  const found: Findings[] = [];
  for (const part of PARTS) found.push(await part({ quick, seed }));
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
