import { bayesFloor } from './bayes-floor.ts';
import { effectErrors, oneStepErrors, type OneStepErrors, sequenceErrors } from './benchmark-errors.ts';
import { trainingSeries } from './course-series.ts';
import { type CoverageCount, countCoverage, noCoverage } from './coverage.ts';
import { carryForward, oracle, pooledLinear } from './known-models.ts';
import { personalPredictor } from './personal-predictor.ts';
import type { TumourPredictor } from './tumour-predictor.ts';
import { tumourSpec } from './tumour-spec.ts';
import { type TumourBenchmark, tumourBenchmark } from '../../src/ml/cohorts/tumour-benchmark/tumour-benchmark.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';

/** How one model did on all tests of one seed and gamma; errors in percent of the largest volume. */
export interface Scores {
  readonly subject: string;
  readonly numbers: number;
  readonly fitSeconds: number;
  readonly oneStep: OneStepErrors;
  /** Of radiation, drug, and both, against nothing. */
  readonly effects: readonly number[];
  /** Two to six steps. */
  readonly sliding: readonly number[];
  readonly random: readonly number[];
  /** Of one-step intervals where the tumour is above 1 cm3, before any correction. */
  readonly coverage?: CoverageCount;
}

export type Sizes = Parameters<typeof tumourBenchmark>[2];

/** A tumour smaller than this (cm3) is not counted in coverage. */
const COVERAGE_FROM_CM3 = 1;

/** Everything that needs no network. */
export function runKnownModels(seed: number, gamma: number, sizes: Sizes): readonly Scores[] {
  const benchmark = tumourBenchmark(seed, gamma, sizes);
  const coverage = noCoverage();
  const started = performance.now();
  const { model } = fitPopulation(trainingSeries(benchmark.training), tumourSpec(), { seed });
  const fitSeconds = (performance.now() - started) / 1000;
  const { courses, nextVolumesCm3 } = benchmark.oneStep;
  const options = nextVolumesCm3.length / (courses.population.patients * (courses.days - 1));
  const personal = personalPredictor('mixed effects, features of the definition', model, ({ predictive }, place) => {
    const question = Math.floor(place / options);
    const patient = Math.floor(question / (courses.days - 1));
    const volume = courses.volumesCm3[patient * courses.days + (question % (courses.days - 1))]!;
    if (volume > COVERAGE_FROM_CM3) countCoverage(coverage, predictive[0]![0]!, nextVolumesCm3[place]!);
  });
  return [
    { ...scoresOf(personal, benchmark, fitSeconds), coverage },
    ...[bayesFloor(), oracle(), pooledLinear(benchmark.training), carryForward()].map((one) =>
      scoresOf(one, benchmark, 0),
    ),
  ];
}

/** Asks a model everything. */
export function scoresOf(
  predictor: TumourPredictor,
  { oneStep, sequences }: TumourBenchmark,
  fitSeconds: number,
): Scores {
  const predicted = predictor.oneStep(oneStep.courses);
  return {
    subject: predictor.subject,
    numbers: predictor.numbers,
    fitSeconds,
    oneStep: oneStepErrors(oneStep, predicted),
    effects: effectErrors(oneStep, predicted),
    sliding: sequenceErrors(sequences.sliding, predictor.sequences(sequences.sliding)),
    random: sequenceErrors(sequences.random, predictor.sequences(sequences.random)),
  };
}
