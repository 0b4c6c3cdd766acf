import { type BenchmarkCourses, factualCourses } from './benchmark-courses.ts';
import { drawPopulation } from './benchmark-population.ts';
import { oneStepTest, type OneStepTest } from './one-step-test.ts';
import { type SequenceKind, sequenceTest, type SequenceTest } from './sequence-test.ts';
import { legacyRandom } from '../mersenne-twister.ts';

/** Seeds of the published tables. */
export const BENCHMARK_SEEDS = [10, 101, 1010, 10_101, 101_010] as const;
/** Patients of the published tables. */
export const BENCHMARK_SIZES = { training: 10_000, validation: 1000, test: 1000 } as const;

/** All sets of one seed and one gamma. */
export interface TumourBenchmark {
  readonly training: BenchmarkCourses;
  readonly validation: BenchmarkCourses;
  readonly oneStep: OneStepTest;
  readonly sequences: Readonly<Record<SequenceKind, SequenceTest>>;
}

/**
 * The counterfactual benchmark that RMSN, CRN, G-Net and Causal Transformer share (Melnychuk et al., ICML 2022, `cancer_sim`),
 * in the order of its random numbers. Both sequence tests go on from the same state of the generator.
 * @param gamma confounding by size, 0..4.
 */
export function tumourBenchmark(
  seed: number,
  gamma: number,
  sizes: { readonly training: number; readonly validation: number; readonly test: number } = BENCHMARK_SIZES,
): TumourBenchmark {
  const random = legacyRandom(seed);
  const factual = (patients: number): BenchmarkCourses =>
    factualCourses(random, drawPopulation(random, patients), gamma);
  const training = factual(sizes.training);
  const validation = factual(sizes.validation);
  const oneStep = oneStepTest(random, drawPopulation(random, sizes.test), gamma);
  const sequences = (kind: SequenceKind, from = random.copy()): SequenceTest =>
    sequenceTest(from, drawPopulation(from, sizes.test), gamma, kind);
  return { training, validation, oneStep, sequences: { sliding: sequences('sliding'), random: sequences('random') } };
}
