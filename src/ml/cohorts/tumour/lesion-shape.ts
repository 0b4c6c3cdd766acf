import type { RandomStream } from '../random-stream.ts';

/**
 * A patient's own lesion outline: star-shaped about its centre, the same at every size.
 * `radiusOf` gives the outline in direction (x, y, z) (any length but 0) in units of the radius of the sphere of equal volume.
 */
export interface LesionShape {
  /** Centre in mm, in the patient's own coordinates (LPS, head centre at 0). */
  readonly centreMm: readonly [x: number, y: number, z: number];
  readonly radiusOf: (x: number, y: number, z: number) => number;
  /** Largest value of `radiusOf`. */
  readonly largestRadius: number;
}

const DIRECTIONS = 2000;
/** The slab of the image is thin, so lesions are a little flat. */
const FLATTENING = 0.82;

/**
 * Draws the outline: a flattened ellipsoid with a few broad bumps, scaled so that the body
 * enclosed has exactly the volume of the unit sphere (integral of r^3 over directions, by quadrature on a Fibonacci sphere).
 */
export function drawLesionShape(random: RandomStream): LesionShape {
  const stretch = random.between(0.85, 1.15);
  const axes = [stretch, 1 / stretch, FLATTENING] as const;
  const bumps = Array.from({ length: 5 }, () => ({
    direction: unit(random.normal(), random.normal(), random.normal() * 0.6),
    height: random.between(-0.12, 0.16),
  }));
  const plain = (x: number, y: number, z: number): number => {
    const length = Math.sqrt(x * x + y * y + z * z);
    const [ux, uy, uz] = [x / length, y / length, z / length];
    const ellipsoid = 1 / Math.sqrt((ux / axes[0]) ** 2 + (uy / axes[1]) ** 2 + (uz / axes[2]) ** 2);
    const relief = bumps.reduce((sum, { direction, height }) => {
      const cosine = ux * direction[0] + uy * direction[1] + uz * direction[2];
      return sum + height * Math.exp(4 * (cosine - 1));
    }, 1);
    return ellipsoid * relief;
  };

  let cubes = 0;
  let largest = 0;
  for (let index = 0; index < DIRECTIONS; index++) {
    const z = 1 - (2 * index + 1) / DIRECTIONS;
    const ring = Math.sqrt(1 - z * z);
    const turn = index * Math.PI * (3 - Math.sqrt(5));
    const radius = plain(ring * Math.cos(turn), ring * Math.sin(turn), z);
    cubes += radius ** 3;
    largest = Math.max(largest, radius);
  }
  const scale = Math.cbrt(DIRECTIONS / cubes);
  const side = random.uniform() < 0.5 ? -1 : 1;
  return {
    centreMm: [side * random.between(24, 30), random.between(-28, 24), random.between(-2, 2)],
    radiusOf: (x, y, z) => scale * plain(x, y, z),
    largestRadius: scale * largest,
  };
}

function unit(x: number, y: number, z: number): readonly [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
