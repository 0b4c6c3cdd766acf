const SAMPLE = 65_536;
const HALF = 65_536;

/**
 * Quantiles of the values of an image, at fractions 0..1, by the nearest lower rank; NaN must not occur. Above 65,536 values
 * an evenly spaced sample of them is used.
 */
export function quantiles(image: Float32Array, fractions: readonly number[]): Float64Array {
  // Odd, so that the sample does not fall into the same columns of every row.
  const step = image.length > SAMPLE ? Math.ceil(image.length / SAMPLE) | 1 : 1;
  const sample = new Float32Array(Math.ceil(image.length / step));
  for (let k = 0; k < sample.length; k++) {
    sample[k] = image[k * step]!;
  }
  const keys = orderedKeys(sample);
  const upper = new Uint32Array(HALF);
  for (let k = 0; k < keys.length; k++) {
    upper[keys[k]! >>> 16]!++;
  }
  return Float64Array.from(fractions, (fraction) =>
    valueOfRank(keys, upper, Math.floor(fraction * (sample.length - 1))),
  );
}

/** Unsigned integers in the order of the floats: the sign bit flipped, or all bits of a negative number. */
function orderedKeys(sample: Float32Array): Uint32Array {
  const keys = new Uint32Array(sample.buffer.slice(0));
  for (let k = 0; k < keys.length; k++) {
    const bits = keys[k]!;
    keys[k] = bits >>> 31 === 0 ? bits | 0x80000000 : ~bits;
  }
  return keys;
}

/** Selection by two counts of 16 bits each, which costs a fraction of sorting. */
function valueOfRank(keys: Uint32Array, upper: Uint32Array, rank: number): number {
  const [high, below] = bucketOf(upper, rank);
  const lower = new Uint32Array(HALF);
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k]!;
    if (key >>> 16 === high) {
      lower[key & 0xffff]!++;
    }
  }
  const [low] = bucketOf(lower, rank - below);
  const key = ((high << 16) | low) >>> 0;
  const bits = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

/** The bucket that holds the value of a rank, and how many values lie in those below it. */
function bucketOf(counts: Uint32Array, rank: number): [bucket: number, below: number] {
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (below + counts[bucket]! > rank) {
      return [bucket, below];
    }
    below += counts[bucket]!;
  }
  return [counts.length - 1, below];
}
