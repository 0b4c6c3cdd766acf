import { type ImagedTumourPatient, imageOf, VOXEL_ML } from '../cohorts/tumour/image-cohort.ts';
import { TUMOUR_IMAGE_SHAPE } from '../cohorts/tumour/render-tumour-visit.ts';
import type { LesionObserver } from '../forecasting/image/lesion-observer.ts';
import { type OutlinedImage, outlineOf } from '../forecasting/image/lesion-outline.ts';
import { cropped, type RegionOfInterest, regionAround } from '../forecasting/image/region-of-interest.ts';
import { gainOf, type IntensityRange, intensityRangeOf } from '../forecasting/intensity-range.ts';
import type { VolumeShape } from '../../twins/volume.ts';

/** One image of a patient as the lesion model sees it. */
export interface RecordedImage {
  readonly day: number;
  /** As seen in the image; 0 without a lesion. */
  readonly volumeMl: number;
  /** Window [D,h,w], scanner units. */
  readonly window: Float32Array;
  /** Share of each voxel of the window that is lesion. */
  readonly share: Float32Array;
  /** 1st percentile of the image and the width to the 99th. */
  readonly range: IntensityRange;
  /** Brightness relative to the patient's first image. */
  readonly gain: number;
}

/** A patient's images around the lesion. */
export interface LesionRecord {
  readonly patient: ImagedTumourPatient;
  readonly region: RegionOfInterest;
  /** Of the windows: [D,h,w]. */
  readonly shape: VolumeShape;
  readonly images: readonly RecordedImage[];
}

/** Finds lesions in whole images, and in windows of them. */
export interface LesionObservers {
  readonly whole: LesionObserver;
  readonly window: LesionObserver;
}

/** Images all visits of a patient. @returns null where no lesion is seen in the first image. */
export async function recordLesion(
  patient: ImagedTumourPatient,
  observers: LesionObservers,
  { isNoisy, window }: { readonly isNoisy: boolean; readonly window: number },
): Promise<LesionRecord | null> {
  const size = { height: window, width: window };
  const images: RecordedImage[] = [];
  let first: Float32Array | null = null;
  let region: RegionOfInterest | null = null;
  for (const day of patient.visitDays) {
    const voxels = imageOf(patient.course, day, isNoisy);
    if (region === null) {
      const { centre } = await observers.whole.observe(voxels);
      if (centre === null) return null;
      region = regionAround(centre, TUMOUR_IMAGE_SHAPE, size);
    }
    first ??= voxels;
    const range = intensityRangeOf(voxels)!;
    const own = cropped(voxels, TUMOUR_IMAGE_SHAPE, region);
    const lesion = await observers.window.observe(own, range);
    images.push({
      day,
      volumeMl: lesion.voxels * VOXEL_ML,
      window: own,
      share: lesion.share,
      range,
      gain: gainOf(voxels, first, intensityRangeOf(first)!),
    });
  }
  return { patient, region: region!, shape: [TUMOUR_IMAGE_SHAPE[0], window, window], images };
}

/** A window in the brightness of another image of the patient, about 0..1, with its lesion. */
export function outlined(
  { window, share, gain }: Pick<RecordedImage, 'window' | 'share' | 'gain'>,
  like: Pick<RecordedImage, 'range' | 'gain'>,
  shape: VolumeShape,
): OutlinedImage {
  const scale = (like.range.width * gain) / like.gain;
  return {
    image: window.map((voxel) => (voxel - like.range.low) / scale),
    lesion: outlineOf(share, shape),
  };
}
