import { encode } from 'fast-png';

/** An 8-bit picture, grey or red-green-blue, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels]. */
  readonly data: Uint8Array;
}

/** A picture as a PNG. */
export const encodePng = ({ width, height, channels, data }: Picture): Uint8Array =>
  encode({ width, height, channels, data, depth: 8 });
