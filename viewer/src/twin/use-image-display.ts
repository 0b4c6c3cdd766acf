import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Display, loadAhead } from '../api/pictures.ts';
import type { PictureFragment } from '../api/operations.ts';
import { pathOf, rangeOf, sliceCount, usualDisplay } from '../picture/display.ts';
import { createLinkedViews, type LinkedViews } from '../picture/viewport.ts';
import { pictureOf, type Stop, type Twin } from './stops.ts';

/** How the images of a twin are shown: all alike, so that they can be compared. */
export interface ImageDisplay {
  readonly display: Display;
  readonly usual: Display;
  /** The display once the user has stopped moving it. */
  readonly settled: Display;
  readonly range: { readonly low: number; readonly high: number };
  readonly slices: number;
  readonly views: LinkedViews;
  readonly setDisplay: (display: Display) => void;
}

const SETTLE_MS = 250;

/** Displays every image of the twin like its reference, and fetches those around the present one ahead. */
export function useImageDisplay(twin: Twin, stops: readonly Stop[], at: number): ImageDisplay {
  const reference = referenceOf(twin);
  const usual = useMemo(() => usualDisplay(reference), [reference?.sha256]);
  const [chosen, setChosen] = useState<Display | null>(null);
  const views = useMemo(createLinkedViews, []);
  const display = chosen ?? usual;
  const settled = useSettled(display);
  useEffect(() => {
    const places = stops.map((_, index) => index).sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
    loadAhead(
      places.flatMap((index) => {
        const stop = stops[index];
        return (stop === undefined ? null : pathOf(pictureOf(stop), settled)) ?? [];
      }),
    );
  }, [stops, at, settled]);
  return {
    display,
    usual,
    settled,
    range: rangeOf(reference),
    slices: reference === null ? 1 : sliceCount(reference),
    views,
    setDisplay: setChosen,
  };
}

/** The image whose space and grey scale the others share. */
export const referenceOf = ({ visits }: Twin): PictureFragment | null =>
  (visits.find(({ isReference }) => isReference) ?? visits[0])?.image ?? null;

function useSettled(display: Display): Display {
  const [settled, setSettled] = useState(display);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(display), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [display]);
  return settled;
}
