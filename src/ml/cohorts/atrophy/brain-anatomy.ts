import type { RandomStream } from '../random-stream.ts';
import { valueNoise } from '../value-noise.ts';
import { drawVentricles } from './ventricles.ts';

/** Signal of each tissue in a T1-weighted image without contrast agent, in arbitrary scanner units. */
const SIGNAL = { fat: 900, bone: 80, fluid: 150, grey: 480, white: 720 } as const;

/** Millimetres from a sulcus for one unit of the field that draws sulci: the inverse of its mean slope. */
const MM_PER_FOLD = 8;
/** Half the width in mm of a sulcus in a person whose cortex has its full thickness. */
const NARROW_SULCUS_MM = 0.5;
const FULL_CORTEX_MM = 2.8;

/** What the brain of one person looks like at one moment. */
export interface BrainState {
  readonly ventricleMl: number;
  readonly cortexMm: number;
}

/** What lies at one place, blurred over `spacingMm` as a voxel of that size blurs it. */
export interface BrainPoint {
  /** Noise-free, scanner units. */
  signal: number;
  /** Share 0..1 of ventricle and of cortex. */
  ventricle: number;
  cortex: number;
}

/** One person's head; the state changes, the person stays. */
export interface BrainAnatomy {
  /** Writes what lies at (x, y, z) in mm (x left, y posterior, z up; brain centre at 0) into `point`. */
  at(state: BrainState, spacingMm: number): (x: number, y: number, z: number, point: BrainPoint) => void;
}

/**
 * Draws a head: scalp, skull, fluid, a folded cortex of the state's thickness, white matter, deep grey matter, ventricles of the
 * state's volume. A stand-in that gives forecasting real work to do; not an atlas.
 *
 * Cortex is the set of places 0 < p < thickness, p the distance to fluid over the brain or in a sulcus; what the cortex
 * loses, sulci gain. Ventricles press the tissue around them outwards, less and less towards the skull.
 */
export function drawBrainAnatomy(random: RandomStream): BrainAnatomy {
  const halfWidth = random.between(66, 71);
  const halfLength = random.between(82, 88);
  const halfHeight = random.between(74, 80);
  const skull = random.between(5.5, 7);
  const fat = random.between(4, 7);
  const sulcusDepth = random.between(13, 17);
  const folds = valueNoise(random);
  const fine = valueNoise(random);
  const ventricles = drawVentricles(random);

  const at: BrainAnatomy['at'] = (state, spacingMm) => {
    const stretch = ventricles.stretchOf(state.ventricleMl);
    const edge = (distanceMm: number): number => Math.min(1, Math.max(0, 0.5 + distanceMm / spacingMm));
    const lost = Math.max(0, FULL_CORTEX_MM - state.cortexMm);
    const sulcus = NARROW_SULCUS_MM + 0.9 * lost;
    const overBrain = 1.2 + 1.5 * lost;

    return (x, y, z, point) => {
      const radius = Math.sqrt((x / halfWidth) ** 2 + (y / halfLength) ** 2 + (z / halfHeight) ** 2);
      const depth = (1 - radius) * halfWidth + 1.2 * folds(x / 38, y / 38, z / 38);
      point.signal = 0;
      point.ventricle = 0;
      point.cortex = 0;
      const outside = edge(depth + overBrain + skull + fat);
      if (outside === 0) return;
      let signal: number = SIGNAL.fat * (0.92 + 0.08 * folds(x / 9, y / 9, z / 15));
      signal = mix(signal, SIGNAL.bone, edge(depth + overBrain + skull));
      signal = mix(signal, SIGNAL.fluid, edge(depth + overBrain));
      if (depth > -2 * spacingMm) {
        const press = pressAt(radius);
        const rx = x * (1 + (1 / stretch[0] - 1) * press);
        const ry = y * (1 + (1 / stretch[1] - 1) * press);
        const rz = z * (1 + (1 / stretch[2] - 1) * press);
        const toSulcus = distanceToSulcus(rx, ry, rz, depth, sulcus);
        const toFluid = Math.min(depth, toSulcus);
        const inner = edge(toFluid - state.cortexMm);
        point.cortex = edge(toFluid) - inner;
        const texture = 1 + 0.03 * fine(rx / 4, ry / 4, rz / 6) + 0.03 * fine(rx / 11 + 7, ry / 11, rz / 13);
        const deep = Math.max(
          deepGrey(Math.abs(rx) - 24, ry + 4, rz + 4, 6.5, 17, 14),
          deepGrey(Math.abs(rx) - 11, ry - 13, rz + 6, 8, 11, 11),
          deepGrey(Math.abs(rx) - 16, ry + 22, rz - 2, 4.5, 9, 12),
        );
        const tissue = mix(mix(SIGNAL.grey, SIGNAL.white, inner), SIGNAL.grey * 1.1, deep * inner);
        signal = mix(signal, tissue * texture, edge(toFluid));
        point.ventricle = ventricleShare(x, y, z);
        point.cortex *= 1 - point.ventricle;
        signal = mix(signal, SIGNAL.fluid, point.ventricle);
      }
      point.signal = signal * outside;
    };

    /** Counted by 3 x 3 points near the wall, because horns are thinner than a voxel. */
    function ventricleShare(x: number, y: number, z: number): number {
      const distance = ventricles.wallDistance(x, y, z, stretch);
      if (Math.abs(distance) > 2 * spacingMm) return distance < 0 ? 1 : 0;
      const step = spacingMm / 3;
      let share = 0;
      for (let j = -1; j <= 1; j++) {
        for (let i = -1; i <= 1; i++) {
          const part = ventricles.wallDistance(x + i * step, y + j * step, z, stretch);
          share += Math.min(1, Math.max(0, 0.5 - part / step)) / 9;
        }
      }
      return share;
    }

    /** Distance in mm to the fluid of the nearest sulcus or of the fissure between the hemispheres; negative inside. */
    function distanceToSulcus(x: number, y: number, z: number, depth: number, halfWidthMm: number): number {
      const fold = Math.abs(folds(x / 10, y / 10, z / 16) + 0.35 * folds(x / 5.5 + 7, y / 5.5, z / 9));
      const fissure = Math.abs(x) + 0.4;
      const fromFold = beside(fold * MM_PER_FOLD - halfWidthMm, depth - sulcusDepth);
      const fromFissure = beside(fissure - halfWidthMm, depth - 1.7 * sulcusDepth);
      return Math.min(fromFold, fromFissure);
    }
  };
  return { at };
}

/** Distance to a slit from beside it and from below its floor; negative inside. */
const beside = (across: number, below: number): number =>
  across > 0 && below > 0 ? Math.hypot(across, below) : Math.max(across, below);

/** How much of the ventricles' stretch the tissue at this radius takes part in: 1 beside them, 0 at the cortex. */
function pressAt(radius: number): number {
  const t = Math.min(1, Math.max(0, (radius - 0.3) / 0.5));
  return 1 - t * t * (3 - 2 * t);
}

const mix = (from: number, to: number, share: number): number => from + (to - from) * share;

const deepGrey = (x: number, y: number, z: number, a: number, b: number, c: number): number =>
  Math.min(1, Math.max(0, 0.5 + (1 - Math.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)) * 2.5));
