import type { RandomStream } from '../random-stream.ts';
import { valueNoise } from '../value-noise.ts';

/** Signal of each tissue in a T1-weighted image with contrast agent, in arbitrary scanner units. */
const SIGNAL = { fat: 1000, bone: 90, fluid: 170, grey: 470, white: 640, muscle: 430 } as const;

/** Below this depth in mm there is neither cortex nor sulcus. */
const DEEPEST_FOLD_MM = 14.2;

/** One patient's head without the lesion, the same at every visit. */
export interface HeadAnatomy {
  /** Noise-free signal at (x, y, z) in mm (LPS, head centre at 0). */
  readonly signalAt: (x: number, y: number, z: number) => number;
}

/**
 * Draws a brain-like head: scalp, skull, folded cortex, white matter, ventricles, deep grey matter, fine tissue texture.
 * A stand-in that gives registration and forecasting real work to do; not an atlas.
 */
export function drawHeadAnatomy(random: RandomStream): HeadAnatomy {
  const halfWidth = random.between(70, 76);
  const halfLength = random.between(88, 95);
  const halfHeight = random.between(86, 98);
  const ventricle = random.between(0.8, 1.35);
  const folds = valueNoise(random);
  const fine = valueNoise(random);
  const fat = random.between(4.5, 7.5);

  const signalAt = (x: number, y: number, z: number): number => {
    const plainRadius = Math.sqrt((x / halfWidth) ** 2 + (y / halfLength) ** 2 + (z / halfHeight) ** 2);
    if (plainRadius > 1.05) {
      return 0;
    }
    const radius = plainRadius + 0.012 * folds(x / 40, y / 40, z / 40);
    const depth = (1 - radius) * halfWidth;
    const outside = edge(depth);
    if (outside < 0.002) {
      return 0;
    }
    const texture = 1 + 0.05 * fine(x / 3.1, y / 3.1, z / 6) + 0.05 * fine(x / 8 + 11, y / 8, z / 11);
    // What lies deeper covers what lies above, so that most places need one tissue only.
    let signal: number = SIGNAL.bone;
    if (depth < fat + 0.8) {
      const scalp = mix(SIGNAL.fat, SIGNAL.muscle, 0.5 + 0.5 * folds(x / 9, y / 9, z / 15)) * texture;
      signal = mix(scalp, SIGNAL.bone, edge(depth - fat));
    }
    signal = mix(signal, SIGNAL.fluid, edge(depth - fat - 5.5));
    const brainDepth = depth - fat - 7.5;
    if (brainDepth > -3) {
      signal = mix(signal, brainSignal(x, y, z, brainDepth) * texture, edge(brainDepth));
    }
    return signal * outside;
  };

  const brainSignal = (x: number, y: number, z: number, depth: number): number => {
    let signal: number = SIGNAL.white;
    if (depth < DEEPEST_FOLD_MM) {
      const fold = Math.abs(folds(x / 9.5, y / 9.5, z / 16) + 0.45 * folds(x / 5 + 7, y / 5, z / 9));
      const cortexDepth = 4 + 16 * Math.max(0, 0.55 - 1.3 * fold);
      signal = mix(SIGNAL.grey, SIGNAL.white, edge((depth - cortexDepth) / 1.2));
      const sulcus = edge((0.09 - fold) * 16) * edge((13 - depth) / 1.5);
      signal = mix(signal, SIGNAL.fluid, sulcus);
    }

    const fissure = edge(1.1 - Math.abs(x)) * edge((Math.abs(y) - 22) / 3);
    signal = mix(signal, SIGNAL.fluid, 0.8 * fissure);

    const across = Math.abs(x);
    const deepGrey = Math.max(blob(across - 24, y + 8, z + 4, 7, 17, 15), blob(across - 11, y - 12, z + 2, 8, 11, 12));
    signal = mix(signal, SIGNAL.grey * 1.06, deepGrey);
    const horns = Math.max(
      blob(across - 8 - 0.12 * Math.abs(y), y + 20, z - 4, 4.5 * ventricle, 15, 22),
      blob(across - 15 - 0.1 * y, y - 28, z - 2, 5 * ventricle, 17, 18),
      blob(across - 10, y - 4, z - 14, 5 * ventricle, 22, 12),
      blob(across, y - 2, z + 6, 2 * ventricle, 12, 9),
    );
    return mix(signal, SIGNAL.fluid, horns);
  };

  return { signalAt };
}

const mix = (from: number, to: number, share: number): number => from + (to - from) * share;

/** 0 outside, 1 inside, over about 1.6 mm: the pixel spacing, so that no edge shows steps. */
const edge = (distanceMm: number): number =>
  distanceMm <= -0.8 ? 0 : distanceMm >= 0.8 ? 1 : 0.5 + distanceMm * (0.9375 - 0.48828125 * distanceMm * distanceMm);

const blob = (x: number, y: number, z: number, a: number, b: number, c: number): number =>
  edge((1 - Math.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)) * Math.min(a, b));
