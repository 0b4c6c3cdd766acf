import type { Size } from './textures.ts';

/** What is measured on pairs of one size. */
export interface SizePlan {
  readonly label: string;
  /** Distance of control points, for everyone. */
  readonly gridSpacingMm: number;
  readonly pairs: number;
  /** The first pairs alone, for those who take long. */
  readonly pairsOf: Readonly<Record<'others' | 'elastix' | 'wasm' | 'plastimatch', number>>;
}

export const FULL: Readonly<Record<Size, SizePlan>> = {
  '256': {
    label: '256 x 256',
    gridSpacingMm: 16,
    pairs: 14,
    pairsOf: { others: 14, elastix: 14, wasm: 5, plastimatch: 4 },
  },
  '512': {
    label: '512 x 512',
    gridSpacingMm: 32,
    pairs: 10,
    pairsOf: { others: 10, elastix: 10, wasm: 4, plastimatch: 2 },
  },
  '96': {
    label: '96 x 96 x 96',
    gridSpacingMm: 12,
    pairs: 6,
    pairsOf: { others: 3, elastix: 3, wasm: 1, plastimatch: 2 },
  },
};
export const QUICK: Readonly<Record<Size, SizePlan>> = {
  '256': { ...FULL['256'], pairs: 4, pairsOf: { others: 4, elastix: 4, wasm: 1, plastimatch: 1 } },
  '512': { ...FULL['512'], pairs: 3, pairsOf: { others: 3, elastix: 3, wasm: 1, plastimatch: 1 } },
  '96': { ...FULL['96'], pairs: 2, pairsOf: { others: 1, elastix: 1, wasm: 0, plastimatch: 1 } },
};
