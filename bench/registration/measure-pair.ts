import { fieldOfParameterMaps, registerByElastix, type ElastixOptions, type PeerMap } from './elastix.ts';
import { mapError, type MapError } from './map-error.ts';
import { DEMONS, freeForm, planWith, registerHere } from './ours.ts';
import { registerByPlastimatch } from './plastimatch.ts';
import type { SizePlan } from './size-plans.ts';
import type { SyntheticPair } from './synthetic-pair.ts';
import { registerByWasmElastix } from './wasm-elastix.ts';

const SHORT = 64;

export const OURS = 'ours, FFD with MI';
const HALF = 'ours, FFD with MI at half resolution';
export const ELASTIX = 'elastix, default';
export const ELASTIX_SHORT = `elastix, ${SHORT} iterations`;
export const WASM = `elastix wasm, ${SHORT} iterations`;
export const PLASTIMATCH = 'plastimatch, B-splines with MSE';
export const UNALIGNED = 'unaligned';

/** How one subject did on one pair. */
export interface Measurement extends MapError {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** By subject, pair by pair. */
export type Measured = Map<string, Measurement[]>;

/** Lets everyone whose turn it is register the pair with this number, and adds what they achieved. */
export async function measurePair(
  measured: Measured,
  pair: SyntheticPair,
  number: number,
  { gridSpacingMm, pairsOf }: SizePlan,
  has: { readonly elastix: boolean; readonly plastimatch: boolean },
): Promise<void> {
  const { fixed, moving } = pair;
  const keep = (subject: string, { displacements, wallMs, processorMs }: PeerMap): void => {
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
  if (number === 0) keep('ours, first call of the process', registerHere(fixed, moving, mutualInformation));
  keep(UNALIGNED, { displacements: new Float32Array(pair.truth.length), wallMs: 0, processorMs: 0 });
  keep('ours, affine', registerHere(fixed, moving, planWith(null)));
  keep(OURS, registerHere(fixed, moving, mutualInformation));
  keep(HALF, registerHere(fixed, moving, mutualInformation, { isHalfResolution: true }));
  if (number < pairsOf.others) {
    const correlation = planWith(freeForm('local-cross-correlation', gridSpacingMm));
    keep('ours, FFD with LNCC', registerHere(fixed, moving, correlation));
    keep('ours, demons with LNCC', registerHere(fixed, moving, planWith(DEMONS)));
  }
  if (has.elastix && number < pairsOf.elastix) {
    keep(ELASTIX, await registerByElastix(fixed, moving, options(null)));
    keep(ELASTIX_SHORT, await registerByElastix(fixed, moving, options(SHORT)));
  }
  if (number < pairsOf.wasm) {
    const { transforms, ...elapsed } = await registerByWasmElastix(fixed, moving, options(SHORT));
    if (has.elastix) keep(WASM, { ...elapsed, displacements: await fieldOfParameterMaps(transforms) });
  }
  if (has.plastimatch && number < pairsOf.plastimatch) {
    keep(PLASTIMATCH, await registerByPlastimatch(fixed, moving, gridSpacingMm));
  }
}
