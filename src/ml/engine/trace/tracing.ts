import * as tf from '@tensorflow/tfjs';
import { createValue, type DType, type GraphNode, type TypedArray, type Value } from '../graph.ts';

/** Name under which the tracing backend is registered with TensorFlow.js. */
export const TRACE_BACKEND = 'trace';

/** What is recorded while a function is traced. Tracing is synchronous, so there is at most one at a time. */
export interface Recording {
  readonly nodes: GraphNode[];
  /** Arrays that the function itself made while it was traced: constants now. */
  readonly madeWhileTracing: Value[];
}
let recording: Recording | undefined;

/** Runs `body` while every kernel is recorded; nothing is computed. */
export function record(body: () => void): Recording {
  const mine: Recording = { nodes: [], madeWhileTracing: [] };
  recording = mine;
  try {
    body();
  } finally {
    recording = undefined;
  }
  return mine;
}

/** Whether ops are being recorded now, so that an op of ours may choose its compiled form. */
export function isTracing(): boolean {
  return recording !== undefined;
}

/** A constant whose elements are all `uniform`. */
export function uniformValue(uniform: number, shape: readonly number[], dtype: DType = 'float32'): Value {
  return createValue(shape, dtype, { uniform });
}

/** Appends an operation to the recording; its results take the type of the first input where none is given. */
export function emit(
  op: string,
  inputs: Value[],
  attrs: object,
  ...outputs: readonly { readonly shape: readonly number[]; readonly dtype?: DType | undefined }[]
): Value[] {
  if (recording === undefined) throw new Error(`${op} ran on the tracing backend outside of a trace`);
  const node: GraphNode = { op, inputs, attrs, outputs: [] };
  for (const { shape, dtype } of outputs) {
    node.outputs.push(createValue(shape, dtype ?? inputs[0]?.dtype ?? 'float32', { node }));
  }
  recording.nodes.push(node);
  return node.outputs;
}

/** The constant with these elements. */
export function constantValue(values: ArrayLike<number>, shape: readonly number[], dtype: DType): Value {
  const data: TypedArray =
    dtype === 'float32'
      ? Float32Array.from(values)
      : dtype === 'bool'
        ? Uint8Array.from(values)
        : Int32Array.from(values);
  const first = data[0];
  const isUniform = first !== undefined && data.every((element) => Object.is(element, first));
  return createValue(shape, dtype, isUniform ? { uniform: first } : { data });
}

const capturedValues = new WeakMap<object, Value>();

/** The graph value behind a tensor; one that was made before tracing, on another backend, is captured as a constant. */
export function valueOf({ dataId, shape, dtype }: tf.TensorInfo): Value {
  if ('dtype' in dataId && 'id' in dataId) {
    const value = dataId as Value;
    // tfjs may give one data id to tensors of two shapes; in the graph each shape is a value.
    return value.shape.length === shape.length && value.shape.every((extent, axis) => extent === shape[axis])
      ? value
      : reshaped(value, shape);
  }
  let value = capturedValues.get(dataId);
  if (value === undefined) {
    value = constantValue(tf.engine().readSync(dataId) as ArrayLike<number>, shape, dtypeOf(dtype));
    capturedValues.set(dataId, value);
  }
  return value;
}

function dtypeOf(dtype: string): DType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`tensors of type ${dtype} cannot be compiled, only float32, int32 and bool`);
}

/** The value with another shape; a reshape of a reshape is one. */
export function reshaped(value: Value, shape: readonly number[]): Value {
  if (value.shape.length === shape.length && value.shape.every((extent, axis) => extent === shape[axis])) return value;
  if (value.uniform !== undefined) return uniformValue(value.uniform, shape, value.dtype);
  if (value.data !== undefined) return createValue(shape, value.dtype, { data: value.data });
  if (value.node?.op === 'Reshape') return reshaped(value.node.inputs[0]!, shape);
  return emit('Reshape', [value], {}, { shape })[0]!;
}

/** What a kernel infers: the shapes of a node to append, or a value that already is the answer. */
export type Inferred =
  | { readonly shape: readonly number[]; readonly dtype?: DType }
  | readonly { readonly shape: readonly number[]; readonly dtype?: DType }[]
  | Value;

/** Registers the tracing kernel of a tfjs op: `infer` sees graph values and attributes, and never elements. */
export function defineKernel<Attrs extends object>(
  name: string,
  inputNames: readonly string[],
  infer: (inputs: Value[], attrs: Attrs) => Inferred,
  attrsOf: (attrs: Attrs, inputs: Value[]) => object = (attrs) => attrs,
): void {
  tf.registerKernel({
    kernelName: name,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const given = Array.isArray(inputs)
        ? (inputs as tf.TensorInfo[])
        : inputNames.map((input) => inputs[input]).filter((info) => info !== undefined && info !== null);
      const values = given.map((info) => valueOf(info));
      const typed = (attrs ?? {}) as Attrs;
      const inferred = infer(values, typed);
      if ('id' in inferred) return infoOf(inferred);
      const isList = Array.isArray(inferred);
      const outputs = emit(
        name,
        values,
        attrsOf(typed, values),
        ...(isList ? inferred : [inferred as { shape: number[] }]),
      );
      return isList ? outputs.map(infoOf) : infoOf(outputs[0]!);
    },
  });
}

/** The tensor that stands for a graph value in tfjs. */
export function infoOf(value: Value): tf.TensorInfo {
  countTensor(value);
  return { dataId: value, shape: value.shape, dtype: value.dtype };
}

/** How many tensors stand for a value: tfjs stops counting a tensor when the data of another with it are gone. */
const tensorCounts = new WeakMap<object, number>();
function countTensor(value: object): void {
  tensorCounts.set(value, (tensorCounts.get(value) ?? 0) + 1);
}

class TraceBackend extends tf.KernelBackend {
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const value = constantValue(values as ArrayLike<number>, shape, dtypeOf(dtype));
    if (value.data !== undefined) recording?.madeWhileTracing.push(value);
    countTensor(value);
    return value;
  }
  override readSync(dataId: object): Float32Array {
    const { uniform, data, shape } = dataId as Value;
    if (uniform !== undefined) return new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(uniform);
    if (data !== undefined) return data as Float32Array;
    throw new Error(
      'the function reads the elements of a tensor that is not known while tracing (dynamic shape or data-dependent control flow)',
    );
  }
  override read(dataId: object): Promise<Float32Array> {
    return Promise.resolve(this.readSync(dataId));
  }
  // The graph owns every value until it is dropped: nothing is freed here, tensors are only counted.
  override disposeData(dataId: object): boolean {
    const rest = (tensorCounts.get(dataId) ?? 1) - 1;
    tensorCounts.set(dataId, rest);
    return rest <= 0;
  }
  override incRef(): void {}
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}

/** Makes the tracing backend known to TensorFlow.js, once; it is never chosen by itself. */
export function registerTraceBackend(): void {
  if (tf.findBackendFactory(TRACE_BACKEND) === undefined || tf.findBackendFactory(TRACE_BACKEND) === null) {
    tf.registerBackend(TRACE_BACKEND, () => new TraceBackend(), 0);
  }
}
