/**
 * The numbers of numpy's legacy generator (`numpy.random.RandomState`), in its order, so that published seeds give the published
 * cohorts. Uniform numbers and integers are the same bits; numbers that pass through a logarithm may differ in the last one.
 */
export interface LegacyRandom {
  /** 53 bits in [0, 1): `random_sample`. */
  uniform(): number;
  /** Standard normal: `standard_normal`. */
  normal(): number;
  /** 0, ..., below - 1: `randint(0, below)`. @param below 1..2^32 - 1 */
  integer(below: number): number;
  /** A generator that goes on from here with the same numbers. */
  copy(): LegacyRandom;
}

const N = 624;
const M = 397;

/**
 * MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998) seeded by one integer (`init_genrand`); normal numbers by the polar method,
 * which hands out the second of a pair first; integers by masked rejection.
 * @param seed 0..2^32 - 1.
 */
export function legacyRandom(seed: number): LegacyRandom {
  const state = new Uint32Array(N);
  state[0] = seed >>> 0;
  for (let k = 1; k < N; k += 1) {
    const before = state[k - 1]! ^ (state[k - 1]! >>> 30);
    state[k] = Math.imul(before, 1_812_433_253) + k;
  }
  return goingOn(state, N, Number.NaN);
}

function goingOn(state: Uint32Array, position: number, spareNormal: number): LegacyRandom {
  let at = position;
  let spare = spareNormal;

  const refill = (): void => {
    for (let k = 0; k < N; k += 1) {
      const y = (state[k]! & 0x8000_0000) | (state[(k + 1) % N]! & 0x7fff_ffff);
      state[k] = state[(k + M) % N]! ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908_b0df);
    }
    at = 0;
  };
  const bits = (): number => {
    if (at === N) refill();
    let y = state[at]!;
    at += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const uniform = (): number => {
    const high = bits() >>> 5;
    return (high * 67_108_864 + (bits() >>> 6)) / 9_007_199_254_740_992;
  };

  return {
    uniform,
    normal() {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      for (;;) {
        const x = 2 * uniform() - 1;
        const y = 2 * uniform() - 1;
        const square = x * x + y * y;
        if (square < 1 && square !== 0) {
          const scale = Math.sqrt((-2 * Math.log(square)) / square);
          spare = scale * x;
          return scale * y;
        }
      }
    },
    integer(below) {
      const most = below - 1;
      if (most === 0) return 0;
      const mask = 0xffff_ffff >>> Math.clz32(most);
      for (;;) {
        const value = (bits() & mask) >>> 0;
        if (value <= most) return value;
      }
    },
    copy: () => goingOn(state.slice(), at, spare),
  };
}
