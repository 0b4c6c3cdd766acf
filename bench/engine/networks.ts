import type * as tf from '@tensorflow/tfjs';
import type { CompileOptions } from '../../src/ml/engine/compile.ts';
import type { ArraySpec, Graph } from '../../src/ml/engine/graph.ts';
import { sizeOf } from '../../src/ml/engine/graph.ts';
import type { NamedTensors, TensorFunction } from '../../src/ml/engine/trace/trace.ts';
import {
  convLstm,
  initialParameters,
  uNet,
  vivit,
  type ReferenceNetwork,
} from '../../test/support/reference-networks.ts';
import { randomArray } from '../../test/support/random-array.ts';

export interface BenchNetwork {
  readonly name: 'convLstm' | 'vivit' | 'uNet';
  readonly network: ReferenceNetwork;
  /** The same with what tracing can remove, where there is such a thing. */
  readonly reduced?: ReferenceNetwork;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Inputs that the reduced network lacks. */
  readonly states: readonly string[];
  readonly target: readonly number[];
}

const STATE = [1, 64, 64, 64];

/** The networks of the benchmark, batch 1. */
export const NETWORKS: readonly BenchNetwork[] = [
  {
    name: 'convLstm',
    network: convLstm({ state: 'input' }),
    reduced: convLstm({}),
    inputs: { x: [1, 3, 128, 128, 1], h1: STATE, c1: STATE, h2: STATE, c2: STATE },
    states: ['h1', 'c1', 'h2', 'c2'],
    target: [1, 128, 128, 1],
  },
  { name: 'vivit', network: vivit({}), inputs: { x: [1, 256, 256] }, states: [], target: [1, 1] },
  { name: 'uNet', network: uNet({}), inputs: { x: [1, 128, 128, 1] }, states: [], target: [1, 128, 128, 1] },
];

export interface Problem {
  readonly specs: Record<string, ArraySpec>;
  readonly parameters: Record<string, Float32Array>;
  readonly batch: Record<string, Float32Array>;
  readonly batchSpecs: Record<string, ArraySpec>;
  readonly forward: TensorFunction;
  readonly options: CompileOptions;
}

/** Shapes, reproducible numbers and the forward function of a network. */
export function problemOf(
  { inputs, states, target }: BenchNetwork,
  network: ReferenceNetwork,
  isReduced: boolean,
): Problem {
  const used = Object.entries(inputs).filter(([name]) => !isReduced || !states.includes(name));
  const parameters = initialParameters(network);
  const inputSpecs = Object.fromEntries(used.map(([name, shape]) => [name, { shape }]));
  const batchSpecs = { ...inputSpecs, target: { shape: target } };
  const parameterSpecs = Object.fromEntries(
    Object.entries(network.parameters).map(([name, shape]) => [name, { shape }]),
  );
  const batch = Object.fromEntries(
    Object.entries(batchSpecs).map(([name, { shape }], index) => [name, randomArray(sizeOf(shape), 77 + index)]),
  );
  return {
    specs: { ...inputSpecs, ...parameterSpecs },
    parameters,
    batch,
    batchSpecs,
    forward: (all: NamedTensors): Record<string, tf.Tensor> => ({ y: network.forward(all, all) }),
    options: { constants: parameters },
  };
}

/** Multiplications and additions of convolutions and matrix products, from the traced graph. */
export function floatingPointOperations(graph: Graph): number {
  return graph.nodes.reduce((sum, { op, inputs, outputs }) => {
    const out = sizeOf(outputs[0]!.shape);
    const [a, b] = inputs;
    if (op === 'Conv') return sum + 2 * out * sizeOf(b!.shape.slice(0, -1));
    if (op === 'ConvInputGradient') return sum + 2 * sizeOf(a!.shape) * sizeOf(b!.shape.slice(0, -1));
    if (op === 'ConvFilterGradient') return sum + 2 * sizeOf(b!.shape.slice(0, -1)) * out;
    if (op === 'BatchMatMul') {
      const inner = (sizeOf(a!.shape) * sizeOf(b!.shape.slice(-2))) / sizeOf(outputs[0]!.shape);
      return sum + 2 * out * Math.sqrt(inner);
    }
    return sum;
  }, 0);
}
