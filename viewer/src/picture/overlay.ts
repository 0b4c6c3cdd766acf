import type { Slice } from '../api/pictures.ts';

export type OverlayKind = 'change' | 'uncertainty';

type Rgb = readonly [number, number, number];
const LESS: Rgb = [38, 132, 255];
const MORE: Rgb = [255, 72, 66];
/** Low to high: seen with every kind of colour vision (Viridis, Matplotlib). */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];

/** Beyond the range by so much, so that no change and no uncertainty are never as black as the server's mark. */
const MARGIN = 0.02;

/** Window and level at which a picture of changes, or of uncertainties, is fetched for an overlay. */
export function overlayDisplay(
  kind: OverlayKind,
  highest: number,
): { readonly window: number; readonly level: number } {
  const extent = highest > 0 ? highest : 1;
  return kind === 'change'
    ? { window: 2 * extent * (1 + MARGIN), level: 0 }
    : { window: extent * (1 + 2 * MARGIN), level: extent / 2 };
}

/** Colour and opacity of a share: -1 to 1 of the highest change, 0 to 1 of the highest uncertainty. */
export function overlayColour(kind: OverlayKind, share: number): readonly [...Rgb, alpha: number] {
  if (kind === 'change') {
    const [r, g, b] = share < 0 ? LESS : MORE;
    return [r, g, b, Math.min(Math.abs(share) * 1.4, 1) * 225];
  }
  const at = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const index = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const [from, to] = [VIRIDIS[index] ?? MORE, VIRIDIS[index + 1] ?? MORE];
  const mix = (channel: 0 | 1 | 2): number => from[channel] + (to[channel] - from[channel]) * (at - index);
  return [mix(0), mix(1), mix(2), 40 + 150 * Math.min(Math.max(share, 0), 1)];
}

/** A slice of an overlay as transparent colours; what it lies on has a mark of its own, which stays seen. */
export function overlayPixels({ grey, width, height }: Slice, kind: OverlayKind): ImageData {
  const palette = Array.from({ length: 256 }, (_, value) =>
    overlayColour(
      kind,
      kind === 'change' ? (value / 127.5 - 1) * (1 + MARGIN) : value * ((1 + 2 * MARGIN) / 255) - MARGIN,
    ),
  );
  const mark = markSize({ grey, width, height });
  const pixels = new ImageData(width, height);
  for (let index = 0; index < grey.length; index++) {
    if (index % width < mark.width && index < mark.height * width) continue;
    const colour = palette[grey[index] ?? 0];
    if (colour !== undefined) pixels.data.set(colour, 4 * index);
  }
  return pixels;
}

/** More of a slice than this beyond the colours of its scale, and the scale says too little. */
const MOST_BEYOND = 0.0005;

/** True where many places lie beyond the scale that the overlay was drawn with. */
export function isBeyondScale({ grey, width, height }: Slice, kind: OverlayKind): boolean {
  const mark = markSize({ grey, width, height });
  let beyond = 0;
  for (let index = 0; index < grey.length; index++) {
    if (index % width < mark.width && index < mark.height * width) continue;
    if (grey[index] === 255 || (kind === 'change' && grey[index] === 0)) beyond++;
  }
  return beyond > MOST_BEYOND * grey.length;
}

/** The server's mark is a black box in the upper left corner; nothing else there is as black as the lowest value. */
function markSize({ grey, width, height }: Pick<Slice, 'grey' | 'width' | 'height'>) {
  let [wide, high] = [0, 0];
  while (wide < width && grey[wide] === 0) wide++;
  while (high < height && grey[high * width] === 0) high++;
  return { width: wide, height: high };
}
