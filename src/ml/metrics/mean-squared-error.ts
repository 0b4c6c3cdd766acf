type Samples = Float64Array | Float32Array;

/** Mean squared difference in the square of the images' unit, over the voxels where `mask` is not 0 (all without one). */
export function meanSquaredError(a: Samples, b: Samples, mask?: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (mask === undefined || mask[i] !== 0) {
      const difference = a[i]! - b[i]!;
      sum += difference * difference;
      count++;
    }
  }
  return sum / count;
}

/**
 * Peak signal-to-noise ratio in dB: 10 log10(dataRange^2 / MSE); Infinity for equal images. `dataRange` is the largest
 * minus the smallest value that the images can take.
 */
export function peakSignalToNoiseRatio(a: Samples, b: Samples, dataRange: number, mask?: Uint8Array): number {
  return 10 * Math.log10((dataRange * dataRange) / meanSquaredError(a, b, mask));
}
