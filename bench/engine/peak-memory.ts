import { compileTrainStep } from '../../src/ml/engine/compile-train-step.ts';
import { compile } from '../../src/ml/engine/compile.ts';
import { adam } from '../../src/ml/engine/optimisers.ts';
import { squaredError } from '../../test/support/reference-networks.ts';
import { NETWORKS, problemOf } from './networks.ts';

/** `node peak-memory.ts NETWORK forward|step`: runs five times and prints the largest resident memory, MiB. */
const [name, what] = process.argv.slice(2);
const bench = NETWORKS.find((one) => one.name === name)!;
const { network } = bench;
const problem = problemOf(bench, network, false);
const RUNS = 5;
if (what === 'forward') {
  const { target: _target, ...inputs } = problem.batch;
  const forward = await compile(problem.forward, problem.specs, problem.options);
  for (let run = 0; run < RUNS; run++) await forward.run(inputs);
} else {
  const parameters = Object.fromEntries(Object.entries(network.parameters).map(([key, shape]) => [key, { shape }]));
  const step = await compileTrainStep(squaredError(network), adam(), { parameters, batch: problem.batchSpecs });
  const state = step.start(problem.parameters);
  for (let run = 0; run < RUNS; run++) await step.run(state, problem.batch, { learningRate: 1e-4 });
}
process.stdout.write(`${process.resourceUsage().maxRSS / 1024}\n`);
