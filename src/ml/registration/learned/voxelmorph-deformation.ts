import { voxelCount, type VolumeShape } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';
import { fieldOfAxes } from '../deformable/spline-deformation.ts';
import type { DisplacementField } from '../displacement-field.ts';
import { resample } from '../sampling.ts';
import { identityMatrix, type Matrix4 } from '../transform.ts';
import { VOXELMORPH_MULTIPLE } from './voxelmorph-network.ts';

/** Larger levels are passed over for the next coarser one: what the network sees of a structure grows with its pixels. */
const LARGEST = { 2: 256 * 256, 3: 96 ** 3 } as const;

/** A pair as the network reads it. */
export interface NetworkPair {
  /** [H, W] or [D, H, W]. */
  readonly shape: readonly number[];
  readonly fixed: Float32Array;
  readonly moving: Float32Array;
  /** The whole map that the network's displacements make, on the grid of the fixed image's finest level. */
  readonly fieldOf: (displacement: Float32Array) => DisplacementField;
}

/** Brings a pair of pyramids, finest level first, to what the network reads. `initial`: fixed to moving, LPS mm. */
export function networkPair(fixed: readonly Level[], moving: readonly Level[], initial: Matrix4): NetworkPair {
  const finest = fixed[0]!;
  const axes = finest.shape[0] > 1 ? 3 : 2;
  const index = Math.max(
    0,
    fixed.findIndex(({ shape }) => voxelCount(shape) <= LARGEST[axes]),
  );
  const level = fixed[index]!;
  const source = moving[Math.min(index, moving.length - 1)]!;
  const padded = level.shape.map((extent) =>
    extent === 1 ? 1 : Math.ceil(extent / VOXELMORPH_MULTIPLE) * VOXELMORPH_MULTIPLE,
  ) as unknown as VolumeShape;
  return {
    shape: axes === 3 ? padded : padded.slice(1),
    fixed: embedded(level.voxels, level.shape, padded),
    moving: embedded(resample(source, level, initial, 0).voxels, level.shape, padded),
    fieldOf: (displacement) => fieldOfAxes(alongAxes(displacement, level, padded, finest), finest, initial),
  };
}

/** The image in the first corner of a larger one; the rest is dark. */
function embedded(voxels: Float32Array, [depth, height, width]: VolumeShape, to: VolumeShape): Float32Array {
  const out = new Float32Array(voxelCount(to));
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = (z * height + y) * width;
      out.set(voxels.subarray(row, row + width), (z * to[1] + y) * to[2]);
    }
  }
  return out;
}

/** The network's displacements as mm along x, y and (in volumes) z, on the grid of `finest`. */
function alongAxes(displacement: Float32Array, level: Level, padded: VolumeShape, finest: Level): Float32Array[] {
  const [depth, height, width] = level.shape;
  const axes = depth > 1 ? 3 : 2;
  return Array.from({ length: axes }, (_, component) => {
    const voxels = new Float32Array(voxelCount(level.shape));
    const spacing = level.spacingMm[2 - component]!;
    // The network names the slowest axis first.
    const channel = axes - 1 - component;
    for (let z = 0, i = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          voxels[i] = spacing * displacement[((z * padded[1] + y) * padded[2] + x) * axes + channel]!;
        }
      }
    }
    return level === finest ? voxels : resample({ ...level, voxels }, finest, identityMatrix(), 'edge').voxels;
  });
}
