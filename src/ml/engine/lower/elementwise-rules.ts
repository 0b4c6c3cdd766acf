import type { GraphNode, Value } from '../graph.ts';
import { ONNX_TYPE } from '../onnx/onnx-model.ts';
import type { Layout } from './layout.ts';
import type { Lowering, LoweringRule, LoweringRules } from './lowering.ts';

const UNARY: Readonly<Record<string, string>> = {
  Relu: 'Relu', Selu: 'Selu', Sigmoid: 'Sigmoid', Tanh: 'Tanh', Exp: 'Exp', Log: 'Log', Sqrt: 'Sqrt', Neg: 'Neg', Abs: 'Abs',
  Sign: 'Sign', Erf: 'Erf', Softplus: 'Softplus', Sin: 'Sin', Cos: 'Cos', Tan: 'Tan', Asin: 'Asin', Acos: 'Acos', Atan: 'Atan',
  Sinh: 'Sinh', Cosh: 'Cosh', Floor: 'Floor', Ceil: 'Ceil', Round: 'Round', Reciprocal: 'Reciprocal', LogicalNot: 'Not',
  IsNan: 'IsNaN', IsInf: 'IsInf', Elu: 'Elu',
}; // prettier-ignore
const BINARY: Readonly<Record<string, string>> = {
  Add: 'Add', Sub: 'Sub', Multiply: 'Mul', RealDiv: 'Div', Pow: 'Pow', Maximum: 'Max', Minimum: 'Min', Prelu: 'PRelu',
  Greater: 'Greater', GreaterEqual: 'GreaterOrEqual', Less: 'Less', LessEqual: 'LessOrEqual', Equal: 'Equal',
  LogicalAnd: 'And', LogicalOr: 'Or',
}; // prettier-ignore

type WriteUnary = (l: Lowering, x: string, attrs: object, node: GraphNode, layout: Layout) => string;
type WriteBinary = (l: Lowering, a: string, b: string, node: GraphNode) => string;

/** Ops that need more than one ONNX node, or attributes. */
const UNARY_FORMS: Readonly<Record<string, WriteUnary>> = {
  Square: (l, x) => l.node('Mul', [x, x]),
  Rsqrt: (l, x) => l.node('Reciprocal', [l.node('Sqrt', [x])]),
  Log1p: (l, x) => l.node('Log', [l.node('Add', [x, l.scalar(1)])]),
  Expm1: (l, x) => l.node('Sub', [l.node('Exp', [x]), l.scalar(1)]),
  LeakyRelu: (l, x, attrs) => l.node('LeakyRelu', [x], { alpha: { float: (attrs as { alpha: number }).alpha } }),
  Relu6: (l, x) => l.node('Clip', [x, l.scalar(0), l.scalar(6)]),
  ClipByValue: (l, x, attrs) => {
    const { clipValueMin, clipValueMax } = attrs as { clipValueMin: number; clipValueMax: number };
    return l.node('Clip', [x, l.scalar(clipValueMin), l.scalar(clipValueMax)]);
  },
  IsFinite: (l, x) => l.node('Not', [l.node('Or', [l.node('IsNaN', [x]), l.node('IsInf', [x])])]),
  Cast: (l, x, _, node) => l.node('Cast', [x], { to: ONNX_TYPE[node.outputs[0]!.dtype] }),
  Step: (l, x, attrs, node, layout) => {
    const { alpha } = attrs as { alpha?: number };
    if (alpha) return l.node('Where', [l.node('Greater', [x, l.scalar(0)]), l.scalar(1), l.scalar(alpha)]);
    // step(x) = step(relu(x)); reading the result of relu frees its input.
    const relu = l.usersOf(node.inputs[0]!).find(({ op, outputs }) => op === 'Relu' && l.isAvailable(outputs[0]!));
    const y = relu === undefined ? x : l.get(relu.outputs[0]!, layout);
    return l.node('Cast', [l.node('Greater', [y, l.scalar(0)])], { to: ONNX_TYPE.float32 });
  },
  // dy * (y > 0 ? 1 : y + 1)
  EluGrad: (l, dy, _, node, layout) => {
    const y = l.get(node.inputs[1]!, layout);
    const slope = [l.node('Greater', [y, l.scalar(0)]), l.scalar(1), l.node('Add', [y, l.scalar(1)])];
    return l.node('Mul', [dy, l.node('Where', slope)]);
  },
};

const floorDivision: WriteBinary = (l, a, b, node) => {
  if (node.outputs[0]!.dtype === 'float32') return l.node('Floor', [l.node('Div', [a, b])]);
  const real = (x: string): string => l.node('Cast', [x], { to: ONNX_TYPE.float32 });
  return l.node('Cast', [l.node('Floor', [l.node('Div', [real(a), real(b)])])], { to: ONNX_TYPE.int32 });
};
const BINARY_FORMS: Readonly<Record<string, WriteBinary>> = {
  NotEqual: (l, a, b) => l.node('Not', [l.node('Equal', [a, b])]),
  SquaredDifference: (l, a, b) => {
    const difference = l.node('Sub', [a, b]);
    return l.node('Mul', [difference, difference]);
  },
  FloorDiv: floorDivision,
  // The sign of the divisor, as in TensorFlow; ONNX has that for integers alone.
  Mod: (l, a, b, node) =>
    node.outputs[0]!.dtype === 'int32'
      ? l.node('Mod', [a, b])
      : l.node('Sub', [a, l.node('Mul', [b, l.node('Floor', [l.node('Div', [a, b])])])]),
};

function unary(write: WriteUnary): LoweringRule {
  return (l, node) => {
    const [x] = node.inputs;
    const layout = l.preferred(node.inputs, l.canBlock(node.outputs[0]!));
    l.set(node.outputs[0]!, layout, write(l, l.get(x!, layout), node.attrs, node, layout));
  };
}

/** In the blocked layout only scalars broadcast. */
function layoutOf(l: Lowering, node: GraphNode, out: Value): Layout {
  if (out.shape.length !== 4 && out.shape.length !== 5) return 'last';
  const isEven = node.inputs.every((value) => l.isFull(value, out.shape) || value.uniform !== undefined);
  return l.preferred(
    node.inputs.filter((value) => value.uniform === undefined),
    isEven && l.canBlock(out),
  );
}

function binary(write: WriteBinary): LoweringRule {
  return (l, node) => {
    const out = node.outputs[0]!;
    const layout = layoutOf(l, node, out);
    const [a, b] = node.inputs;
    l.set(
      out,
      layout,
      write(
        l,
        l.operand(a!, out.shape, layout, l.isFull(b!, out.shape)),
        l.operand(b!, out.shape, layout, l.isFull(a!, out.shape)),
        node,
      ),
    );
  };
}

const select: LoweringRule = (l, node) => {
  const out = node.outputs[0]!;
  const layout = layoutOf(l, node, out);
  const names = node.inputs.map((value) =>
    l.operand(
      value,
      out.shape,
      layout,
      node.inputs.some((other) => other !== value && l.isFull(other, out.shape)),
    ),
  );
  l.set(out, layout, l.node('Where', names));
};

const addN: LoweringRule = (l, node) => {
  const layout = l.preferred(node.inputs, true);
  l.set(
    node.outputs[0]!,
    layout,
    l.node(
      'Sum',
      node.inputs.map((value) => l.get(value, layout)),
    ),
  );
};

/** How elementwise kernels are written in ONNX. */
export const ELEMENTWISE_RULES: LoweringRules = {
  ...Object.fromEntries(
    Object.entries(UNARY).map(([op, onnx]) => [
      op,
      unary((l, x) => l.node(onnx, [x], onnx === 'Elu' ? { alpha: { float: 1 } } : {})),
    ]),
  ),
  ...Object.fromEntries(Object.entries(UNARY_FORMS).map(([op, write]) => [op, unary(write)])),
  ...Object.fromEntries(Object.entries(BINARY).map(([op, onnx]) => [op, binary((l, a, b) => l.node(onnx, [a, b]))])),
  ...Object.fromEntries(Object.entries(BINARY_FORMS).map(([op, write]) => [op, binary(write)])),
  Select: select,
  AddN: addN,
};
