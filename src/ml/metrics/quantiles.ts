const SAMPLE = 65_536;

/**
 * Quantiles of the values of an image, at fractions 0..1, by the nearest lower rank. Above 65,536 values an evenly spaced
 * sample of them is used.
 */
export function quantiles(image: Float32Array, fractions: readonly number[]): Float64Array {
  // Odd, so that the sample does not fall into the same columns of every row.
  const step = image.length > SAMPLE ? Math.ceil(image.length / SAMPLE) | 1 : 1;
  const sample = new Float32Array(Math.ceil(image.length / step));
  for (let k = 0; k < sample.length; k++) {
    sample[k] = image[k * step]!;
  }
  sample.sort();
  return Float64Array.from(fractions, (fraction) => sample[Math.floor(fraction * (sample.length - 1))]!);
}
