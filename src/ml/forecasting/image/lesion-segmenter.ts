import * as tf from '../../engine/tensorflow.ts';
import type { ArraySpec } from '../../engine/graph.ts';
import type { NamedTensors } from '../../engine/trace/trace.ts';
import { convolution, convolve, enlarge, type Parameters } from './layers.ts';

/** A slice with the one below and the one above it. */
export const SEGMENTER_CHANNELS = 3;
const WIDTHS = [16, 16, 32] as const;
const FINE = 8;
const HALVINGS = 2 ** WIDTHS.length;

/** Parameters of {@link segmentLesion}. */
export function segmenterParameters(): Parameters {
  const [half, quarter, eighth] = WIDTHS;
  return {
    ...convolution('segment.fine', 3, SEGMENTER_CHANNELS, FINE),
    ...convolution('segment.half', 3, SEGMENTER_CHANNELS, half),
    ...convolution('segment.halfMix', 3, half, half),
    ...convolution('segment.quarter', 3, half, quarter),
    ...convolution('segment.quarterMix', 3, quarter, quarter),
    ...convolution('segment.eighth', 3, quarter, eighth),
    ...convolution('segment.eighthMix', 3, eighth, eighth),
    ...convolution('segment.quarterMerge', 3, quarter + eighth, quarter),
    ...convolution('segment.halfMerge', 3, half + quarter, half),
    ...convolution('segment.fineMerge', 3, FINE + half, FINE),
    ...convolution('segment.share', 3, FINE, 1),
  };
}

/** @throws {RangeError} for a size that cannot be halved three times. */
export function segmenterInputs(slices: number, height: number, width: number): Record<string, ArraySpec> {
  if (height % HALVINGS !== 0 || width % HALVINGS !== 0) {
    throw new RangeError(`rows and columns must be multiples of ${HALVINGS}, found ${height} and ${width}`);
  }
  return { slices: { shape: [slices, height, width, SEGMENTER_CHANNELS] } };
}

/**
 * Segments slices with a small U-Net (Ronneberger et al. 2015) that computes at half resolution and below.
 * @param slices [N,H,W,3] intensities about 0..1; H and W multiples of 8.
 * @returns logits [N,H,W,1]; their sigmoid is the share of a pixel that is lesion.
 */
export function segmentLesion(p: NamedTensors, slices: tf.Tensor): tf.Tensor {
  const layer = (name: string, x: tf.Tensor, stride = 1): tf.Tensor =>
    tf.relu(convolve(p, `segment.${name}`, x, stride));
  const fine = layer('fine', slices);
  const half = layer('halfMix', layer('half', slices, 2));
  const quarter = layer('quarterMix', layer('quarter', half, 2));
  const eighth = layer('eighthMix', layer('eighth', quarter, 2));
  const upQuarter = layer('quarterMerge', tf.concat([quarter, enlarge(eighth, 2)], 3));
  const upHalf = layer('halfMerge', tf.concat([half, enlarge(upQuarter, 2)], 3));
  const upFine = layer('fineMerge', tf.concat([fine, enlarge(upHalf, 2)], 3));
  return convolve(p, 'segment.share', upFine);
}

/** Slices [D,H,W] with their neighbours, [D,H,W,3]; beyond the ends the end slice counts again. */
export function withNeighbours(
  voxels: Float32Array,
  [depth, height, width]: readonly [number, number, number],
): Float32Array {
  const pixels = height * width;
  const slices = new Float32Array(depth * pixels * SEGMENTER_CHANNELS);
  for (let slice = 0; slice < depth; slice++) {
    for (let channel = 0; channel < SEGMENTER_CHANNELS; channel++) {
      const from = Math.min(depth - 1, Math.max(0, slice + channel - 1)) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        slices[(slice * pixels + pixel) * SEGMENTER_CHANNELS + channel] = voxels[from + pixel]!;
      }
    }
  }
  return slices;
}
