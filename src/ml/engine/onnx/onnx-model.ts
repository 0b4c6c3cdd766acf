import { ProtobufWriter } from './protobuf-writer.ts';

/** `TensorProto.DataType` of the ONNX specification. */
export const ONNX_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxDType = keyof typeof ONNX_TYPE;
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  inputs: string[];
  outputs: string[];
  readonly attrs: Readonly<Record<string, OnnxAttribute>>;
  /** Empty for the standard operators. */
  readonly domain: string;
}
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
}
export interface OnnxInitializer extends OnnxValueInfo {
  /** Little-endian elements, row-major. */
  readonly data: Uint8Array;
}
export interface OnnxGraph {
  nodes: OnnxNode[];
  inputs: OnnxValueInfo[];
  outputs: OnnxValueInfo[];
  initializers: OnnxInitializer[];
}

/** Operator set and file format that the writer produces: the first with Gelu and volumetric GridSample. */
export const ONNX_OPSET = 20;
const IR_VERSION = 9;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

function encodeAttribute(name: string, value: OnnxAttribute): ProtobufWriter {
  const message = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, ATTRIBUTE_INT);
  if (typeof value === 'string') return message.string(4, value).int(20, ATTRIBUTE_STRING);
  if ('float' in value) return message.float(2, value.float).int(20, ATTRIBUTE_FLOAT);
  for (const element of value) message.int(8, element);
  return message.int(20, ATTRIBUTE_INTS);
}

function encodeValueInfo({ name, dtype, shape }: OnnxValueInfo): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const extent of shape) dimensions.message(1, new ProtobufWriter().int(1, extent));
  const tensor = new ProtobufWriter().int(1, ONNX_TYPE[dtype]).message(2, dimensions);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

/** The bytes of a `ModelProto` (ONNX IR specification, onnx.proto3) with this graph. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const body = new ProtobufWriter();
  for (const { op, inputs, outputs, attrs, domain } of graph.nodes) {
    const node = new ProtobufWriter();
    for (const input of inputs) node.string(1, input);
    for (const output of outputs) node.string(2, output);
    node.string(3, `${op}_${outputs[0] ?? ''}`).string(4, op);
    for (const [name, value] of Object.entries(attrs)) node.message(5, encodeAttribute(name, value));
    if (domain !== '') node.string(7, domain);
    body.message(1, node);
  }
  body.string(2, 'sequela');
  for (const { name, dtype, shape, data } of graph.initializers) {
    const tensor = new ProtobufWriter();
    for (const extent of shape) tensor.int(1, extent);
    body.message(5, tensor.int(2, ONNX_TYPE[dtype]).string(8, name).bytes(9, data));
  }
  for (const input of graph.inputs) body.message(11, encodeValueInfo(input));
  for (const output of graph.outputs) body.message(12, encodeValueInfo(output));
  const model = new ProtobufWriter().int(1, IR_VERSION).string(2, 'sequela').message(7, body);
  model.message(8, new ProtobufWriter().string(1, '').int(2, ONNX_OPSET));
  for (const domain of new Set(graph.nodes.map((node) => node.domain))) {
    if (domain !== '') model.message(8, new ProtobufWriter().string(1, domain).int(2, 1));
  }
  return model.finish();
}
