/** The 1st and 99th percentile of an image, which become 0 and 1 where images of different patients are compared. */
export interface IntensityRange {
  readonly low: number;
  /** high - low, above 0. */
  readonly width: number;
}

const SAMPLE = 16_384;

/** Found on at most 16,384 evenly spaced voxels; null for an image without contrast. All voxels must be finite. */
export function intensityRangeOf(voxels: Float32Array): IntensityRange | null {
  const step = stepOver(voxels);
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
 * How much brighter the scanner made another image of the same patient in the same grid: magnetic resonance has no unit,
 * and the scanner's gain changes from visit to visit by more than most diseases change a picture. The gain is the median
 * ratio over at most 16,384 evenly spaced voxels that are not dark, so that a lesion on a minority of them does not count;
 * it is 1 where the scanner did not change anything, as in computed tomography. An overall change of brightness is taken
 * for the scanner's. In the brightness of `image` a voxel v of the other is (v - low) / (width * gain), `image` itself
 * being (v - low) / width.
 * @param range of `image`. @returns above 0.
 */
export function gainOf(other: Float32Array, image: Float32Array, range: IntensityRange): number {
  const step = stepOver(image);
  const ratios = new Float64Array(Math.ceil(image.length / step));
  const dark = range.low + COMPARABLE * range.width;
  let count = 0;
  for (let index = 0; index < image.length; index += step) {
    if (image[index]! > dark) {
      ratios[count] = (other[index]! - range.low) / (image[index]! - range.low);
      count += 1;
    }
  }
  const median = ratios.subarray(0, count).sort()[Math.floor(count / 2)] ?? 1;
  return median > 0 ? median : 1;
}

/** Odd, so that the voxels do not all lie in the same columns of an image whose rows have an even length. */
const stepOver = (voxels: Float32Array): number => {
  const step = Math.max(1, Math.ceil(voxels.length / SAMPLE));
  return step % 2 === 0 ? step + 1 : step;
};
