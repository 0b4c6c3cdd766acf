import { decode, encode } from 'fast-png';

const GAP = 4;

/** Puts PNG pictures beside each other, top-aligned on black, as one RGB PNG. */
export function contactSheet(pictures: readonly Uint8Array[]): Uint8Array {
  const decoded = pictures.map((picture) => decode(picture));
  const width = decoded.reduce((sum, image) => sum + image.width + GAP, -GAP);
  const height = Math.max(...decoded.map((image) => image.height));
  const data = new Uint8Array(width * height * 3);
  let left = 0;
  for (const image of decoded) {
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        const from = (y * image.width + x) * image.channels;
        const to = (y * width + left + x) * 3;
        for (let channel = 0; channel < 3; channel++) {
          data[to + channel] = image.data[from + (image.channels < 3 ? 0 : channel)] ?? 0;
        }
      }
    }
    left += image.width + GAP;
  }
  return encode({ width, height, data, channels: 3, depth: 8 });
}
