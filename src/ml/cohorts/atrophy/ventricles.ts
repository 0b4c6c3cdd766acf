import type { RandomStream } from '../random-stream.ts';

/** Half-axes and centre in mm of one ellipsoid; `isPaired`: mirrored at the midline. */
interface Chamber {
  readonly centre: readonly [x: number, y: number, z: number];
  readonly halfAxes: readonly [x: number, y: number, z: number];
  readonly isPaired: boolean;
}

/** Widening costs no tissue in front and behind, so that enlarged ventricles grow across more than along; 1.5 + 0.75 + 0.75 = 3. */
const GROWTH_EXPONENTS = [1.5, 0.75, 0.75] as const;
/** Reach in mm of the reference shape along each axis, with room for every drawn chamber. */
const REACH_MM = [32, 60, 26] as const;
const QUADRATURE_STEP_MM = 1.6;

/** The ventricles of one person: one shape that grows. */
export interface Ventricles {
  /** By how much the reference shape is stretched along each axis to hold this volume. */
  stretchOf(volumeMl: number): readonly [x: number, y: number, z: number];
  /** Distance in mm to the wall, to first order near it; negative inside. The stretch comes from `stretchOf`. */
  wallDistance(x: number, y: number, z: number, stretch: readonly [number, number, number]): number;
}

/**
 * Draws the shape: frontal horns, bodies, occipital horns and the third ventricle as ellipsoids. The volume of the stretched
 * shape is exact by construction: stretches multiply to (V / V1), V1 from a quadrature of the reference shape.
 */
export function drawVentricles(random: RandomStream): Ventricles {
  const vary = (value: number): number => value * random.between(0.88, 1.12);
  const chambers: readonly Chamber[] = [
    { centre: [vary(9), vary(-22), 1], halfAxes: [vary(4.6), vary(14), 12], isPaired: true },
    { centre: [vary(10.5), 1, 3], halfAxes: [vary(4.2), 19, vary(9)], isPaired: true },
    { centre: [vary(14.5), vary(25), 0], halfAxes: [vary(5.2), vary(17), 12], isPaired: true },
    { centre: [0, 2, -5], halfAxes: [2, 11, 8], isPaired: false },
  ];
  const tilt = random.between(0.08, 0.16);

  const wallDistance: Ventricles['wallDistance'] = (x, y, z, [sx, sy, sz]) => {
    let nearest = Infinity;
    const ry = y / sy;
    const rz = z / sz;
    // Horns drift apart behind, as the temporal lobes push them.
    const side = Math.abs(x / sx) - tilt * Math.max(0, ry - 10);
    for (const { centre, halfAxes, isPaired } of chambers) {
      const [a, b, c] = halfAxes;
      const u = ((isPaired ? side : x / sx) - centre[0]) / a;
      const v = (ry - centre[1]) / b;
      const w = (rz - centre[2]) / c;
      const level = Math.sqrt(u * u + v * v + w * w);
      const slope = Math.hypot(u / (a * sx), v / (b * sy), w / (c * sz)) / Math.max(level, 1e-9);
      nearest = Math.min(nearest, level < 1e-9 ? -Math.min(a * sx, b * sy, c * sz) : (level - 1) / slope);
    }
    return nearest;
  };

  const referenceMl = volumeOf((x, y, z) => wallDistance(x, y, z, [1, 1, 1]));
  return {
    wallDistance,
    stretchOf: (volumeMl) => {
      const scale = Math.cbrt(Math.max(volumeMl, 0) / referenceMl);
      const [x, y, z] = GROWTH_EXPONENTS;
      return [scale ** x, scale ** y, scale ** z];
    },
  };
}

function volumeOf(distance: (x: number, y: number, z: number) => number): number {
  const [rx, ry, rz] = REACH_MM;
  let cells = 0;
  for (let z = -rz; z <= rz; z += QUADRATURE_STEP_MM) {
    for (let y = -ry; y <= ry; y += QUADRATURE_STEP_MM) {
      for (let x = 0.5 * QUADRATURE_STEP_MM; x <= rx; x += QUADRATURE_STEP_MM) {
        cells += 2 * Math.min(1, Math.max(0, 0.5 - distance(x, y, z) / QUADRATURE_STEP_MM));
      }
    }
  }
  return (cells * QUADRATURE_STEP_MM ** 3) / 1000;
}
