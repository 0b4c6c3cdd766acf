import { compose, indexToWorld, invert, transformPoint, type Matrix4 } from '../../src/ml/registration/transform.ts';
import { voxelCount, type Volume, type VolumeGeometry } from '../../src/twins/volume.ts';

/** A small repeatable generator of numbers in 0..1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A head-like body of about 150 x 180 x 130 mm around (0,0,0) LPS: its intensity, 0..1, at any point. */
function anatomyOf(seed: number): (x: number, y: number, z: number) => number {
  const random = randomOf(seed);
  const blobs = Array.from({ length: 60 }, () => ({
    x: 130 * (random() - 0.5),
    y: 160 * (random() - 0.5),
    z: 120 * (random() - 0.5),
    width: 5 + 14 * random(),
    height: 0.9 * (random() - 0.4),
  }));
  return (x, y, z) => {
    const radius = Math.hypot(x / 75, y / 90, z / 65);
    // A soft edge of about 2 mm, as the partial volume of a scanner gives.
    const inside = 1 / (1 + Math.exp((radius - 1) * 40));
    if (inside < 1e-4) {
      return 0;
    }
    let tissue = 0.4;
    for (const blob of blobs) {
      const square = (x - blob.x) ** 2 + (y - blob.y) ** 2 + (z - blob.z) ** 2;
      tissue += blob.height * Math.exp(-square / (2 * blob.width * blob.width));
    }
    return inside * Math.min(1, Math.max(0.05, tissue));
  };
}

/** A grid whose centre lies at `centre` (LPS mm). */
export function gridOf(
  shape: VolumeGeometry['shape'],
  spacingMm: VolumeGeometry['spacingMm'],
  direction: readonly number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1],
  centre: readonly [number, number, number] = [0, 0, 0],
): VolumeGeometry {
  const corner = transformPoint(
    indexToWorld({ shape, spacingMm, direction, originMm: [0, 0, 0] }),
    (shape[2] - 1) / 2,
    (shape[1] - 1) / 2,
    (shape[0] - 1) / 2,
  );
  return {
    shape,
    spacingMm,
    direction,
    originMm: [centre[0] - corner[0], centre[1] - corner[1], centre[2] - corner[2]],
  };
}

export interface Acquisition {
  readonly seed?: number;
  /** Where the body has gone: maps LPS points of the body at rest to where they are now. */
  readonly pose?: Matrix4;
  /** Scanner units of the brightest tissue. */
  readonly gain?: number;
  readonly gamma?: number;
  /** Relative change of intensity from the left to the right side. */
  readonly bias?: number;
  /** Standard deviation of the noise relative to the gain. */
  readonly noise?: number;
}

/** An image of the body as a scanner with this grid sees it; no interpolation is involved. */
export function scanOf(
  grid: VolumeGeometry,
  { seed = 1, pose, gain = 1000, gamma = 1, bias = 0, noise = 0 }: Acquisition = {},
): Volume {
  const anatomy = anatomyOf(seed);
  const toBody = pose === undefined ? indexToWorld(grid) : compose(invert(pose), indexToWorld(grid));
  const random = randomOf(seed + Math.round(1000 * gain) + Math.round(1e4 * gamma));
  const voxels = new Float32Array(voxelCount(grid.shape));
  const [depth, height, width] = grid.shape;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const value = anatomy(...transformPoint(toBody, x, y, z)) ** gamma * (1 + bias * (x / width - 0.5));
        const gauss = noise === 0 ? 0 : noise * (random() + random() + random() + random() - 2) * Math.sqrt(3);
        voxels[i] = gain * (value + gauss);
      }
    }
  }
  return { ...grid, voxels };
}
