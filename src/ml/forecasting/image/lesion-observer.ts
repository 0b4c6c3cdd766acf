import type { VolumeShape } from '../../../twins/volume.ts';
import { compile, type CompiledFunction } from '../../engine/compile.ts';
import type { SessionOptions } from '../../engine/session.ts';
import * as tf from '../../engine/tensorflow.ts';
import { type IntensityRange, intensityRangeOf } from '../intensity-range.ts';
import { type LesionOutline, largestLesion, outlineOf } from './lesion-outline.ts';
import { segmenterInputs, segmenterParameters, segmentLesion, withNeighbours } from './lesion-segmenter.ts';

/** Finds the lesion in images of one size. */
export interface LesionObserver {
  /**
   * @param voxels [D,H,W] in any unit of brightness; finite. An image without contrast has no lesion.
   * @param range of the whole image where `voxels` are a part of it. @param near where the lesion was in another image.
   */
  observe(voxels: Float32Array, range?: IntensityRange | null, near?: LesionOutline): Promise<LesionOutline>;
  dispose(): Promise<void>;
}

/**
 * Opens the segmenter on images of this shape.
 * @param weights of `segmenterParameters`. @throws {RangeError} for rows or columns that are no multiples of 8.
 */
export async function openLesionObserver(
  weights: Readonly<Record<string, Float32Array>>,
  shape: VolumeShape,
  session: SessionOptions = {},
): Promise<LesionObserver> {
  const parameters = Object.fromEntries(
    Object.entries(segmenterParameters()).map(([name, { shape: own }]) => [name, { shape: own }]),
  );
  const compiled: CompiledFunction = await compile(
    (inputs) => ({ share: tf.sigmoid(segmentLesion(inputs, inputs['slices']!)) }),
    { ...segmenterInputs(...shape), ...parameters },
    { constants: Object.fromEntries(Object.keys(parameters).map((name) => [name, weights[name]!])), ...session },
  );
  return {
    async observe(voxels, range = intensityRangeOf(voxels), near) {
      if (range === null) return outlineOf(new Float32Array(voxels.length), shape);
      const scaled = voxels.map((voxel) => (voxel - range.low) / range.width);
      const { share } = await compiled.run({ slices: withNeighbours(scaled, shape) });
      return largestLesion(share!, shape, near);
    },
    dispose: () => compiled.dispose(),
  };
}
