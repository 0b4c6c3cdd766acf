/** Reproducible numbers in -scale..scale, by a linear congruential generator. */
export function randomArray(size: number, seed: number, scale = 1): Float32Array {
  let state = Math.imul(seed, 2654435761) + 12345;
  return Float32Array.from({ length: size }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    return ((state >>> 0) / 2 ** 31 - 1) * scale;
  });
}

/** Largest difference of two arrays, in parts of the largest magnitude of the second. */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let difference = 0;
  let magnitude = 1e-6;
  for (let index = 0; index < expected.length; index++) {
    difference = Math.max(difference, Math.abs(found[index]! - expected[index]!));
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
    if (Number.isNaN(found[index]) !== Number.isNaN(expected[index])) return Infinity;
  }
  return difference / magnitude;
}
