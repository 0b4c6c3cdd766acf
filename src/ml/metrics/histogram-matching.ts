const KNOTS = 32;
/** Resolution of the values 0..1 in the histograms and in the mapping. */
const TABLE = 4096;

/**
 * Maps the values of `image` so that its distribution inside the mask becomes that of `reference`: piecewise linear between
 * 33 quantiles (Nyul and Udupa, IEEE TMI 19(2), 2000). Values below the lowest quantile stay as they are. Both images hold
 * values in 0..1; returns a new array.
 */
export function matchHistogram(image: Float64Array, reference: Float64Array, mask: Uint8Array): Float64Array {
  const map = histogramMapping(image, mask, reference, mask);
  const out = new Float64Array(image.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = map(image[i]!);
  }
  return out;
}

/** The mapping of {@link matchHistogram} for images of different grids, each with its own mask: a function of a value 0..1. */
export function histogramMapping(
  image: Float32Array | Float64Array,
  imageMask: Uint8Array,
  reference: Float32Array | Float64Array,
  referenceMask: Uint8Array,
): (value: number) => number {
  const from = knotsOf(image, imageMask);
  const to = knotsOf(reference, referenceMask);
  const table = new Float64Array(TABLE + 2);
  let knot = 0;
  for (let k = 0; k < table.length; k++) {
    const value = k / TABLE;
    while (knot < KNOTS - 1 && value > from[knot + 1]!) {
      knot++;
    }
    const width = from[knot + 1]! - from[knot]!;
    const fraction = width > 0 ? Math.min(1, Math.max(0, (value - from[knot]!) / width)) : 0;
    table[k] = to[knot]! + fraction * (to[knot + 1]! - to[knot]!);
  }
  const lowest = from[0]!;
  return (value) => {
    if (value <= lowest) {
      return value;
    }
    const position = Math.min(1, value) * TABLE;
    const cell = position | 0;
    return table[cell]! + (position - cell) * (table[cell + 1]! - table[cell]!);
  };
}

/** The 33 quantiles of the values inside the mask, to within 1/4096. */
function knotsOf(image: Float32Array | Float64Array, mask: Uint8Array): Float64Array {
  const counts = new Uint32Array(TABLE + 1);
  let total = 0;
  for (let i = 0; i < image.length; i++) {
    if (mask[i] !== 0) {
      counts[(Math.max(0, Math.min(1, image[i]!)) * TABLE) | 0]!++;
      total++;
    }
  }
  const knots = new Float64Array(KNOTS + 1);
  let bin = 0;
  let below = 0;
  for (let k = 0; k <= KNOTS; k++) {
    const rank = (k / KNOTS) * (total - 1);
    while (bin < TABLE && below + counts[bin]! <= rank) {
      below += counts[bin]!;
      bin++;
    }
    knots[k] = (bin + (counts[bin]! > 0 ? (rank - below + 0.5) / counts[bin]! : 0)) / TABLE;
  }
  return knots;
}
