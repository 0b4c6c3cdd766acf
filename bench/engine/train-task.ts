import { compileTrainStep, type TrainStep } from '../../src/ml/engine/compile-train-step.ts';
import { adam } from '../../src/ml/engine/optimisers.ts';
import { squaredError } from '../../test/support/reference-networks.ts';
import { NETWORKS, problemOf } from './networks.ts';

const bench = NETWORKS[0]!;
const problem = problemOf(bench, bench.network, false);
let step: Promise<TrainStep> | undefined;

/** Trains the ConvLSTM of the benchmark for some steps in a worker thread. */
export default async function train({ steps }: { readonly steps: number }): Promise<number> {
  step ??= compileTrainStep(squaredError(bench.network), adam(), {
    parameters: Object.fromEntries(Object.entries(bench.network.parameters).map(([name, shape]) => [name, { shape }])),
    batch: problem.batchSpecs,
  });
  const compiled = await step;
  const state = compiled.start(problem.parameters);
  let loss = NaN;
  for (let index = 0; index < steps; index++)
    loss = (await compiled.run(state, problem.batch, { learningRate: 1e-4 }))['loss']!;
  return loss;
}
