import { sizeOf } from '../graph.ts';
import { ONNX_TYPE } from '../onnx/onnx-model.ts';
import type { MatMulAttrs, ReduceAttrs } from '../trace/matrix-kernels.ts';
import { axisIn } from './layout.ts';
import type { Lowering, LoweringRule, LoweringRules } from './lowering.ts';

const REDUCE: Readonly<Record<string, string>> = {
  Sum: 'ReduceSum',
  Mean: 'ReduceMean',
  Max: 'ReduceMax',
  Min: 'ReduceMin',
  Prod: 'ReduceProd',
};

const reduce: LoweringRule = (l, node) => {
  const { op, inputs: [x], outputs: [out] } = node; // prettier-ignore
  const { axes, keepDims } = node.attrs as ReduceAttrs;
  const rank = x!.shape.length;
  const channel = rank - 1;
  const keepdims = Number(keepDims);
  if (
    l.preferred([x!], true) === 'blocked' &&
    !l.willBeFirst(x!) &&
    !axes.includes(channel) &&
    !keepDims &&
    axes.includes(1) &&
    axes.includes(2)
  ) {
    return l.set(out!, 'last', reduceBlocked(l, node.op, l.get(x!, 'blocked'), x!.shape, axes, out!.shape));
  }
  let layout = l.preferred([x!]);
  if (layout === 'first' && !keepDims) {
    const rest = Array.from({ length: rank }, (_, axis) => axis)
      .filter((axis) => !axes.includes(axis) && x!.shape[axis] !== 1)
      .map((axis) => axisIn('first', axis, rank));
    // What remains must be in tfjs order.
    if (rest.some((axis, index) => index > 0 && axis < rest[index - 1]!)) layout = 'last';
  }
  const positions = l.ints(axes.map((axis) => axisIn(layout, axis, rank)));
  const target = keepDims ? layout : 'last';
  if (op === 'All' || op === 'Any') {
    const ints = l.node('Cast', [l.get(x!, layout)], { to: ONNX_TYPE.int32 });
    const reduced = l.node(op === 'All' ? 'ReduceMin' : 'ReduceMax', [ints, positions], { keepdims });
    return l.set(out!, target, l.node('Cast', [reduced], { to: ONNX_TYPE.bool }));
  }
  const reduced = l.node(REDUCE[op]!, [l.get(x!, layout), positions], { keepdims });
  return l.set(out!, target, reduced);
};

/** Sums over positions (and the batch) of an array whose channels are in blocks: no conversion is needed. */
function reduceBlocked(
  l: Lowering,
  op: string,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  out: readonly number[],
): string {
  const b = l.options.block;
  const blocks = l.once(`blocks ${x}`, () => l.reshape(x, [shape[0]!, shape[3]! / b, shape[1]!, shape[2]!, b]));
  const positions = axes.includes(0) ? [0, 2, 3] : [2, 3];
  return l.reshape(l.node(REDUCE[op]!, [blocks, l.ints(positions)], { keepdims: 0 }), out);
}

/** A product that is only used scaled by a constant is scaled on the way. */
const matMul: LoweringRule = (l, node) => {
  const [a, b] = node.inputs;
  const out = node.outputs[0]!;
  const { transposeA, transposeB } = node.attrs as MatMulAttrs;
  const users = l.usersOf(out);
  const scale = users.length === 1 && users[0]!.op === 'Multiply' && !l.isOutput(out) ? users[0] : undefined;
  const factor = scale?.inputs.find((value) => value !== out)?.uniform;
  const ranks = [a!.shape.length, b!.shape.length] as const;
  if (scale !== undefined && factor !== undefined && sizeOf(scale.outputs[0]!.shape) === sizeOf(out.shape)) {
    l.done.add(scale);
    return l.set(
      scale.outputs[0]!,
      'last',
      l.matMul(l.get(a!), l.get(b!), { ranks, transposeA, transposeB, alpha: factor }),
    );
  }
  return l.set(out, 'last', l.matMul(l.get(a!), l.get(b!), { ranks, transposeA, transposeB }));
};

const batchNorm: LoweringRule = (l, { inputs: [x, ...statistics], outputs: [out], attrs }) => {
  const epsilon = { float: (attrs as { varianceEpsilon: number }).varianceEpsilon };
  const names = [l.get(x!, 'first'), ...statistics.map((value) => l.get(value))];
  l.set(out!, 'first', l.node('BatchNormalization', names, { epsilon }));
};

const layerNorm: LoweringRule = (l, { inputs, outputs, attrs }) => {
  const epsilon = { float: (attrs as { epsilon: number }).epsilon };
  const hasStatistics = outputs.slice(1).some((value) => l.usersOf(value).length > 0 || l.isOutput(value));
  const names = l.nodes(
    'LayerNormalization',
    inputs.map((value) => l.get(value)),
    { axis: -1, epsilon },
    hasStatistics ? 3 : 1,
  );
  for (const [index, name] of names.entries()) l.set(outputs[index]!, 'last', name);
};

const argument: LoweringRule = (l, { op, inputs: [x], outputs: [out], attrs }) => {
  const { axis } = attrs as { axis: number };
  l.set(out!, 'last', l.node('Cast', [l.node(op, [l.get(x!)], { axis, keepdims: 0 })], { to: ONNX_TYPE.int32 }));
};

const cumulativeSum: LoweringRule = (l, { inputs: [x], outputs: [out], attrs }) => {
  const { axis, exclusive, reverse } = attrs as { axis: number; exclusive?: boolean; reverse?: boolean };
  const flags = { exclusive: Number(exclusive === true), reverse: Number(reverse === true) };
  l.set(out!, 'last', l.node('CumSum', [l.get(x!), l.scalar(axis, 'int32')], flags));
};

/** How matrix products, reductions and normalisations are written in ONNX. */
export const MATRIX_RULES: LoweringRules = {
  ...Object.fromEntries([...Object.keys(REDUCE), 'All', 'Any'].map((op) => [op, reduce])),
  BatchMatMul: matMul,
  Einsum: (l, { inputs, outputs: [out], attrs }) =>
    l.set(
      out!,
      'last',
      l.node(
        'Einsum',
        inputs.map((value) => l.get(value)),
        { equation: (attrs as { equation: string }).equation },
      ),
    ),
  Softmax: (l, { inputs: [x], outputs: [out], attrs }) =>
    l.set(out!, 'last', l.node('Softmax', [l.get(x!)], { axis: (attrs as { dim: number }).dim })),
  LogSoftmax: (l, { inputs: [x], outputs: [out], attrs }) =>
    l.set(out!, 'last', l.node('LogSoftmax', [l.get(x!)], { axis: (attrs as { axis: number }).axis })),
  FusedBatchNorm: batchNorm,
  LayerNormalization: layerNorm,
  Gelu: (l, { inputs: [x], outputs: [out] }) => l.set(out!, 'last', l.node('Gelu', [l.get(x!)])),
  ArgMax: argument,
  ArgMin: argument,
  Cumsum: cumulativeSum,
};
