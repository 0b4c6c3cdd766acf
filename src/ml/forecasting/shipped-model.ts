import type { LearnedPopulation } from './learned-population.ts';
import { decodePersonalModel, type StoredPersonalModel } from './personal-model-file.ts';
import { recentlyMade } from './recently-made.ts';

/** A model that was trained elsewhere and stands in where too few other patients are known. */
export interface ShippedModel {
  /** SHA-256 of its file. */
  readonly sha256: string;
  /** Of whom it was learned, as it reads after "learned from". */
  readonly learnedFrom: string;
  readonly learned: LearnedPopulation;
}

const decoded = recentlyMade<ShippedModel>(8);

/** Decodes a stored model, once per thread. */
export const shippedModel = ({ sha256, bytes }: StoredPersonalModel): ShippedModel =>
  decoded(sha256, () => {
    const { card, learned } = decodePersonalModel(bytes);
    return { sha256, learnedFrom: card.learnedFrom, learned };
  });
