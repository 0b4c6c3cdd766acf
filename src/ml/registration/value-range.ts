/** The smallest and the largest value of an image; null when one is NaN or infinite. */
export function valueRangeOf(voxels: Float32Array): { readonly low: number; readonly high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < voxels.length; i++) {
    const value = voxels[i]!;
    // NaN for what is not finite, at the price of one subtraction.
    if (value - value !== 0) {
      return null;
    }
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  return { low, high };
}
