import type { RandomStream } from './random-stream.ts';

const SIDE = 32;
const MASK = SIDE - 1;

/** A smooth random field over space; roughly in -1..1, mean 0, features of about one unit. */
export type NoiseField = (x: number, y: number, z: number) => number;

/**
 * Value noise: random numbers on a 32^3 lattice that repeats, joined by a cubic fade (Perlin, "An image synthesizer", SIGGRAPH
 * 1985). Continuous, so that a moved patient shows the same tissue between other pixels.
 */
export function valueNoise(random: RandomStream): NoiseField {
  const lattice = new Float32Array(SIDE ** 3);
  for (let index = 0; index < lattice.length; index++) {
    lattice[index] = random.between(-1, 1);
  }
  return (x, y, z) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const z0 = Math.floor(z);
    const u = fade(x - x0);
    const v = fade(y - y0);
    const w = fade(z - z0);
    const left = x0 & MASK;
    const right = (x0 + 1) & MASK;
    const front = (y0 & MASK) * SIDE;
    const back = ((y0 + 1) & MASK) * SIDE;
    const low = (z0 & MASK) * SIDE * SIDE;
    const high = ((z0 + 1) & MASK) * SIDE * SIDE;
    const row = (offset: number): number => lattice[offset + left]! * (1 - u) + lattice[offset + right]! * u;
    const lower = row(low + front) * (1 - v) + row(low + back) * v;
    const upper = row(high + front) * (1 - v) + row(high + back) * v;
    return lower * (1 - w) + upper * w;
  };
}

const fade = (t: number): number => t * t * (3 - 2 * t);
