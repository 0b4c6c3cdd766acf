import type { VolumeShape } from '../../../twins/volume.ts';
import { windowSums, type WindowSums } from './window-sums.ts';

/** Variance that counts as flat, of images scaled to 0..1: below it noise would be correlated with noise. */
const FLAT = 3e-4;

/** Voxels around the centre: windows of 81 voxels in a slice and 343 in a volume tell tissue from noise. */
export const windowRadius = (shape: VolumeShape): number => (shape[0] === 1 ? 4 : 3);

/** Mean and variance of one image in the window around each voxel, the variance with {@link FLAT} added. */
interface WindowMoments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** What windows over two images hold, as far as voxels of them are compared. */
export interface PairWindows {
  readonly sumOver: WindowSums;
  /** One over the number of compared voxels of each window, 0 where there are none. */
  readonly share: Float32Array;
  readonly ofFixed: WindowMoments;
  /** Of the last image that was measured; whoever measures the next one may write here. */
  readonly ofWarped: WindowMoments;
  readonly covariance: Float32Array;
  /** Brings all that up to date. */
  readonly measure: (warped: Float32Array, compared: Uint8Array) => void;
}

/** Prepares windows of `2 * radius + 1` voxels over a fixed image and whatever is laid on it. */
export function pairWindows(fixed: Float32Array, shape: VolumeShape, radius: number): PairWindows {
  const count = fixed.length;
  const { sumOver, share, mean, variance, compare } = fixedWindows(fixed, shape, radius);
  const ofWarped = { mean: new Float32Array(count), variance: new Float32Array(count) };
  const covariance = new Float32Array(count);
  const measure = (warped: Float32Array, compared: Uint8Array): void => {
    compare(compared);
    for (let i = 0; i < count; i++) {
      const value = compared[i] === 0 ? 0 : warped[i]!;
      ofWarped.mean[i] = value;
      ofWarped.variance[i] = value * value;
      covariance[i] = value * fixed[i]!;
    }
    sumOver(ofWarped.mean);
    sumOver(ofWarped.variance);
    sumOver(covariance);
    for (let i = 0; i < count; i++) {
      const part = share[i]!;
      const average = ofWarped.mean[i]! * part;
      ofWarped.mean[i] = average;
      ofWarped.variance[i] = Math.max(0, ofWarped.variance[i]! * part - average * average) + FLAT;
      covariance[i] = covariance[i]! * part - average * mean[i]!;
    }
  };
  return { sumOver, share, ofFixed: { mean, variance }, ofWarped, covariance, measure };
}

interface FixedWindows extends WindowMoments, Pick<PairWindows, 'sumOver' | 'share'> {
  /** Brings all that up to date when other voxels are compared. */
  readonly compare: (compared: Uint8Array) => void;
}

function fixedWindows(fixed: Float32Array, shape: VolumeShape, radius: number): FixedWindows {
  const count = fixed.length;
  const sumOver = windowSums(shape, radius);
  const share = new Float32Array(count);
  const mean = new Float32Array(count);
  const variance = new Float32Array(count);
  // Neither 0 nor 1: the first comparison differs.
  const known = new Uint8Array(count).fill(2);

  const compare = (compared: Uint8Array): void => {
    if (areEqual(known, compared)) {
      return;
    }
    known.set(compared);
    for (let i = 0; i < count; i++) {
      const value = compared[i] === 0 ? 0 : fixed[i]!;
      share[i] = compared[i]!;
      mean[i] = value;
      variance[i] = value * value;
    }
    sumOver(share);
    sumOver(mean);
    sumOver(variance);
    for (let i = 0; i < count; i++) {
      const part = share[i]! > 0 ? 1 / share[i]! : 0;
      const average = mean[i]! * part;
      share[i] = part;
      mean[i] = average;
      variance[i] = Math.max(0, variance[i]! * part - average * average) + FLAT;
    }
  };
  return { sumOver, share, mean, variance, compare };
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}
