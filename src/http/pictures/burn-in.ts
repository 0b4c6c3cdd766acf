/** 5x7 letters, one number per row, highest bit on the left; only those that the mark needs. */
const LETTERS: Readonly<Record<string, readonly number[]>> = {
  ' ': [0, 0, 0, 0, 0, 0, 0],
  '-': [0, 0, 0, 31, 0, 0, 0],
  A: [14, 17, 17, 31, 17, 17, 17],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  I: [14, 4, 4, 4, 4, 4, 14],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
};
const LETTER_WIDTH = 5;
const LETTER_HEIGHT = 7;
const MARGIN = 2;

/** What every picture says that no scanner made. */
export const NOT_ACQUIRED = 'FORECAST - NOT ACQUIRED';

/** The smallest picture that the mark fits on. */
export const MARK_SIZE = {
  width: NOT_ACQUIRED.length * (LETTER_WIDTH + 1) - 1 + 2 * MARGIN,
  height: LETTER_HEIGHT + 2 * MARGIN,
} as const;

/**
 * Writes the mark into the pixels, white on black in the upper left corner, as large as fits the width: whoever copies
 * the picture copies the mark. Channels are interleaved; the picture must be at least `MARK_SIZE`.
 */
export function burnIn(picture: {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}): void {
  const { data, width, height, channels } = picture;
  const scale = Math.max(1, Math.min(Math.floor(width / (MARK_SIZE.width * 2)), Math.floor(height / MARK_SIZE.height)));
  const fill = (x: number, y: number, value: number): void => {
    const at = (y * width + x) * channels;
    data.fill(value, at, at + channels);
  };
  for (let y = 0; y < MARK_SIZE.height * scale; y++) {
    for (let x = 0; x < MARK_SIZE.width * scale; x++) {
      fill(x, y, isLit(Math.floor(x / scale) - MARGIN, Math.floor(y / scale) - MARGIN) ? 255 : 0);
    }
  }
}

function isLit(x: number, y: number): boolean {
  if (x < 0 || y < 0 || y >= LETTER_HEIGHT || x % (LETTER_WIDTH + 1) === LETTER_WIDTH) return false;
  const letter = LETTERS[NOT_ACQUIRED[Math.floor(x / (LETTER_WIDTH + 1))] ?? ' '];
  const row = letter?.[y] ?? 0;
  return ((row >> (LETTER_WIDTH - 1 - (x % (LETTER_WIDTH + 1)))) & 1) === 1;
}
