import { createValue, type Graph, type GraphNode, type Value } from './graph.ts';
import { sliceFilterChannels } from './trace/convolution-kernels.ts';
import type { AxisAttrs, PadAttrs, SplitAttrs } from './trace/shape-kernels.ts';

/**
 * Makes the graph smaller without changing what it computes: common subexpressions become one, gradients of channels
 * that nobody asks for are not computed, padding joins what it pads, dead operations go. (Constants and identities are folded while tracing.)
 */
export function optimise(graph: Graph): Graph {
  const merged = mergeCommonSubexpressions(prune(graph));
  return prune(joinPadding(mergeCommonSubexpressions(prune(narrowInputGradients(merged)))));
}

/** A join that is only padded with zeros at its end is joined with zeros: one copy less, and a quicker one than a padding. */
function joinPadding(graph: Graph): Graph {
  const users = usersOf(graph);
  const nodes = graph.nodes.map((node): GraphNode => {
    const join = node.inputs[0]?.node;
    if (node.op !== 'PadV2' || join?.op !== 'Concat' || users.get(node.inputs[0]!) !== 1) return node;
    const { axis } = join.attrs as AxisAttrs;
    const { paddings, constantValue = 0 } = node.attrs as PadAttrs;
    const isAtEnd = paddings.every(([before, after], one) => before === 0 && (after === 0 || one === axis));
    if (!isAtEnd || constantValue !== 0) return node;
    const [out] = node.outputs;
    const zeros = createValue(out!.shape.with(axis, paddings[axis]![1]), out!.dtype, { uniform: 0 });
    const padded: GraphNode = { ...join, inputs: [...join.inputs, zeros], outputs: [out!] };
    out!.node = padded;
    return padded;
  });
  return { ...graph, nodes };
}

/** How many operations read each value, and whether it is a result counts as one. */
function usersOf({ nodes, outputs }: Graph): Map<Value, number> {
  const users = new Map<Value, number>();
  const count = (value: Value): unknown => users.set(value, (users.get(value) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(count);
  for (const value of outputs.values()) count(value);
  return users;
}

/** Gradients compute things that nobody asks for. */
function prune(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs.values());
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => live.has(value))) continue;
    for (const value of node.inputs) live.add(value);
    nodes.push(node);
  }
  return { ...graph, nodes: nodes.reverse() };
}

const COMMUTATIVE = new Set(['Add', 'Multiply', 'Maximum', 'Minimum', 'LogicalAnd', 'LogicalOr', 'Equal', 'NotEqual']);

function mergeCommonSubexpressions(graph: Graph): Graph {
  const replacements = new Map<Value, Value>();
  const uniforms = new Map<string, Value>();
  const seen = new Map<string, GraphNode>();
  const follow = (value: Value): Value => {
    const replacement = replacements.get(value);
    if (replacement !== undefined) return replacement;
    if (value.uniform === undefined) return value;
    const key = `${Object.is(value.uniform, -0) ? '-0' : value.uniform}|${value.dtype}|${value.shape.join()}`;
    const first = uniforms.get(key) ?? value;
    uniforms.set(key, first);
    return first;
  };
  const nodes = graph.nodes.filter((node) => {
    node.inputs = node.inputs.map(follow);
    const ids = node.inputs.map(({ id }) => id);
    if (COMMUTATIVE.has(node.op)) ids.sort((a, b) => a - b);
    const shapes = node.outputs.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join(' ');
    const key = `${node.op}(${ids.join()})${JSON.stringify(node.attrs)}${shapes}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, node);
      return true;
    }
    for (const [position, value] of node.outputs.entries()) replacements.set(value, first.outputs[position]!);
    return false;
  });
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, replacements.get(value) ?? value]));
  return { ...graph, outputs, nodes };
}

/** Where an input gradient is split by channels and one part is used, only that part of the filter is multiplied. */
function narrowInputGradients(graph: Graph): Graph {
  const users = usersOf(graph);
  const isUsed = (value: Value): boolean => users.has(value);
  const nodes = graph.nodes.flatMap((split): GraphNode[] => {
    const gradient = split.inputs[0]?.node;
    if (split.op !== 'SplitV' && split.op !== 'Slice') return [split];
    if (gradient?.op !== 'ConvInputGradient' || users.get(split.inputs[0]!) !== 1) return [split];
    const range = channelRange(split, isUsed);
    if (range === undefined) return [split];
    const [dy, filter] = gradient.inputs;
    const part = sliceFilterChannels(filter!, range.begin, range.value.shape.at(-1)!);
    const narrow: GraphNode = {
      op: gradient.op,
      inputs: [dy!, part],
      attrs: gradient.attrs,
      outputs: [range.value],
    };
    range.value.node = narrow;
    return [part.node!, narrow];
  });
  return { ...graph, nodes };
}

function channelRange(node: GraphNode, isUsed: (value: Value) => boolean): { value: Value; begin: number } | undefined {
  const { shape } = node.inputs[0]!;
  const channel = shape.length - 1;
  if (node.op === 'Slice') {
    const [value] = node.outputs;
    const isChannelSlice = value!.shape.every((extent, axis) => axis === channel || extent === shape[axis]);
    return isChannelSlice ? { value: value!, begin: (node.attrs as { begin: number[] }).begin[channel]! } : undefined;
  }
  const { axis } = node.attrs as SplitAttrs;
  const wanted = node.outputs.filter(isUsed);
  if (axis !== channel || wanted.length !== 1 || node.outputs.length < 2) return undefined;
  const before = node.outputs.slice(0, node.outputs.indexOf(wanted[0]!));
  return { value: wanted[0]!, begin: before.reduce((sum, value) => sum + value.shape[channel]!, 0) };
}
