import { targetOf, type BenchRow, type BenchTarget } from '../report.ts';
import { elastixVersion, registerByElastix } from './elastix.ts';
import { mapError } from './map-error.ts';
import { planWith, registerHere } from './ours.ts';
import { progressBar } from '../../scripts/progress-bar.ts';
import type { BenchOptions, Findings } from './synthetic.ts';
import { syntheticPair } from './synthetic-pair.ts';
import { loadTextures } from './textures.ts';

/** Degrees that the images are turned against each other. */
const BINS = [
  [0, 10],
  [10, 20],
  [20, 30],
  [30, 45],
  [45, 90],
] as const;
const PROMISED_DEGREES = 45;
/** Mean error in pixels below which the alignment was found. */
const FOUND = 1;
const TRIALS = { full: { ours: 20, elastix: 4 }, quick: { ours: 8, elastix: 1 } };

/** How far images may be turned and still be aligned by rigid and affine stages, beside elastix. */
export async function benchCaptureRange({ quick, seed }: BenchOptions): Promise<Findings> {
  const slices = await loadTextures('256');
  // The brain slices alone, as they fill the picture: turned, they do not leave it.
  const textures = slices.filter(({ name }) => /^r\d/.test(name));
  if (textures.length === 0) return { rows: [], targets: [], notes: [] };
  const trials = quick ? TRIALS.quick : TRIALS.full;
  const hasElastix = elastixVersion() !== null;
  const show = progressBar();
  const rows: BenchRow[] = [];
  let [promised, found] = [0, 0];
  for (const [index, [low, high]] of BINS.entries()) {
    const counts = { ours: 0, elastix: 0 };
    for (let trial = 0; trial < trials.ours; trial++) {
      const options = { minimumDegrees: low, maximumDegrees: high, isWarped: false };
      const pair = syntheticPair(textures[trial % textures.length]!, options, seed, 'capture', index, trial);
      const ours = registerHere(pair.fixed, pair.moving, planWith(null));
      counts.ours += Number(mapError(ours.displacements, pair).meanMm < FOUND);
      if (hasElastix && trial < trials.elastix) {
        const peer = await registerByElastix(pair.fixed, pair.moving, {
          stages: ['rigid', 'affine'],
          iterations: null,
          gridSpacingMm: 16,
        });
        counts.elastix += Number(mapError(peer.displacements, pair).meanMm < FOUND);
      }
    }
    show('turned by up to 90 degrees', (index + 1) / BINS.length);
    const row = (subject: string, count: number, of: number): BenchRow => ({
      case: `turned by ${low} to ${high} degrees, ${of} pairs`,
      subject,
      metric: `aligned within ${FOUND} px`,
      value: count / of,
      unit: '',
    });
    rows.push(row('ours, affine', counts.ours, trials.ours));
    if (hasElastix) rows.push(row('elastix, default, affine', counts.elastix, trials.elastix));
    if (high <= PROMISED_DEGREES) {
      promised += trials.ours;
      found += counts.ours;
    }
  }
  const targets: BenchTarget[] = [
    targetOf(`turned by up to ${PROMISED_DEGREES} degrees: share aligned`, found / promised, 1, 'min'),
  ];
  return { rows, targets, notes: [] };
}
