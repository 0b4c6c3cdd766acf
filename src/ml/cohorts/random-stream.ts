/** Independent reproducible random numbers. The same keys give the same stream on every machine and in every run. */
export interface RandomStream {
  /** In the open interval (0, 1), 32 bits. */
  uniform(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** 0, 1, ..., count - 1, each equally likely. */
  index(count: number): number;
}

/**
 * Opens the stream that belongs to these keys; streams of different keys are unrelated, so that drawing more numbers for
 * one purpose never changes another.
 *
 * Generator: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021). Its state comes from a 32-bit FNV-1a hash of the keys, spread by the murmur3 finaliser. Normal numbers: the polar method
 * (Marsaglia and Bray, SIAM Review 6, 1964). Not for secrets.
 */
export function randomStream(...keys: readonly (number | string)[]): RandomStream {
  let hash = 0x811c9dc5;
  for (const letter of keys.join('/')) {
    hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  }
  const spread = (): number => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = hash;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  let s0 = spread();
  let s1 = spread();
  let s2 = spread();
  // Four zeros are the one state that the generator cannot leave.
  let s3 = spread() | 1;

  const uniform = (): number => {
    const scaled = Math.imul(s1, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return (result + 0.5) / 4294967296;
  };

  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * scale;
        return x * scale;
      }
    }
  };

  return {
    uniform,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    index: (count) => Math.floor(uniform() * count),
  };
}
