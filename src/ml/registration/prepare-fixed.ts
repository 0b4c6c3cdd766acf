import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { Volume } from '../../twins/volume.ts';
import { assessorOf, type Assessor } from './assessor.ts';
import type { Level } from './cost.ts';
import { foregroundOf } from './foreground.ts';
import { problemOf } from './input-check.ts';
import { windowOf } from './intensity-window.ts';
import { pyramidOf } from './pyramid.ts';

/** What depends on the fixed image alone, and serves for every image that is aligned to it. */
export interface PreparedFixed {
  /** Scaled to 0..1 at falling resolution, finest first. */
  readonly levels: readonly Level[];
  /** Where the finest level shows the patient: one byte per voxel. */
  readonly foreground: Uint8Array;
  readonly assess: Assessor;
}

/** A function that prepares a fixed image, or says why it cannot be used, for a clinician. */
export type PrepareFixed = (fixed: Volume, percentiles: Percentiles, isInverted: boolean) => PreparedFixed | string;

/** Larger images are prepared anew each time, to bound what a thread holds: 128 MiB of voxels and a fraction more. */
const LARGEST_REMEMBERED = 2 ** 25;

type Percentiles = RegistrationPlan['preprocessing']['percentiles'];

/** The reference image as registration needs it, or in words why it cannot be one. */
export const prepareFixed: PrepareFixed = (fixed, percentiles, isInverted) => {
  const problem = problemOf('The reference image', fixed);
  if (problem !== null) {
    return problem;
  }
  const window = windowOf(fixed.voxels, percentiles, isInverted);
  if (window === null) {
    return 'The reference image is blank.';
  }
  const levels = pyramidOf(fixed, window);
  return measuredWithin(levels, () => foregroundOf(levels[0]!));
};

/** A fixed image that shows the patient where `foreground` says so; both it and the assessor are made when first asked for. */
export function measuredWithin(levels: readonly Level[], foreground: () => Uint8Array): PreparedFixed {
  const finest = levels[0]!;
  let known: Uint8Array | null = null;
  let assessor: Assessor | null = null;
  return {
    levels,
    get foreground() {
      return (known ??= foreground());
    },
    get assess() {
      return (assessor ??= assessorOf(finest, this.foreground));
    },
  };
}

/**
 * Keeps the last preparation, because visits come one after the other with the same reference. The images that it is given
 * must be its own: nobody may write to them afterwards. An image is known again by its bytes and its place.
 */
export function rememberingPrepareFixed(): PrepareFixed {
  let last: { readonly key: string; readonly voxels: Float32Array; readonly prepared: PreparedFixed | string } | null =
    null;
  return (fixed, percentiles, isInverted) => {
    if (fixed.voxels.length > LARGEST_REMEMBERED) {
      last = null;
      return prepareFixed(fixed, percentiles, isInverted);
    }
    const { voxels, ...geometry } = fixed;
    const key = JSON.stringify([geometry, percentiles, isInverted]);
    if (last === null || last.key !== key || !haveEqualBytes(last.voxels, voxels)) {
      last = null;
      last = { key, voxels, prepared: prepareFixed(fixed, percentiles, isInverted) };
    }
    return last.prepared;
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

const haveEqualBytes = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
