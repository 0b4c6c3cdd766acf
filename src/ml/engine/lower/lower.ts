import { FaultError } from '../../../errors.ts';
import type { ArraySpec, DType, Graph } from '../graph.ts';
import { encodeOnnxModel } from '../onnx/onnx-model.ts';
import { CONVOLUTION_RULES } from './convolution-rules.ts';
import { ELEMENTWISE_RULES } from './elementwise-rules.ts';
import { Lowering, type LoweringOptions, type LoweringRules } from './lowering.ts';
import { MATRIX_RULES } from './matrix-rules.ts';
import { SAMPLING_RULES } from './sampling-rules.ts';
import { SHAPE_RULES } from './shape-rules.ts';

const RULES: LoweringRules = {
  ...ELEMENTWISE_RULES,
  ...SHAPE_RULES,
  ...MATRIX_RULES,
  ...CONVOLUTION_RULES,
  ...SAMPLING_RULES,
};

export type FullSpec = Required<ArraySpec>;

/** An ONNX model and the names by which its inputs and outputs go. */
export interface LoweredModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: Readonly<Record<string, FullSpec>>;
  readonly outputs: Readonly<Record<string, FullSpec>>;
  /** ONNX operators and how often each occurs. */
  readonly operators: Readonly<Record<string, number>>;
  /** Name in the ONNX model of an output of the function. */
  readonly outputName: (name: string) => string;
}

/** Inputs keep their names; an output may be called like an input, as the parameters of a training step are. */
export function distinctFromInputs(name: string): string {
  return `${name}.out`;
}

/**
 * Writes a traced graph as an ONNX model (opset 20): convolutions have their channels first or in blocks, everything
 * between them stays so, and conversions are left at the edges.
 * @throws {FaultError} for an op that has no ONNX form.
 */
export function lower(
  graph: Graph,
  options: LoweringOptions & { readonly outputName?: (name: string) => string },
): LoweredModel {
  const { outputName = distinctFromInputs } = options;
  const lowering = new Lowering(graph, options);
  const { onnx } = lowering;
  for (const [name, value] of graph.inputs) {
    onnx.inputs.push({ name, dtype: value.dtype, shape: value.shape });
    lowering.set(value, 'last', name);
  }
  for (const node of graph.nodes) {
    if (lowering.done.has(node)) continue;
    const rule = RULES[node.op];
    if (rule === undefined) throw new FaultError(`cannot compile: the op ${node.op} has no ONNX form`);
    rule(lowering, node);
  }
  nameOutputs(graph, lowering, outputName);
  const operators: Record<string, number> = {};
  for (const { op } of onnx.nodes) operators[op] = (operators[op] ?? 0) + 1;
  const specs = (values: ReadonlyMap<string, { shape: number[]; dtype: DType }>): Record<string, FullSpec> =>
    Object.fromEntries([...values].map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
  return {
    bytes: encodeOnnxModel(onnx),
    inputs: specs(graph.inputs),
    outputs: specs(graph.outputs),
    operators,
    outputName,
  };
}

/** Results are renamed where they are made: an Identity would copy them. */
function nameOutputs(graph: Graph, lowering: Lowering, outputName: (name: string) => string): void {
  const { onnx } = lowering;
  const inner = new Map([...graph.outputs].map(([name, value]) => [name, lowering.get(value)]));
  const made = new Set(onnx.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const copies: { from: string; to: string }[] = [];
  for (const [name, value] of graph.outputs) {
    const from = inner.get(name)!;
    const to = outputName(name);
    onnx.outputs.push({ name: to, dtype: value.dtype, shape: value.shape });
    if (renamed.has(from) || !made.has(from)) copies.push({ from, to });
    else renamed.set(from, to);
  }
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  for (const node of onnx.nodes) {
    node.inputs = node.inputs.map(nameOf);
    node.outputs = node.outputs.map(nameOf);
  }
  for (const { from, to } of copies) {
    onnx.nodes.push({ op: 'Identity', inputs: [nameOf(from)], outputs: [to], attrs: {}, domain: '' });
  }
}
