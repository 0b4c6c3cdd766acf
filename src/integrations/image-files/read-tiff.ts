import { decode } from 'tiff';
import { voxelCount } from '../../twins/volume.ts';
import {
  boundedShape,
  DEFAULT_READ_LIMITS,
  pixelGeometry,
  refusalOf,
  type ImageFile,
  type NamedBytes,
  type ReadLimits,
} from './image-file.ts';
import { readTiffPages } from './tiff-directory.ts';

/** One page of a TIFF file. */
export interface TiffImage {
  readonly width: number;
  readonly height: number;
  /** [height, width], as stored; signed numbers as such. */
  readonly pixels: Uint8Array | Uint16Array | Int16Array | Float32Array;
}

/**
 * Reads the pages of a grey TIFF file: 8 or 16 bit, or 32-bit floating point, plain or compressed by LZW or deflate.
 * @param page the only one to read, counted from 0.
 * @throws {DomainError} naming file and field: INVALID_INPUT, UNSUPPORTED, TOO_LARGE, or SOURCE_INCOMPLETE where it is damaged.
 */
export function readTiffStack(
  file: NamedBytes,
  page?: number,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): readonly TiffImage[] {
  const stated = readTiffPages(file, limits);
  if (page !== undefined && stated[page] === undefined) {
    throw refusalOf(file, 'pages', `are 0 to ${stated.length - 1}; there is none with the number ${page}`);
  }
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(file.bytes, page === undefined ? {} : { pages: [page] });
  } catch (cause) {
    throw refusalOf(file, 'pages', 'cannot be decoded: the file is damaged or of a kind that is not read', {
      reason: 'SOURCE_INCOMPLETE',
      cause,
    });
  }
  return decoded.map(({ data }, index) => {
    const { width, height, bits, sampleFormat } = stated[page ?? index]!;
    const isSigned = bits === 16 && sampleFormat === 2;
    // The decoder reads every whole number as unsigned.
    const pixels = isSigned ? new Int16Array(data.buffer, data.byteOffset, data.length) : data;
    return { width, height, pixels: pixels as TiffImage['pixels'] };
  });
}

/**
 * Reads a TIFF file as one image: its pages are the slices of a volume, or `page` alone is a picture. Distances are in pixels.
 * @throws {DomainError} as {@link readTiffStack}, and INVALID_INPUT where pages differ in size.
 */
export function readTiff(file: NamedBytes, page?: number, limits: ReadLimits = DEFAULT_READ_LIMITS): ImageFile {
  const images = readTiffStack(file, page, limits);
  const { width, height } = images[0]!;
  const other = images.findIndex((image) => image.width !== width || image.height !== height);
  if (other !== -1) throw refusalOf(file, `page ${other}`, `is not ${width} x ${height} as the first one is`);
  const shape = boundedShape(file, 'pages', [width, height, images.length], limits);
  const voxels = new Float32Array(voxelCount(shape));
  images.forEach(({ pixels }, index) => voxels.set(pixels, index * width * height));
  return {
    volume: { ...pixelGeometry(shape), voxels },
    hasSpacing: false,
    caveats: [`${file.name} states no distance between pixels; distances are in pixels.`],
  };
}
