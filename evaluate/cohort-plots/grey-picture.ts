import { encodePng } from '../../src/integrations/image-files/write-png.ts';
import type { PictureStrip } from '../judge/svg-chart.ts';

/** A grey picture for a page of plots, black at `low` and white at `high`. */
export function greyPicture(
  pixels: ArrayLike<number>,
  { width, height }: { readonly width: number; readonly height: number },
  [low, high]: readonly [number, number],
  caption: string,
  zoom = 1,
): PictureStrip['pictures'][number] {
  const data = Uint8Array.from({ length: width * height }, (_, at) =>
    Math.max(0, Math.min(255, Math.round((255 * (pixels[at]! - low)) / (high - low)))),
  );
  return { png: encodePng({ width, height, channels: 1, data }), width: zoom * width, height: zoom * height, caption };
}
