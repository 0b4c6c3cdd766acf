/** A field of a TIFF directory: its type (3 short, 4 long) and values. */
export type TiffField = readonly [tag: number, type: 3 | 4, values: readonly number[]];

export interface TiffBuilderPage {
  readonly width: number;
  readonly height: number;
  readonly bits?: 8 | 16 | 32;
  /** 1 whole, 2 signed, 3 floating point. */
  readonly sampleFormat?: number;
  /** As they lie in the file. */
  readonly pixels: Uint8Array;
  /** Instead of the usual field of the same tag. */
  readonly fields?: readonly TiffField[];
}

/** Writes a little-endian TIFF file with one strip per page. `lastNext` is where the last page says that the next one lies. */
export function writeTiff(pages: readonly TiffBuilderPage[], lastNext = 0): Uint8Array {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let offset = 8;
  let linkAt = 4;
  for (const { width, height, bits = 16, sampleFormat = 1, pixels, fields = [] } of pages) {
    const usual: TiffField[] = [
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, [bits]],
      [259, 3, [1]],
      [262, 3, [1]],
      [273, 4, [offset]],
      [277, 3, [1]],
      [278, 4, [height]],
      [279, 4, [pixels.length]],
      [339, 3, [sampleFormat]],
    ];
    const written = usual.map((field) => fields.find(([tag]) => tag === field[0]) ?? field);
    const padded = Buffer.concat([pixels, Buffer.alloc(pixels.length % 2)]);
    const directoryAt = offset + padded.length;
    const directory = Buffer.alloc(2 + 12 * written.length + 4);
    directory.writeUInt16LE(written.length, 0);
    written.forEach(([tag, type, values], index) => {
      const at = 2 + 12 * index;
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(type, at + 2);
      directory.writeUInt32LE(values.length, at + 4);
      if (type === 3) directory.writeUInt16LE(values[0]!, at + 8);
      else directory.writeUInt32LE(values[0]!, at + 8);
    });
    parts.push(padded, directory);
    link(linkAt, directoryAt);
    linkAt = directoryAt + directory.length - 4;
    offset = directoryAt + directory.length;
  }
  link(linkAt, lastNext);
  return new Uint8Array(Buffer.concat(parts));

  function link(at: number, to: number): void {
    let start = 0;
    for (const part of parts) {
      if (at >= start && at < start + part.length) part.writeUInt32LE(to, at - start);
      start += part.length;
    }
  }
}
