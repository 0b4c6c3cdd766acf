import * as tf from '@tensorflow/tfjs';
import { isSameShape, type DType, type Value } from '../graph.ts';
import { constantValue, defineKernel, emit, infoOf, TRACE_BACKEND, uniformValue, valueOf } from './tracing.ts';

const UNARY = [
  'Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Selu', 'Sigmoid', 'Tanh', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Square', 'Neg', 'Abs',
  'Sign', 'Step', 'Erf', 'Softplus', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Floor', 'Ceil', 'Round',
  'Reciprocal', 'ClipByValue', 'Log1p', 'Expm1',
]; // prettier-ignore
const BINARY = [
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Pow',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'Mod',
  'FloorDiv',
];
const COMPARE = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];

const FOLD_UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Square: (x) => x * x,
  Sqrt: Math.sqrt,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Exp: Math.exp,
  Log: Math.log,
  Tanh: Math.tanh,
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};
const FOLD_BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
  Pow: (a, b) => a ** b,
};

const broadcastShape = (a: Value, b: Value): number[] => tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);

/** The value stretched to a shape that it broadcasts to. */
export function broadcastTo(value: Value, shape: readonly number[]): Value {
  if (isSameShape(value.shape, shape)) return value;
  if (value.uniform !== undefined) return uniformValue(value.uniform, shape, value.dtype);
  return emit('BroadcastTo', [value], {}, { shape })[0]!;
}

/** The algebra that gradients are full of: ones * dy, zeros + x, x / 1. */
function simplified(op: string, a: Value, b: Value, shape: number[]): Value | undefined {
  if (a.uniform !== undefined && b.uniform !== undefined && a.dtype === 'float32') {
    const fold = FOLD_BINARY[op];
    if (fold !== undefined) return uniformValue(Math.fround(fold(a.uniform, b.uniform)), shape);
  }
  if (op === 'Multiply') {
    if (a.uniform === 0 || b.uniform === 0) return uniformValue(0, shape, a.dtype);
    if (b.uniform === 1) return broadcastTo(a, shape);
    if (a.uniform === 1) return broadcastTo(b, shape);
  }
  if (op === 'Add' && a.uniform === 0) return broadcastTo(b, shape);
  if ((op === 'Add' || op === 'Sub') && b.uniform === 0) return broadcastTo(a, shape);
  if ((op === 'RealDiv' || op === 'Pow') && b.uniform === 1) return broadcastTo(a, shape);
  return undefined;
}

/** What the value was stretched from without a new axis: an op on it costs less, and its result can be stretched instead. */
function unstretched(value: Value): Value {
  const from = value.node?.op === 'BroadcastTo' ? value.node.inputs[0]! : value;
  return from.shape.length === value.shape.length ? from : value;
}

function binary(op: string, wideA: Value, wideB: Value): Value {
  const shape = broadcastShape(wideA, wideB);
  const known = simplified(op, wideA, wideB, shape);
  if (known !== undefined) return known;
  const [narrowA, narrowB] = [unstretched(wideA), unstretched(wideB)];
  const a = wideA.uniform === undefined ? narrowA : narrowUniform(wideA, wideB, narrowB);
  const b = wideB.uniform === undefined ? narrowB : narrowUniform(wideB, wideA, narrowA);
  const [result] = emit(op, [a, b], {}, { shape: broadcastShape(a, b), dtype: wideA.dtype });
  return broadcastTo(result!, shape);
}

/** A constant that is as wide as what another operand was stretched to is narrowed with it. */
function narrowUniform(value: Value, other: Value, narrow: Value): Value {
  return isSameShape(value.shape, other.shape) ? uniformValue(value.uniform!, narrow.shape, value.dtype) : value;
}

/** Registers the kernels that work element by element. */
export function registerElementwiseKernels(): void {
  for (const op of UNARY) {
    defineKernel(op, ['x'], ([x], attrs) => {
      const fold = FOLD_UNARY[op];
      if (x!.uniform !== undefined && fold !== undefined && x!.dtype === 'float32') {
        return uniformValue(Math.fround(fold(x!.uniform)), x!.shape);
      }
      const narrow = unstretched(x!);
      if (narrow === x) return { shape: narrow.shape };
      const [result] = emit(op, [narrow], attrs, { shape: narrow.shape });
      return broadcastTo(result!, x!.shape);
    });
  }
  defineKernel('LogicalNot', ['x'], ([x]) => ({ shape: x!.shape, dtype: 'bool' }));
  for (const op of ['IsNan', 'IsInf', 'IsFinite']) {
    defineKernel(op, ['x'], ([x]) => ({ shape: x!.shape, dtype: 'bool' }));
  }
  for (const op of BINARY) {
    defineKernel(op, ['a', 'b'], ([a, b]) => binary(op, a!, b!));
  }
  for (const op of COMPARE) {
    defineKernel(op, ['a', 'b'], ([a, b]) => ({ shape: broadcastShape(a!, b!), dtype: 'bool' }));
  }
  defineKernel('Prelu', ['x', 'alpha'], ([x]) => ({ shape: x!.shape }));
  defineKernel('EluGrad', ['dy', 'y'], ([dy]) => ({ shape: dy!.shape }));
  defineKernel('AddN', [], ([x]) => ({ shape: x!.shape, dtype: x!.dtype }));
  defineKernel('Identity', ['x'], ([x]) => x!);
  defineKernel('ZerosLike', ['x'], ([x]) => uniformValue(0, x!.shape, x!.dtype));
  defineKernel('OnesLike', ['x'], ([x]) => uniformValue(1, x!.shape, x!.dtype));
  defineKernel<{ dtype: DType }>('Cast', ['x'], ([x], { dtype }) => {
    if (x!.dtype === dtype) return x!;
    if (x!.uniform === undefined) return { shape: x!.shape, dtype };
    const cast = dtype === 'int32' ? Math.trunc(x!.uniform) : dtype === 'bool' ? Number(x!.uniform !== 0) : x!.uniform;
    return uniformValue(cast, x!.shape, dtype);
  });
  defineKernel('Select', ['condition', 't', 'e'], ([condition, t]) => ({
    shape: t!.shape.length >= condition!.shape.length ? t!.shape : condition!.shape,
    dtype: t!.dtype,
  }));
  tf.registerKernel({
    kernelName: 'Fill',
    backendName: TRACE_BACKEND,
    kernelFunc: ({ attrs }) => {
      const { value, shape, dtype } = attrs as unknown as { value: number; shape: number[]; dtype?: DType };
      return infoOf(uniformValue(value, shape, dtype ?? 'float32'));
    },
  });
  tf.registerKernel({
    kernelName: 'Range',
    backendName: TRACE_BACKEND,
    kernelFunc: ({ attrs }) => {
      const { start, stop, step, dtype } = attrs as unknown as {
        start: number;
        stop: number;
        step: number;
        dtype: DType;
      };
      const count = Math.max(0, Math.ceil((stop - start) / step));
      return infoOf(
        constantValue(
          Array.from({ length: count }, (_, index) => start + index * step),
          [count],
          dtype,
        ),
      );
    },
  });
  registerFusedKernels();
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

interface FusedAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** The kernels of `tf.fused` (and of tf.layers) are taken apart again, so that there is one form of each op. */
function registerFusedKernels(): void {
  const fused = [
    ['_FusedMatMul', 'BatchMatMul', 'a', 'b'],
    ['FusedConv2D', 'Conv2D', 'x', 'filter'],
    ['FusedDepthwiseConv2D', 'DepthwiseConv2dNative', 'x', 'filter'],
  ] as const;
  for (const [name, plain, x, w] of fused) {
    tf.registerKernel({
      kernelName: name,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const kernel = tf.getKernel(plain, TRACE_BACKEND);
        const operands = { [x]: inputs[x]!, [w]: inputs[w]! };
        const base = kernel.kernelFunc({ inputs: operands, backend, ...(attrs === undefined ? {} : { attrs }) });
        let y = valueOf(base as tf.TensorInfo);
        const shape = y.shape;
        const { activation = 'linear', leakyreluAlpha = 0.2 } = (attrs ?? {}) as FusedAttrs;
        if (inputs['bias']) y = emit('Add', [y, valueOf(inputs['bias'])], {}, { shape })[0]!;
        if (activation === 'linear') return infoOf(y);
        if (activation === 'prelu') {
          return infoOf(emit('Prelu', [y, valueOf(inputs['preluActivationWeights']!)], {}, { shape })[0]!);
        }
        const op = ACTIVATIONS[activation];
        if (op === undefined) throw new Error(`the fused activation ${activation} cannot be compiled`);
        return infoOf(emit(op, [y], { alpha: leakyreluAlpha }, { shape })[0]!);
      },
    });
  }
}
