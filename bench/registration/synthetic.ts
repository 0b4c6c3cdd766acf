import { spread, targetOf, type BenchRow, type BenchTarget } from '../report.ts';
import {
  elastixVersion,
  fieldOfParameterMaps,
  registerByElastix,
  type ElastixOptions,
  type PeerMap,
} from './elastix.ts';
import { mapError, type MapError } from './map-error.ts';
import { DEMONS, freeForm, planWith, registerHere } from './ours.ts';
import { COPIES, plastimatchVersion, registerByPlastimatch } from './plastimatch.ts';
import { progressBar } from '../../scripts/progress-bar.ts';
import { syntheticPair, type SyntheticPair } from './synthetic-pair.ts';
import { loadTextures, type Size } from './textures.ts';
import { registerByWasmElastix } from './wasm-elastix.ts';

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

interface SizePlan {
  readonly label: string;
  /** Distance of control points, for everyone. */
  readonly gridSpacingMm: number;
  readonly pairs: number;
  /** The first pairs alone, for those who take long. */
  readonly pairsOf: Readonly<Record<'others' | 'elastix' | 'wasm' | 'plastimatch', number>>;
}

const FULL: Readonly<Record<Size, SizePlan>> = {
  '256': {
    label: '256 x 256',
    gridSpacingMm: 16,
    pairs: 14,
    pairsOf: { others: 14, elastix: 14, wasm: 5, plastimatch: 4 },
  },
  '512': {
    label: '512 x 512',
    gridSpacingMm: 32,
    pairs: 10,
    pairsOf: { others: 10, elastix: 10, wasm: 4, plastimatch: 2 },
  },
  '96': {
    label: '96 x 96 x 96',
    gridSpacingMm: 12,
    pairs: 6,
    pairsOf: { others: 3, elastix: 3, wasm: 1, plastimatch: 2 },
  },
};
const QUICK: Readonly<Record<Size, SizePlan>> = {
  '256': { ...FULL['256'], pairs: 4, pairsOf: { others: 4, elastix: 4, wasm: 1, plastimatch: 1 } },
  '512': { ...FULL['512'], pairs: 3, pairsOf: { others: 3, elastix: 3, wasm: 1, plastimatch: 1 } },
  '96': { ...FULL['96'], pairs: 2, pairsOf: { others: 1, elastix: 1, wasm: 0, plastimatch: 1 } },
};
const DEFAULT_SPEED = 8;
const SHORT_SPEED = 4;
const WASM_SHARE = 0.5;
const SHORT = 64;

const OURS = 'ours, FFD with MI';
const HALF = 'ours, FFD with MI at half resolution';
const ELASTIX = 'elastix, default';
const ELASTIX_SHORT = `elastix, ${SHORT} iterations`;
const WASM = `elastix wasm, ${SHORT} iterations`;

/** Pairs with a known map: error, folds and time, beside elastix and plastimatch. */
export async function benchSynthetic(size: Size, { quick, seed }: BenchOptions): Promise<Findings> {
  const notes: string[] = [];
  const plans = quick ? QUICK : FULL;
  const [elastix, plastimatch] = [elastixVersion(), plastimatchVersion()];
  notes.push(elastix === null ? 'elastix is not installed (Debian: elastix)' : `native ${elastix}, one thread`);
  notes.push(
    plastimatch === null ? 'plastimatch is not installed (Debian: plastimatch)' : `${plastimatch}, one thread`,
  );
  const plan = plans[size];
  const available = await loadTextures(size);
  if (available.length === 0) {
    return {
      rows: [],
      targets: [],
      notes: [...notes, 'the real images are not beside this repository (../shared/data)'],
    };
  }
  const pairs = Array.from({ length: plan.pairs }, (_, number) =>
    syntheticPair(available[number % available.length]!, { maximumDegrees: 10, isWarped: true }, seed, number),
  );
  const measured = await measureAll(pairs, plan, { elastix: elastix !== null, plastimatch: plastimatch !== null });
  return { rows: rowsOf(plan.label, measured), targets: targetsOf(size, plan.label, measured), notes };
}

/** By subject, pair by pair. */
type Measured = Map<string, (MapError & { readonly wallMs: number; readonly processorMs: number })[]>;

async function measureAll(
  pairs: readonly SyntheticPair[],
  { label, gridSpacingMm, pairsOf }: SizePlan,
  has: { readonly elastix: boolean; readonly plastimatch: boolean },
): Promise<Measured> {
  const show = progressBar();
  const measured: Measured = new Map();
  const keep = (subject: string, pair: SyntheticPair, { displacements, wallMs, processorMs }: PeerMap): void => {
    const kept = measured.get(subject) ?? [];
    kept.push({ ...mapError(displacements, pair), wallMs, processorMs });
    measured.set(subject, kept);
  };
  const options = (iterations: number | null): ElastixOptions => ({
    stages: ['rigid', 'affine', 'bspline'],
    iterations,
    gridSpacingMm,
  });
  const mutualInformation = planWith(freeForm('mutual-information', gridSpacingMm));
  const first = registerHere(pairs[0]!.fixed, pairs[0]!.moving, mutualInformation);
  keep('ours, first call of the process', pairs[0]!, first);
  for (const [number, pair] of pairs.entries()) {
    show(`pairs of ${label}`, (number + 1) / pairs.length);
    const { fixed, moving } = pair;
    keep('unaligned', pair, { displacements: new Float32Array(pair.truth.length), wallMs: 0, processorMs: 0 });
    keep('ours, affine', pair, registerHere(fixed, moving, planWith(null)));
    keep(OURS, pair, registerHere(fixed, moving, mutualInformation));
    keep(HALF, pair, registerHere(fixed, moving, mutualInformation, { isHalfResolution: true }));
    if (number < pairsOf.others) {
      const correlation = planWith(freeForm('local-cross-correlation', gridSpacingMm));
      keep('ours, FFD with LNCC', pair, registerHere(fixed, moving, correlation));
      keep('ours, demons with LNCC', pair, registerHere(fixed, moving, planWith(DEMONS)));
    }
    if (has.elastix && number < pairsOf.elastix) {
      keep(ELASTIX, pair, await registerByElastix(fixed, moving, options(null)));
      keep(ELASTIX_SHORT, pair, await registerByElastix(fixed, moving, options(SHORT)));
    }
    if (number < pairsOf.wasm) {
      const { transforms, ...elapsed } = await registerByWasmElastix(fixed, moving, options(SHORT));
      if (has.elastix) keep(WASM, pair, { ...elapsed, displacements: await fieldOfParameterMaps(transforms) });
    }
    if (has.plastimatch && number < pairsOf.plastimatch) {
      keep('plastimatch, B-splines with MSE', pair, await registerByPlastimatch(fixed, moving, gridSpacingMm));
    }
  }
  return measured;
}

function rowsOf(label: string, measured: Measured): BenchRow[] {
  return [...measured].flatMap(([subject, all]) => {
    const row = (metric: string, unit: string, of: (one: (typeof all)[number]) => number): BenchRow => ({
      case: `${label}, ${all.length} pair${all.length === 1 ? '' : 's'}`,
      subject,
      metric,
      unit,
      ...spread(all.map(of)),
    });
    const error = row('target registration error', 'px', (one) => one.meanMm);
    if (subject === 'unaligned') return [error];
    // Eight copies of a slice are what plastimatch computed on.
    const share = subject.startsWith('plastimatch') && !label.includes('x 96') ? COPIES : 1;
    return [
      error,
      row('folded', '%', (one) => one.foldedPercent),
      row('processor time', 'ms', (one) => one.processorMs / share),
      row('time on the clock', 'ms', (one) => one.wallMs / share),
    ];
  });
}

function targetsOf(size: Size, label: string, measured: Measured): BenchTarget[] {
  const ours = measured.get(OURS)!;
  const targets = [
    targetOf(`${label}: folded in any pair, %`, Math.max(...ours.map((one) => one.foldedPercent)), 0, 'max'),
  ];
  /** On the pairs that both have done. */
  const medians = (
    peer: string,
    of: (one: (typeof ours)[number]) => number,
    own = ours,
  ): [ours: number, peer: number] | null => {
    const theirs = measured.get(peer);
    if (theirs === undefined) return null;
    return [spread(own.slice(0, theirs.length).map(of)).value, spread(theirs.map(of)).value];
  };
  const compare = (peer: string, least: number, own = ours, name = ''): void => {
    const errors = medians(peer, (one) => one.meanMm, own);
    const times = medians(peer, (one) => one.processorMs, own);
    if (errors === null || times === null) return;
    targets.push(
      targetOf(`${label}${name}: median error, px, at most that of ${peer}`, errors[0], errors[1], 'max'),
      targetOf(`${label}${name}: speed against ${peer}`, times[1] / times[0], least, 'min'),
    );
  };
  compare(ELASTIX, DEFAULT_SPEED);
  compare(ELASTIX_SHORT, SHORT_SPEED);
  // Elastix with a quarter of its iterations is a shortened search, too.
  compare(ELASTIX_SHORT, SHORT_SPEED, measured.get(HALF), ', half resolution');
  const wasm = size === '512' ? medians(WASM, (one) => one.processorMs) : null;
  if (wasm !== null)
    targets.push(targetOf(`${label}: time as a share of ${WASM}`, wasm[0] / wasm[1], WASM_SHARE, 'max'));
  return targets;
}
