/** How the pixels of a transfer syntax are packed (DICOM PS3.5 annex A; UIDs in PS3.6 table A-1). */
export interface TransferSyntax {
  readonly name: string;
  /** How the data elements are written, whatever the pixels are. */
  readonly encoding: 'implicit-little' | 'explicit-little' | 'explicit-big';
  readonly isDeflated: boolean;
  readonly pixels:
    | 'native'
    | 'rle'
    | 'jpeg'
    | 'jpeg-ls'
    | 'jpeg-2000'
    | 'htj2k'
    | 'jpeg-xl'
    | 'deflated-frame'
    | 'undecodable';
  /** True where decoding cannot give back the values that were encoded; null where the codestream decides. */
  readonly isLossy: boolean | null;
}

type Pixels = TransferSyntax['pixels'];
const compressed = (name: string, pixels: Pixels, isLossy: boolean | null): TransferSyntax => ({
  name,
  encoding: 'explicit-little',
  isDeflated: false,
  pixels,
  isLossy,
});
const native = (name: string, encoding: TransferSyntax['encoding'], isDeflated = false): TransferSyntax => ({
  name,
  encoding,
  isDeflated,
  pixels: 'native',
  isLossy: false,
});

const KNOWN: ReadonlyMap<string, TransferSyntax> = new Map([
  ['1.2.840.10008.1.2', native('Implicit VR Little Endian', 'implicit-little')],
  ['1.2.840.10008.1.2.1', native('Explicit VR Little Endian', 'explicit-little')],
  ['1.2.840.10008.1.2.1.99', native('Deflated Explicit VR Little Endian', 'explicit-little', true)],
  ['1.2.840.10008.1.2.2', native('Explicit VR Big Endian', 'explicit-big')],
  ['1.2.840.10008.1.2.5', compressed('RLE Lossless', 'rle', false)],
  ['1.2.840.10008.1.2.4.50', compressed('JPEG Baseline', 'jpeg', true)],
  ['1.2.840.10008.1.2.4.51', compressed('JPEG Extended', 'jpeg', true)],
  ['1.2.840.10008.1.2.4.53', compressed('JPEG Spectral Selection', 'jpeg', true)],
  ['1.2.840.10008.1.2.4.55', compressed('JPEG Full Progression', 'jpeg', true)],
  ['1.2.840.10008.1.2.4.57', compressed('JPEG Lossless', 'jpeg', false)],
  ['1.2.840.10008.1.2.4.70', compressed('JPEG Lossless, first-order prediction', 'jpeg', false)],
  ['1.2.840.10008.1.2.4.80', compressed('JPEG-LS Lossless', 'jpeg-ls', false)],
  ['1.2.840.10008.1.2.4.81', compressed('JPEG-LS Near-Lossless', 'jpeg-ls', true)],
  ['1.2.840.10008.1.2.4.90', compressed('JPEG 2000 Lossless', 'jpeg-2000', false)],
  ['1.2.840.10008.1.2.4.91', compressed('JPEG 2000', 'jpeg-2000', null)],
  ['1.2.840.10008.1.2.4.110', compressed('JPEG XL Lossless', 'jpeg-xl', false)],
  ['1.2.840.10008.1.2.4.112', compressed('JPEG XL', 'jpeg-xl', null)],
  ['1.2.840.10008.1.2.4.201', compressed('HTJ2K Lossless', 'htj2k', false)],
  ['1.2.840.10008.1.2.4.202', compressed('HTJ2K Lossless RPCL', 'htj2k', false)],
  ['1.2.840.10008.1.2.4.203', compressed('HTJ2K', 'htj2k', null)],
  ['1.2.840.10008.1.2.8.1', compressed('Deflated Image Frame', 'deflated-frame', false)],
  ['1.2.840.10008.1.2.4.92', compressed('JPEG 2000 Part 2 Lossless', 'undecodable', false)],
  ['1.2.840.10008.1.2.4.93', compressed('JPEG 2000 Part 2', 'undecodable', null)],
  ['1.2.840.10008.1.2.4.94', compressed('JPIP Referenced', 'undecodable', null)],
  ['1.2.840.10008.1.2.4.95', compressed('JPIP Referenced Deflate', 'undecodable', null)],
  ['1.2.840.10008.1.2.4.100', compressed('MPEG2 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.101', compressed('MPEG2 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.102', compressed('MPEG-4 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.103', compressed('MPEG-4 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.104', compressed('MPEG-4 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.105', compressed('MPEG-4 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.106', compressed('MPEG-4 video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.107', compressed('HEVC video', 'undecodable', true)],
  ['1.2.840.10008.1.2.4.108', compressed('HEVC video', 'undecodable', true)],
]);

/** The transfer syntax of a UID; null for one that this project does not know, whose file must then be refused. */
export const transferSyntaxOf = (uid: string): TransferSyntax | null => KNOWN.get(uid) ?? null;
