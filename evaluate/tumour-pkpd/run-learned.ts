import { trainingSeries } from './course-series.ts';
import { personalPredictor } from './personal-predictor.ts';
import { recurrentPredictor } from './recurrent-predictor.ts';
import { type Scores, scoresOf, type Sizes } from './run-benchmark.ts';
import { tumourSpec } from './tumour-spec.ts';
import { tumourBenchmark } from '../../src/ml/cohorts/tumour-benchmark/tumour-benchmark.ts';
import { trainFeatures } from '../../src/ml/forecasting/learned/train-features.ts';
import { trainRecurrent } from '../../src/ml/forecasting/learned/train-recurrent.ts';
import { fitPopulation } from '../../src/ml/forecasting/personal/fit-population.ts';

/** Told 0..1. */
type OnProgress = (fraction: number) => void;

/** Features that a small network learns, no law given, under the exact last layer. */
export async function runLearnedFeatures(
  seed: number,
  gamma: number,
  sizes: Sizes,
  steps: number,
  onProgress: OnProgress,
): Promise<Scores> {
  const benchmark = tumourBenchmark(seed, gamma, sizes);
  const [training, validation] = [trainingSeries(benchmark.training), trainingSeries(benchmark.validation)];
  const started = performance.now();
  const learned = await trainFeatures(training, validation, tumourSpec(), { seed, steps, onProgress });
  const { model } = fitPopulation(training, learned.spec, { seed });
  const fitSeconds = (performance.now() - started) / 1000;
  const scores = scoresOf(
    personalPredictor('mixed effects, learned features (no law given)', model),
    benchmark,
    fitSeconds,
  );
  return { ...scores, numbers: learned.numbers + model.evidence.numbers };
}

/** The gated recurrent unit of the relative change. */
export async function runRecurrent(
  seed: number,
  gamma: number,
  sizes: Sizes,
  epochs: number,
  onProgress: OnProgress,
): Promise<Scores> {
  const benchmark = tumourBenchmark(seed, gamma, sizes);
  const [training, validation] = [trainingSeries(benchmark.training), trainingSeries(benchmark.validation)];
  const started = performance.now();
  const model = await trainRecurrent(training, validation, tumourSpec(), { seed, epochs, onProgress });
  const fitSeconds = (performance.now() - started) / 1000;
  return scoresOf(recurrentPredictor('GRU of the relative change', model), benchmark, fitSeconds);
}
