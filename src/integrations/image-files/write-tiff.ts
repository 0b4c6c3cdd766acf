/** One page of counts. */
export interface CountsPage {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly pixels: Uint16Array;
}

const HEADER_BYTES = 8;
const SHORT = 3;
const LONG = 4;
/** Tags that a page has: width, height, bits, compression, colour, strip offsets, samples, rows and bytes per strip, sample format. */
const FIELDS = 10;
const DIRECTORY_BYTES = 2 + 12 * FIELDS + 4;
const MOST_BYTES = 0xffff_ffff;

/**
 * Writes a grey 16-bit TIFF file with one plain strip per page, little-endian (TIFF 6.0), as microscopes write stacks.
 * @throws {RangeError} for pages whose pixels do not fit their size, for none, and above 4 GiB, which a classic TIFF cannot address.
 */
export function writeTiffStack(pages: readonly CountsPage[]): Uint8Array {
  if (pages.length === 0) throw new RangeError('a TIFF stack has at least one page');
  const sizes = pages.map(({ pixels }) => 2 * pixels.length);
  const total = sizes.reduce((sum, size) => sum + size + DIRECTORY_BYTES, HEADER_BYTES);
  if (total > MOST_BYTES) throw new RangeError('a TIFF file holds less than 4 GiB');
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  let linkAt = 4;
  let at = HEADER_BYTES;
  pages.forEach(({ width, height, pixels }, page) => {
    if (pixels.length !== width * height) {
      throw new RangeError(`page ${page} has ${pixels.length} pixels and states ${width} x ${height}`);
    }
    const stripAt = at;
    for (let pixel = 0; pixel < pixels.length; pixel += 1) view.setUint16(stripAt + 2 * pixel, pixels[pixel]!, true);
    const directoryAt = stripAt + sizes[page]!;
    view.setUint32(linkAt, directoryAt, true);
    view.setUint16(directoryAt, FIELDS, true);
    const fields: readonly (readonly [tag: number, type: number, value: number])[] = [
      [256, LONG, width],
      [257, LONG, height],
      [258, SHORT, 16],
      [259, SHORT, 1],
      [262, SHORT, 1],
      [273, LONG, stripAt],
      [277, SHORT, 1],
      [278, LONG, height],
      [279, LONG, sizes[page]!],
      [339, SHORT, 1],
    ];
    fields.forEach(([tag, type, value], field) => {
      const entry = directoryAt + 2 + 12 * field;
      view.setUint16(entry, tag, true);
      view.setUint16(entry + 2, type, true);
      view.setUint32(entry + 4, 1, true);
      view.setUint32(entry + 8, value, true);
    });
    at = directoryAt + DIRECTORY_BYTES;
    linkAt = at - 4;
  });
  return bytes;
}
