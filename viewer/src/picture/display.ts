import type { PictureFragment } from '../api/operations.ts';
import { type Display, slicePath } from '../api/pictures.ts';

export const sliceCount = (picture: PictureFragment): number => picture.shape[0] ?? 1;

/** The middle slice in the range that the picture's own values ask for. */
export function usualDisplay(picture: PictureFragment | null): Display {
  const { low, high } = rangeOf(picture);
  return {
    slice: picture === null ? 0 : Math.floor(sliceCount(picture) / 2),
    window: high - low,
    level: (low + high) / 2,
  };
}

/** Range of the grey scale, never empty. */
export function rangeOf(picture: PictureFragment | null): { readonly low: number; readonly high: number } {
  const { low, high } = picture?.displayRange ?? { low: 0, high: 1 };
  return high > low ? { low, high } : { low: low - 0.5, high: low + 0.5 };
}

/** Highest absolute value of a picture of changes or uncertainties. */
export function extentOf(picture: PictureFragment): number {
  const { low, high } = picture.displayRange ?? { low: 0, high: 0 };
  return Math.max(Math.abs(low), Math.abs(high));
}

/** Where the slice lies in the picture; a picture with fewer slices shows its nearest. */
export function pathOf(picture: PictureFragment | null, display: Display): string | null {
  if (picture === null) return null;
  return slicePath(picture.pngPath, { ...display, slice: Math.min(display.slice, sliceCount(picture) - 1) });
}
