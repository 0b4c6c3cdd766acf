/** The 1st and 99th percentile of an image, which become 0 and 1 where images of different patients are compared. */
export interface IntensityRange {
  readonly low: number;
  /** high - low, above 0. */
  readonly width: number;
}

const SAMPLE = 65_536;

/** Found on at most 65,536 evenly spaced voxels; null for an image without contrast. All voxels must be finite. */
export function intensityRangeOf(voxels: Float32Array): IntensityRange | null {
  const step = Math.max(1, Math.ceil(voxels.length / SAMPLE));
  const sample = new Float32Array(Math.ceil(voxels.length / step));
  for (let k = 0; k < sample.length; k += 1) sample[k] = voxels[k * step]!;
  sample.sort();
  const last = sample.length - 1;
  const percentiles = [sample[Math.floor(last * 0.01)]!, sample[Math.ceil(last * 0.99)]!] as const;
  const extremes = [sample[0]!, sample[last]!] as const;
  const [low, high] = percentiles[1] > percentiles[0] ? percentiles : extremes;
  return high > low ? { low, width: high - low } : null;
}

/** Relative intensity from which a voxel is bright enough to compare two images by. */
const COMPARABLE = 0.2;

/**
 * Brings another image of the same patient in the same grid to the brightness of `image`: magnetic resonance has no unit,
 * and the scanner's gain changes from visit to visit by more than most diseases change a picture. The gain is the median
 * ratio over the voxels that are not dark, so that a lesion on a minority of them does not count; it is 1 where the
 * scanner did not change anything, as in computed tomography. An overall change of brightness is taken for the scanner's.
 * @param range of `image`. @returns relative intensities: 0 and 1 are the range of `image`.
 */
export function relativeTo(image: Float32Array, range: IntensityRange, other: Float32Array): Float32Array {
  const step = Math.max(1, Math.ceil(image.length / SAMPLE));
  const ratios: number[] = [];
  for (let index = 0; index < image.length; index += step) {
    const own = (image[index]! - range.low) / range.width;
    if (own > COMPARABLE) ratios.push((other[index]! - range.low) / range.width / own);
  }
  const median = Float64Array.from(ratios).sort()[Math.floor(ratios.length / 2)] ?? 1;
  const gain = median > 0 ? median : 1;
  return other.map((voxel) => (voxel - range.low) / (range.width * gain));
}
