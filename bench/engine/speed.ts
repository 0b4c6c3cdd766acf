import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compile, compiledGraph } from '../../src/ml/engine/compile.ts';
import { compileTrainStep } from '../../src/ml/engine/compile-train-step.ts';
import { adam } from '../../src/ml/engine/optimisers.ts';
import type { Provider } from '../../src/ml/engine/providers.ts';
import { lossesAndGradients } from '../../src/ml/engine/training-function.ts';
import { squaredError } from '../../test/support/reference-networks.ts';
import { randomArray } from '../../test/support/random-array.ts';
import type { BenchRow } from '../report.ts';
import { floatingPointOperations, problemOf, type BenchNetwork } from './networks.ts';
import { medianOf, takeTurns, timeHere, timeRows, type Subjects, type Timing } from './timing.ts';
import { startTorchPeer } from './torch-peer.ts';

export interface SpeedOptions {
  readonly threads: number;
  readonly rounds: number;
  readonly provider?: Provider;
  readonly torchDevice?: string;
  /** Whether eager tfjs on its wasm backend runs too; it has one thread and no gradients. */
  readonly hasWasm?: boolean;
}

export interface Speed {
  readonly rows: BenchRow[];
  readonly notes: string[];
  readonly timings: Readonly<Record<string, readonly Timing[]>>;
  /** Of a forward pass and of a training step, with the full arithmetic. */
  readonly operations: { readonly forward: number; readonly step: number };
  readonly compileMs: { readonly forward: number; readonly step: number };
}

/** Times a network, forward and training step, against PyTorch and eager tfjs in the same rounds. */
export async function measureSpeed(bench: BenchNetwork, options: SpeedOptions): Promise<Speed> {
  const { threads, provider = 'cpu', hasWasm = false } = options;
  const benchCase = `${bench.name}, ${provider === 'cpu' ? `${threads} thread${threads > 1 ? 's' : ''}` : provider}`;
  const subjects: Record<string, () => Promise<Timing>> = {};
  const closing: (() => Promise<void> | void)[] = [];
  const compileMs = { forward: 0, step: 0 };
  const notes: string[] = [];
  for (const [label, network] of [
    ['', bench.network],
    [' (zero state known)', bench.reduced],
  ] as const) {
    if (network === undefined) continue;
    const problem = problemOf(bench, network, label !== '');
    const { target: _target, ...inputs } = problem.batch;
    const session = { threads, provider };
    const forwardStart = performance.now();
    const forward = await compile(problem.forward, problem.specs, { ...problem.options, ...session });
    compileMs.forward = Math.max(compileMs.forward, performance.now() - forwardStart);
    const stepStart = performance.now();
    const parameters = Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }]));
    const step = await compileTrainStep(squaredError(network), adam(), {
      parameters,
      batch: problem.batchSpecs,
      ...session,
    });
    compileMs.step = Math.max(compileMs.step, performance.now() - stepStart);
    const state = step.start(problem.parameters);
    subjects[`ours forward${label}`] = () => timeHere(() => forward.run(inputs));
    subjects[`ours step${label}`] = () => timeHere(() => step.run(state, problem.batch, { learningRate: 1e-4 }));
    closing.push(
      () => forward.dispose(),
      () => step.dispose(),
    );
  }
  const torch = await startTorchPeer(bench.name, threads, options.torchDevice);
  if (torch === undefined)
    notes.push('PyTorch is not installed (Debian: python3-torch with libopenblas0-pthread): no ratio to it');
  else {
    subjects['PyTorch forward'] = () => torch.time('forward');
    subjects['PyTorch step'] = () => torch.time('step');
    notes.push(`${benchCase}: PyTorch ${torch.version}, eager`);
  }
  if (hasWasm) Object.assign(subjects, await wasmSubjects(bench));
  const timings = await takeTurns(subjects, options.rounds);
  const rows = Object.entries(timings).flatMap(([subject, times]) => timeRows(benchCase, subject, times));
  if (torch !== undefined) {
    const peak = await torch.peakMemory();
    rows.push({ case: benchCase, subject: 'PyTorch', metric: 'peak memory', value: peak, unit: 'MiB' });
    torch.close();
  }
  for (const close of closing) await close();
  const operations = operationsOf(bench);
  for (const kind of ['forward', 'step'] as const) {
    rows.push({ case: benchCase, subject: `ours ${kind}`, metric: 'compile time', value: compileMs[kind], unit: 'ms' });
    for (const subject of ['ours', 'PyTorch']) {
      const times = timings[`${subject} ${kind}`];
      if (times === undefined) continue;
      const milliseconds = medianOf(times, threads === 1 && provider === 'cpu' ? 'processor' : 'wall');
      rows.push({
        case: benchCase,
        subject: `${subject} ${kind}`,
        metric: 'speed',
        value: operations[kind] / milliseconds / 1e6,
        unit: 'GFLOP/s',
      });
    }
  }
  return { rows, notes, timings, operations, compileMs };
}

function operationsOf(bench: BenchNetwork): { forward: number; step: number } {
  const { forward, specs, batchSpecs } = problemOf(bench, bench.network, false);
  const names = Object.keys(bench.network.parameters);
  const graph = compiledGraph(
    (all) => {
      const parameters = Object.fromEntries(names.map((name) => [name, all[name]!]));
      const { losses, gradients } = lossesAndGradients(squaredError(bench.network), parameters, all);
      return { ...losses, ...gradients };
    },
    { ...specs, ...batchSpecs },
  );
  return { forward: floatingPointOperations(compiledGraph(forward, specs)), step: floatingPointOperations(graph) };
}

async function wasmSubjects(bench: BenchNetwork): Promise<Subjects> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  const network = bench.reduced ?? bench.network;
  const { specs, parameters, batch } = problemOf(bench, network, true);
  const tensors = Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => [name, tf.tensor((parameters[name] ?? batch[name])!, [...shape])]),
  );
  return {
    'tfjs wasm forward': () =>
      timeHere(async () => {
        await tf.setBackend('wasm');
        const y = tf.tidy(() => network.forward(tensors, tensors));
        await y.data();
        y.dispose();
      }),
  };
}

const CEILING_EXTENT = 1024;

/**
 * Speed of a large matrix product with a constant factor in ONNX Runtime, GFLOP/s: the fastest of the rounds, because
 * a ceiling is what this machine can do at best.
 */
export async function measureCeiling(threads: number, rounds: number): Promise<{ rows: BenchRow[]; speed: number }> {
  const shape = [CEILING_EXTENT, CEILING_EXTENT];
  const specs = { a: { shape }, b: { shape } };
  const constants = { b: randomArray(CEILING_EXTENT ** 2, 2) };
  const product = await compile(({ a, b }) => ({ y: tf.matMul(a!, b!) }), specs, { threads, constants });
  const inputs = { a: randomArray(CEILING_EXTENT ** 2, 1) };
  const { product: timings } = await takeTurns({ product: () => timeHere(() => product.run(inputs)) }, rounds);
  await product.dispose();
  const fastest = Math.min(...timings!.map((timing) => timing[threads === 1 ? 'processor' : 'wall']));
  const speed = (2 * CEILING_EXTENT ** 3) / fastest / 1e6;
  const benchCase = `matrix product ${CEILING_EXTENT}, ${threads} thread${threads > 1 ? 's' : ''}`;
  return { rows: [{ case: benchCase, subject: 'ours', metric: 'speed', value: speed, unit: 'GFLOP/s' }], speed };
}
