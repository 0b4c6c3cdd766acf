import { DomainError } from '../../errors.ts';
import type { DecodedInstance } from './decode-instance.ts';

/**
 * The values of a grayscale instance in the modality's unit: stored value * slope + intercept, frame by frame
 * (PS3.3 C.11.1, and C.7.6.16.2.9 for enhanced objects). Where the image states no rescale the stored values are kept.
 *
 * MONOCHROME1 says how to *display* values, dark for high: the values themselves are not inverted.
 * @returns `values` are [frames, rows, columns]; not finite where the image has no measurement (pixel padding,
 *   C.7.5.1.1.2), which `unmeasured` counts.
 * @throws {DomainError} UNSUPPORTED where the samples are not one quantity per pixel.
 */
export function quantitativeValues({ header, storedValues }: DecodedInstance): {
  values: Float32Array;
  unmeasured: number;
} {
  const { pixels, frames, padding } = header;
  if (pixels.samplesPerPixel !== 1 || !/^MONOCHROME[12]$/.test(pixels.photometricInterpretation)) {
    throw new DomainError('UNSUPPORTED', 'The images are in colour; only grayscale images carry measured values.');
  }
  if (header.hasModalityLut) {
    throw new DomainError('UNSUPPORTED', 'The images map their values through a lookup table, which is not supported.');
  }
  const values = new Float32Array(storedValues);
  const frameLength = pixels.rows * pixels.columns;
  for (const [index, { rescale }] of frames.entries()) {
    if (rescale === null || (rescale.slope === 1 && rescale.intercept === 0)) continue;
    const end = (index + 1) * frameLength;
    // From the stored values, so that 32-bit ones are rounded once.
    for (let i = index * frameLength; i < end; i++) values[i] = storedValues[i]! * rescale.slope + rescale.intercept;
  }
  if (padding !== null) {
    const { low, high } = padding;
    for (let i = 0; i < values.length; i++) {
      if (storedValues[i]! >= low && storedValues[i]! <= high) values[i] = Number.NaN;
    }
  }
  let unmeasured = 0;
  // Whole numbers are always measured.
  if (padding !== null || storedValues instanceof Float32Array || storedValues instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) unmeasured++;
  }
  return { values, unmeasured };
}
