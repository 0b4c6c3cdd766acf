/** So many voxels speak for an image: enough for the sums that a model is fitted on, few enough to be quick. */
const MOST_VOXELS = 16_384;
/** Fractional part of the golden ratio: its multiples are spread evenly and follow no grid. */
const GOLDEN = 0.618_033_988_749_894_9;

/**
 * At most 16,384 of these voxels, ascending: one out of each of as many equal parts, at a place that differs from part to
 * part, so that no row or column of the image is preferred. The same voxels every time.
 */
export function sampleVoxels(voxels: Int32Array): Int32Array {
  if (voxels.length <= MOST_VOXELS) return voxels;
  const part = voxels.length / MOST_VOXELS;
  return Int32Array.from({ length: MOST_VOXELS }, (_, k) => voxels[Math.floor((k + ((k * GOLDEN) % 1)) * part)]!);
}
