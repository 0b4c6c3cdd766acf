type Samples = Float64Array | Float32Array;

/**
 * Normalised cross-correlation (Pearson) of two images over the voxels where `mask` is not 0 (all without a mask): -1..1;
 * NaN where an image is constant there.
 */
export function normalisedCrossCorrelation(a: Samples, b: Samples, mask?: Uint8Array): number {
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.length; i++) {
    if (mask === undefined || mask[i] !== 0) {
      count++;
      sumA += a[i]!;
      sumB += b[i]!;
    }
  }
  const meanA = sumA / count;
  const meanB = sumB / count;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    if (mask === undefined || mask[i] !== 0) {
      const da = a[i]! - meanA;
      const db = b[i]! - meanB;
      aa += da * da;
      bb += db * db;
      ab += da * db;
    }
  }
  return ab / Math.sqrt(aa * bb);
}
