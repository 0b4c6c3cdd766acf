import { ConfigurationError } from '../../../errors.ts';
import { compile, type CompiledFunction } from '../../engine/compile.ts';
import type { VoxelMorphModel } from './voxelmorph-model.ts';
import { voxelMorph, voxelMorphInputs, voxelMorphParameters } from './voxelmorph-network.ts';

/** Shapes whose compiled network is kept. */
const MOST_SHAPES = 4;

/** The networks of a model, one for each shape of image. Not for concurrent use. */
export interface VoxelMorphNetworks {
  /**
   * @param shape [H, W] or [D, H, W], multiples of 16.
   * @param fixed of that shape, 0..1. @param moving likewise, on the grid of `fixed`.
   * @returns displacements in voxels, slowest axis first: [...shape, axes].
   * @throws {ConfigurationError} for a model of images of other dimensions.
   */
  run(shape: readonly number[], fixed: Float32Array, moving: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a model; networks are compiled as shapes come, and the last few are kept. */
export function openVoxelMorph(model: VoxelMorphModel, threads = 1): VoxelMorphNetworks {
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
    async run(shape, fixed, moving) {
      const axes = model.settings.shape.length;
      if (shape.length !== axes) {
        throw new ConfigurationError('the registration model cannot be used', [
          `it deforms images of ${axes} dimensions, these have ${shape.length}`,
        ]);
      }
      const network = await networkFor(shape);
      return (await network.run({ fixed, moving }))['displacement']!;
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
