import { compile, type CompiledFunction } from '../../engine/compile.ts';
import { voxelCount, type VolumeShape } from '../../../twins/volume.ts';
import { DomainError } from '../../../errors.ts';
import type { Level } from '../cost.ts';
import { fieldOfAxes } from '../deformable/spline-deformation.ts';
import type { Deformation } from '../displacement-field.ts';
import { resample } from '../sampling.ts';
import { identityMatrix, type Matrix4 } from '../transform.ts';
import type { VoxelMorphModel } from './voxelmorph-model.ts';
import { VOXELMORPH_MULTIPLE, voxelMorph, voxelMorphInputs, voxelMorphParameters } from './voxelmorph-network.ts';

/** Larger levels are passed over for the next coarser one: what the network sees of a structure grows with its pixels. */
const LARGEST = { 2: 256 * 256, 3: 96 ** 3 } as const;
/** Shapes whose compiled network is kept by {@link openVoxelMorph}. */
const MOST_SHAPES = 4;

/** A VoxelMorph network that is ready to align pairs in this thread. Not for concurrent use. */
export interface VoxelMorphAligner {
  /**
   * Finds what of the difference a deformation after `initial` explains, in one pass of the network. Arguments as those of a
   * `DeformableMethod`; a run cannot be interrupted and takes a fraction of a second.
   * @throws {DomainError} INVALID_INPUT for a pair of other dimensions than the model's.
   */
  align(fixed: readonly Level[], moving: readonly Level[], initial: Matrix4): Promise<Deformation>;
  close(): Promise<void>;
}

/** Opens a model; networks are compiled as shapes come, and the last few are kept. */
export function openVoxelMorph(model: VoxelMorphModel, threads = 1): VoxelMorphAligner {
  const axes = model.settings.shape.length as 2 | 3;
  const compiled = new Map<string, Promise<CompiledFunction>>();

  async function networkFor(shape: readonly number[]): Promise<CompiledFunction> {
    const key = shape.join();
    const known = compiled.get(key) ?? compileFor(model, shape, threads);
    compiled.delete(key);
    compiled.set(key, known);
    const [oldest] = compiled.keys();
    if (compiled.size > MOST_SHAPES && oldest !== undefined) {
      const closing = compiled.get(oldest);
      compiled.delete(oldest);
      await closing?.then((unused) => unused.dispose());
    }
    return known;
  }

  return {
    async align(fixed, moving, initial) {
      const finest = fixed[0]!;
      if ((finest.shape[0] > 1 ? 3 : 2) !== axes) {
        throw new DomainError('INVALID_INPUT', `This model deforms images of ${axes} dimensions only.`, {
          field: 'fixed',
        });
      }
      const index = Math.max(
        0,
        fixed.findIndex(({ shape }) => voxelCount(shape) <= LARGEST[axes]),
      );
      const level = fixed[index]!;
      const source = moving[Math.min(index, moving.length - 1)]!;
      const padded = level.shape.map((extent) =>
        extent === 1 ? 1 : Math.ceil(extent / VOXELMORPH_MULTIPLE) * VOXELMORPH_MULTIPLE,
      ) as unknown as VolumeShape;
      const network = await networkFor(axes === 3 ? padded : padded.slice(1));
      const { displacement } = await network.run({
        fixed: embedded(level.voxels, level.shape, padded),
        moving: embedded(resample(source, level, initial, 0).voxels, level.shape, padded),
      });
      return { field: fieldOfAxes(alongAxes(displacement!, level, padded, finest), finest, initial), splines: null };
    },
    async close() {
      for (const network of compiled.values()) await (await network).dispose();
      compiled.clear();
    },
  };
}

function compileFor(
  { settings, weights }: VoxelMorphModel,
  shape: readonly number[],
  threads: number,
): Promise<CompiledFunction> {
  const own = { ...settings, shape };
  return compile(
    (all) => ({ displacement: voxelMorph(all, all['fixed']!, all['moving']!).displacement }),
    { ...voxelMorphInputs(own, 1), ...voxelMorphParameters(own) },
    { constants: weights, threads },
  );
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
