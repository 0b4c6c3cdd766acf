import type { LearnedPopulation } from './learned-population.ts';

/** A model that was trained elsewhere and stands in where too few other patients are known. */
export interface ShippedModel {
  /** SHA-256 of its file. */
  readonly sha256: string;
  /** Of whom it was learned, in words: `1,000 simulated patients of the cohort tumour`. */
  readonly learnedFrom: string;
  readonly learned: LearnedPopulation;
}
