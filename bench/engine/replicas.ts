import { compileTrainStep, type TrainStepOptions } from '../../src/ml/engine/compile-train-step.ts';
import { adam } from '../../src/ml/engine/optimisers.ts';
import { createWorkerThreads } from '../../src/ml/worker-threads.ts';
import { squaredError } from '../../test/support/reference-networks.ts';
import type { BenchRow } from '../report.ts';
import { problemOf, type BenchNetwork } from './networks.ts';
import { medianOf, takeTurns, timeHere, timeRows, type Subjects } from './timing.ts';

const RATE = { learningRate: 1e-4 };

/** A training step on two cores: with two threads within each operation, and with two replicas of one thread each. */
export async function compareReplicas(bench: BenchNetwork, batch: number, rounds: number): Promise<BenchRow[]> {
  const widened = (shape: readonly number[]): readonly number[] => [shape[0]! * batch, ...shape.slice(1)];
  const inputs = Object.fromEntries(Object.entries(bench.inputs).map(([name, shape]) => [name, widened(shape)]));
  const problem = problemOf({ ...bench, inputs, target: widened(bench.target) }, bench.network, false);
  const parameters = Object.fromEntries(
    Object.entries(bench.network.parameters).map(([name, shape]) => [name, { shape }]),
  );
  const threads = createWorkerThreads({ threads: 2 });
  const ways: Readonly<Record<string, Partial<TrainStepOptions>>> = {
    'step, 1 thread': {},
    'step, 2 threads': { threads: 2 },
    'step, 2 replicas': { replicas: { count: 2, threads } },
  };
  const subjects: Record<string, Subjects[string]> = {};
  const closing: (() => Promise<void>)[] = [];
  for (const [name, way] of Object.entries(ways)) {
    const options = { parameters, batch: problem.batchSpecs, ...way };
    const step = await compileTrainStep(squaredError(bench.network), adam(), options);
    const state = step.start(problem.parameters);
    subjects[name] = () => timeHere(() => step.run(state, problem.batch, RATE));
    closing.push(() => step.dispose());
  }
  const timings = await takeTurns(subjects, rounds);
  for (const close of closing) await close();
  await threads.close();
  const benchCase = `${bench.name}, batch ${batch}`;
  const rows = Object.entries(timings).flatMap(([subject, times]) => timeRows(benchCase, subject, times));
  const wall = (subject: string): number => medianOf(timings[subject]!, 'wall');
  return [
    ...rows,
    {
      case: benchCase,
      subject: 'step, 2 replicas',
      metric: 'speed against 2 threads',
      value: wall('step, 2 threads') / wall('step, 2 replicas'),
      unit: 'x',
    },
  ];
}
