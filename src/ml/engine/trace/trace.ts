import * as tf from '@tensorflow/tfjs';
import { FaultError } from '../../../errors.ts';
import { createValue, sizeOf, type ArraySpec, type Graph, type Value } from '../graph.ts';
import { registerGradients } from '../ops/tfjs-gradients.ts';
import { registerConvolutionKernels } from './convolution-kernels.ts';
import { registerElementwiseKernels } from './elementwise-kernels.ts';
import { registerMatrixKernels } from './matrix-kernels.ts';
import { registerShapeKernels } from './shape-kernels.ts';
import { infoOf, record, registerTraceBackend, TRACE_BACKEND, valueOf } from './tracing.ts';
import { userLocation } from './user-location.ts';

export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/** A pure function of named tensors, written with TensorFlow.js ops on static shapes. */
export type TensorFunction = (inputs: NamedTensors) => NamedTensors;

/** Arrays above this many elements that a function makes while it is traced are refused: mostly they are data or noise. */
const LARGEST_INNER_CONSTANT = 65_536;

let isReady = false;
function prepare(): void {
  if (isReady) return;
  // Without it tfjs advertises its native packages on the console.
  tf.enableProdMode();
  registerTraceBackend();
  registerElementwiseKernels();
  registerShapeKernels();
  registerMatrixKernels();
  registerConvolutionKernels();
  registerGradients();
  isReady = true;
}

/**
 * Records one symbolic evaluation of `fn`: no arithmetic happens, gradients taken inside are recorded too. The graph
 * holds no tensors. Tensors that `fn` closes over become constants, read once; random numbers drawn inside are refused,
 * because they would be drawn once and for all: they must be inputs.
 * @param constants inputs whose elements are fixed; they are inputs of `fn`, not of the graph.
 * @throws {FaultError} naming the op and the place in the caller's function, for an op that has no compiled form, for a
 *   shape that depends on data, and for inputs or outputs that are not as declared.
 */
export function trace(
  fn: TensorFunction,
  inputs: Readonly<Record<string, ArraySpec>>,
  constants: ReadonlyMap<string, Value> = new Map(),
): Graph {
  checkSpecs(inputs);
  prepare();
  const engine = tf.engine();
  const before = engine.backendName;
  const values = new Map<string, Value>();
  const outputs = new Map<string, Value>();
  const random = Math.random;
  const depth = Error.stackTraceLimit;
  tf.setBackend(TRACE_BACKEND).catch(() => undefined);
  engine.startScope('trace');
  Math.random = () => {
    throw new Error('random numbers drawn while tracing would become constants; make them an input of the function');
  };
  Error.stackTraceLimit = 200;
  try {
    const recording = record(() => {
      const tensors: Record<string, tf.Tensor> = {};
      for (const [name, { shape, dtype = 'float32' }] of Object.entries(inputs)) {
        const constant = constants.get(name);
        const value = constant ?? createValue(shape, dtype, { input: name });
        if (constant === undefined) values.set(name, value);
        tensors[name] = engine.makeTensorFromTensorInfo(infoOf(value));
      }
      for (const [name, tensor] of Object.entries(fn(tensors))) {
        if (!(tensor instanceof tf.Tensor)) throw new Error(`output ${name} is not a tensor`);
        outputs.set(name, valueOf(tensor));
        // Kept beyond the gradient that it came from; tfjs would count it for ever.
        if (tensor.kept && isTraced(tensor)) tensor.dispose();
      }
    });
    const large = recording.madeWhileTracing.find(({ shape }) => sizeOf(shape) > LARGEST_INNER_CONSTANT);
    if (large !== undefined) {
      throw new Error(
        `the function makes an array [${large.shape.join()}] of its own; make it before tracing or make it an input`,
      );
    }
    if (outputs.size === 0) throw new Error('the function has no output');
    return { inputs: values, outputs, nodes: recording.nodes };
  } catch (cause) {
    throw tracingFault(cause);
  } finally {
    Math.random = random;
    Error.stackTraceLimit = depth;
    engine.endScope();
    // The active backend is global: whoever computes eagerly next must find the one that was chosen before.
    tf.setBackend(before || 'cpu').catch(() => undefined);
  }
}

const isTraced = ({ dataId }: tf.Tensor): boolean => 'id' in dataId;

function checkSpecs(inputs: Readonly<Record<string, ArraySpec>>): void {
  for (const [name, { shape, dtype = 'float32' }] of Object.entries(inputs)) {
    const isStatic = shape.every((extent) => Number.isInteger(extent) && extent > 0 && extent < 2 ** 31);
    if (!isStatic)
      throw new FaultError(
        `input ${name}: every extent must be a positive integer, found [${shape.join()}]; shapes are static`,
      );
    if (!['float32', 'int32', 'bool'].includes(dtype))
      throw new FaultError(`input ${name}: type ${dtype as string} cannot be compiled`);
  }
}

function tracingFault(cause: unknown): FaultError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const kernel = /Kernel '([^']+)' not registered for backend 'trace'/.exec(message)?.[1];
  const what = kernel === undefined ? message : `the op ${kernel} has no compiled form`;
  const where = userLocation(cause);
  return new FaultError(`cannot compile: ${what}${where === undefined ? '' : ` (at ${where})`}`, { cause });
}
