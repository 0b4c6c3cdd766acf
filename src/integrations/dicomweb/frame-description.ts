import type { Elements } from './elements.ts';

/** Where one frame lies and what its numbers mean. Null where the image does not say. */
export interface FrameDescription {
  /** LPS position in mm of the centre of the first voxel (PS3.3 C.7.6.2.1.1). */
  readonly position: readonly [number, number, number] | null;
  /** Direction cosines of growing column index, then of growing row index. */
  readonly orientation: readonly number[] | null;
  /** Distance between [rows, columns] in mm. */
  readonly pixelSpacing: readonly [row: number, column: number] | null;
  /** True where the spacing is that of the detector, as projections state it, less the estimated magnification. */
  readonly isDetectorSpacing: boolean;
  readonly sliceThickness: number | null;
  readonly spacingBetweenSlices: number | null;
  /** Modality units = stored value * slope + intercept (C.11.1). */
  readonly rescale: { readonly slope: number; readonly intercept: number } | null;
  /** What must be equal in every frame of one volume, by the name that a reader would use. */
  readonly contrast: {
    readonly 'echo time': number | null;
    readonly 'diffusion b-value': number | null;
    readonly 'temporal position': number | null;
    readonly stack: string | null;
    readonly 'image type': string | null;
  };
}

/**
 * One description per frame. Enhanced objects keep them in functional groups (PS3.3 C.7.6.16): a frame's own group wins
 * over the shared one, and both over the top level, which serves classic objects.
 */
export function framesOf(elements: Elements, numberOfFrames: number): readonly FrameDescription[] {
  const shared = elements.items('52009229')[0];
  const perFrame = elements.items('52009230');
  return Array.from({ length: numberOfFrames }, (_, index) => {
    const groups = [perFrame[index], shared].filter((group) => group !== undefined);
    const isEnhanced = groups.length > 0;
    /** The macro `sequence` of the frame; a classic object has its attributes at the top level. */
    const macro = (sequence: string): Elements | null => {
      for (const group of groups) {
        const item = group.items(sequence)[0];
        if (item !== undefined) return item;
      }
      return isEnhanced ? null : elements;
    };
    // A classic multi-frame object states one position for all of its frames: it cannot be that of each.
    const isPositioned = isEnhanced || numberOfFrames === 1;
    const pixelSpacing = pair(macro('00289110')?.numbers('00280030'));
    return {
      position: isPositioned ? triple(macro('00209113')?.numbers('00200032')) : null,
      orientation: six(macro('00209116')?.numbers('00200037')),
      pixelSpacing: pixelSpacing ?? detectorSpacing(elements),
      isDetectorSpacing: pixelSpacing === null,
      sliceThickness: positive(macro('00289110')?.number('00180050')),
      spacingBetweenSlices: positive(macro('00289110')?.number('00180088')),
      rescale: rescaleOf(macro('00289145')),
      contrast: {
        'echo time': macro('00189114')?.number('00189082') ?? elements.number('00180081'),
        'diffusion b-value': macro('00189117')?.number('00189087') ?? elements.number('00189087'),
        'temporal position': macro('00209111')?.number('00209128') ?? elements.number('00200100'),
        stack: macro('00209111')?.text('00209056') ?? null,
        'image type': imageTypeOf(elements, groups),
      },
    };
  });
}

/** The part of ImageType that tells images of one position apart, e.g. magnitude from phase. */
function imageTypeOf(elements: Elements, groups: readonly Elements[]): string | null {
  for (const group of groups) {
    const frameType = (group.items('00189226')[0] ?? group.items('00189329')[0])?.texts('00089007') ?? [];
    if (frameType.length > 0) return frameType.slice(2).join('\\');
  }
  const imageType = elements.texts('00080008');
  return imageType.length > 2 ? imageType.slice(2).join('\\') : null;
}

/** ImagerPixelSpacing over EstimatedRadiographicMagnificationFactor, which is 1 where it is not stated (C.8.7.2, C.8.11.7). */
function detectorSpacing(elements: Elements): FrameDescription['pixelSpacing'] {
  const spacing = pair(elements.numbers('00181164'));
  const magnification = positive(elements.number('00181114')) ?? 1;
  return spacing === null ? null : [spacing[0] / magnification, spacing[1] / magnification];
}

function rescaleOf(macro: Elements | null): FrameDescription['rescale'] {
  const slope = macro?.number('00281053') ?? null;
  const intercept = macro?.number('00281052') ?? null;
  if (slope === null || intercept === null || slope === 0) return null;
  return { slope, intercept };
}

const triple = (values: readonly number[] | undefined): FrameDescription['position'] =>
  values?.length === 3 ? [values[0]!, values[1]!, values[2]!] : null;
const six = (values: readonly number[] | undefined): readonly number[] | null => (values?.length === 6 ? values : null);
const pair = (values: readonly number[] | undefined): FrameDescription['pixelSpacing'] =>
  values?.length === 2 && values[0]! > 0 && values[1]! > 0 ? [values[0]!, values[1]!] : null;
const positive = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && value > 0 ? value : null;
