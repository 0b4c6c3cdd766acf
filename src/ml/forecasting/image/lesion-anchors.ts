import type { VolumeShape } from '../../../twins/volume.ts';
import type { LesionOutline, OutlinedImage } from './lesion-outline.ts';
import { scaleLesion } from './lesion-scaling.ts';
import { tissueOf } from './lesion-tissue.ts';
import { meanOf } from './sequence-inputs.ts';

/** What the image head starts from, all [D,h,w] in the last image's brightness. */
export interface LesionAnchors {
  /** The last image with its lesion at the forecast volume. */
  readonly anchor: Float32Array;
  /** Mean of the history, every image with its lesion at the forecast volume: noise averages out. */
  readonly mean: Float32Array;
  readonly lesion: LesionOutline;
}

/**
 * Brings the images of a history to the lesion volume that is forecast.
 * @param history oldest first, at least one; windows [D,h,w] in one brightness. @param ratio forecast volume over that of the last image.
 */
export function lesionAnchors(history: readonly OutlinedImage[], ratio: number, shape: VolumeShape): LesionAnchors {
  const last = history.at(-1)!;
  const tissue = tissueOf(history, shape);
  const moved = scaleLesion(last, ratio, tissue, shape);
  const wanted = ratio * last.lesion.voxels;
  // An earlier image with a lesion of quite another size says little about this one's inside.
  const others = history
    .slice(0, -1)
    .flatMap((one) =>
      one.lesion.voxels > 0 ? [scaleLesion(one, wanted / one.lesion.voxels, tissue, shape).image] : [],
    );
  return { anchor: moved.image, mean: meanOf([...others, moved.image]), lesion: moved.lesion };
}

/** Standard deviation by voxel of the last image over equally likely lesion volumes. @param history as of `lesionAnchors`. */
export function lesionSpread(
  history: readonly OutlinedImage[],
  ratios: readonly number[],
  shape: VolumeShape,
): Float32Array {
  const tissue = tissueOf(history, shape);
  const images = ratios.map((ratio) => scaleLesion(history.at(-1)!, ratio, tissue, shape).image);
  const mean = meanOf(images);
  return mean.map((centre, voxel) => {
    let squares = 0;
    for (const image of images) squares += (image[voxel]! - centre) ** 2;
    return Math.sqrt(squares / images.length);
  });
}
