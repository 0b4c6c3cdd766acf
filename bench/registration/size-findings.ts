import { spread, targetOf, type BenchRow, type BenchTarget } from '../report.ts';
import { ELASTIX, ELASTIX_SHORT, OURS, PLASTIMATCH, UNALIGNED, WASM, type Measured } from './measure-pair.ts';
import { COPIES } from './plastimatch.ts';
import type { Size } from './textures.ts';

const DEFAULT_SPEED = 8;
const SHORT_SPEED = 4;
const WASM_SHARE = 0.5;

/** A row per subject and metric: the median pair with the best and the worst. */
export function rowsOf(label: string, measured: Measured): BenchRow[] {
  return [...measured].flatMap(([subject, all]) => {
    const row = (metric: string, unit: string, of: (one: (typeof all)[number]) => number): BenchRow => ({
      case: `${label}, ${all.length} pair${all.length === 1 ? '' : 's'}`,
      subject,
      metric,
      unit,
      ...spread(all.map(of)),
    });
    const error = row('target registration error', 'px', (one) => one.meanMm);
    if (subject === UNALIGNED) return [error];
    // Eight copies of a slice are what plastimatch computed on.
    const share = subject === PLASTIMATCH && !label.includes('x 96') ? COPIES : 1;
    return [
      error,
      row('folded', '%', (one) => one.foldedPercent),
      row('processor time', 'ms', (one) => one.processorMs / share),
      row('time on the clock', 'ms', (one) => one.wallMs / share),
    ];
  });
}

/** What the benchmark promises of one size; peers that are not installed have no part in it. */
export function targetsOf(size: Size, label: string, measured: Measured): BenchTarget[] {
  const ours = measured.get(OURS)!;
  const targets = [
    targetOf(`${label}: folded in any pair, %`, Math.max(...ours.map((one) => one.foldedPercent)), 0, 'max'),
  ];
  /** On the pairs that both have done. */
  const medians = (peer: string, of: (one: (typeof ours)[number]) => number): [ours: number, peer: number] | null => {
    const theirs = measured.get(peer);
    if (theirs === undefined) return null;
    return [spread(ours.slice(0, theirs.length).map(of)).value, spread(theirs.map(of)).value];
  };
  const compare = (peer: string, least: number): void => {
    const errors = medians(peer, (one) => one.meanMm);
    const times = medians(peer, (one) => one.processorMs);
    if (errors === null || times === null) return;
    targets.push(
      targetOf(`${label}: median error, px, at most that of ${peer}`, errors[0], errors[1], 'max'),
      targetOf(`${label}: speed against ${peer}`, times[1] / times[0], least, 'min'),
    );
  };
  compare(ELASTIX, DEFAULT_SPEED);
  compare(ELASTIX_SHORT, SHORT_SPEED);
  const wasm = size === '512' ? medians(WASM, (one) => one.processorMs) : null;
  if (wasm !== null)
    targets.push(targetOf(`${label}: time as a share of ${WASM}`, wasm[0] / wasm[1], WASM_SHARE, 'max'));
  return targets;
}
